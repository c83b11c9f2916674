"""Background jobs: none vanishes; each ends with its result or with a failure that staff see and can start again."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.exceptions import NotAllowed
from agencies.models import Agency, User
from agencies.models.accounts import Role
from deadlines import jobs
from deadlines.models import Deadline, Job
from klikks.celery import app
from klikks.tenancy import agency_context
from script.embedded import free_port
from tests import worker_settings
from tests.queries import at_most
from tests.services import Beat, CeleryProcess, until


@pytest.fixture(autouse=True)
def _handlers(settings) -> None:
    settings.JOB_HANDLERS = worker_settings.JOB_HANDLERS


@pytest.fixture
def dead_broker() -> Iterator[None]:
    """Nobody listens at the broker's address."""
    before, app.conf.broker_url = app.conf.broker_url, f"redis://127.0.0.1:{free_port()}/0"
    app._pool = app.amqp._producer_pool = None
    yield
    app.conf.broker_url = before
    app._pool = app.amqp._producer_pool = None


def age(job: Job, **minutes: int) -> None:
    """Let moments of a job lie so many minutes back."""
    Job.objects.filter(pk=job.pk).update(
        **{name: timezone.now() - timedelta(minutes=count) for name, count in minutes.items()}
    )


def traces(job: Job) -> int:
    """Count how often the job's work was really done."""
    return Deadline.objects.filter(title=f"done by {job.key}").count()


def now(job: Job) -> Job:
    """Return the job as it is now."""
    return Job.objects.get(pk=job.pk)


@pytest.mark.worker
def test_the_worker_does_a_job_once_however_often_it_is_sent(
    committed_db: None, inside: Agency, manager: User, worker: CeleryProcess
) -> None:
    job = jobs.order("test_counts", by=manager)
    app.send_task(jobs.TASK, (inside.pk, job.pk))
    until(lambda: now(job).status == Job.Status.DONE)
    app.send_task(jobs.TASK, (inside.pk, job.pk))
    last = jobs.order("test_counts", by=manager)
    until(lambda: now(last).status == Job.Status.DONE)
    assert (traces(job), now(job).attempts, now(job).progress) == (1, 1, 100)


@pytest.mark.worker
def test_a_job_ordered_while_the_broker_is_down_is_done_when_it_is_back(
    committed_db: None, inside: Agency, manager: User, worker: CeleryProcess, beat: Beat, dead_broker: None
) -> None:
    job = jobs.order("test_counts", by=manager)
    assert now(job).status == Job.Status.QUEUED
    age(job, ordered_at=2)
    beat.start()
    until(lambda: now(job).status == Job.Status.DONE)
    assert traces(job) == 1


@pytest.mark.worker
def test_a_job_whose_worker_was_killed_is_taken_over_and_finished(
    committed_db: None, inside: Agency, manager: User, worker: CeleryProcess
) -> None:
    job = jobs.order("test_hangs", by=manager)
    until(lambda: now(job).progress == 10)
    worker.kill()
    assert now(job).status == Job.Status.RUNNING
    age(job, beat_at=6)
    worker.start()
    assert jobs.sweep() == 1
    until(lambda: now(job).status == Job.Status.DONE)
    assert now(job).attempts == 2


@pytest.mark.django_db
def test_a_failure_is_told_in_words_and_hides_the_inner_workings(inside: Agency, manager: User) -> None:
    broken, refused = jobs.order("test_fails", by=manager), jobs.order("test_refuses", by=manager)
    unknown = jobs.order("nobody_knows_this", by=manager)
    for job in (broken, refused, unknown):
        jobs.run(job.pk)
        assert now(job).status == Job.Status.FAILED
    assert now(refused).error == "Die Vorlage ist leer."
    for job in (broken, unknown):
        assert str(job.key) in now(job).error
        assert "inner workings" not in now(job).error


@pytest.mark.django_db
def test_a_worker_that_was_given_up_cannot_finish_what_another_has_taken(inside: Agency, manager: User) -> None:
    job = jobs.order("test_counts", by=manager)
    first = jobs._take(job.pk)
    assert first is not None
    age(job, beat_at=6)
    assert jobs.sweep() == 1
    second = jobs._take(job.pk)
    assert second is not None
    with pytest.raises(jobs.TakenOver):
        jobs._give_sign_of_life(first, 50)
    jobs._finish(first, Job.Status.FAILED, "late")
    assert (now(job).status, now(job).error) == (Job.Status.RUNNING, "")
    jobs._finish(second, Job.Status.DONE)
    assert now(job).status == Job.Status.DONE


@pytest.mark.django_db
def test_a_job_that_never_ends_fails_after_its_last_attempt_and_can_be_retried(inside: Agency, manager: User) -> None:
    job = jobs.order("test_counts", by=manager)
    for _attempt in range(jobs.MAX_ATTEMPTS):
        assert jobs._take(job.pk) is not None
        age(job, beat_at=6)
        jobs.sweep()
    assert now(job).status == Job.Status.FAILED
    assert now(job).error == "Das wurde 3-mal begonnen und nie fertig."
    jobs.retry(job, by=manager)
    jobs.run(job.pk)
    assert (now(job).status, now(job).error, now(job).attempts) == (Job.Status.DONE, "", 1)


@pytest.mark.django_db
def test_only_what_nobody_runs_is_swept(inside: Agency, manager: User) -> None:
    fresh, running, lost = (jobs.order("test_counts", by=manager) for _number in range(3))
    jobs._take(running.pk)
    age(lost, ordered_at=2)
    age(running, ordered_at=2, beat_at=4)
    assert jobs.sweep() == 1
    assert now(fresh).beat_at is None
    assert now(lost).beat_at is not None


@pytest.mark.django_db
def test_a_job_is_shown_to_whoever_ordered_it_and_to_the_agencys_staff_only(
    inside: Agency,
    other_agency: Agency,
    account: Callable[..., User],
    as_role: Callable[..., Client],
    desk: Client,
) -> None:
    patron = account(Role.PATRON)
    job = jobs.order("test_counts", by=patron)
    address = reverse("deadlines:job", args=[job.key])
    own = Client()
    own.force_login(patron)
    assert own.get(address).status_code == desk.get(address).status_code == 200
    assert as_role(Role.PATRON).get(address).status_code == 404
    assert as_role(Role.REGIONAL_MANAGER, other_agency).get(address).status_code == 404
    assert as_role(Role.VISITOR).get(address).status_code == 302


@pytest.mark.django_db
def test_the_page_asks_again_until_the_job_has_ended(inside: Agency, desk: Client, manager: User) -> None:
    job = jobs.order("test_refuses", by=manager)
    address = reverse("deadlines:job", args=[job.key])
    waiting = desk.get(address).content.decode()
    assert f'hx-get="{address}"' in waiting
    assert f'<noscript><a class="btn btn-primary" href="{address}">' in waiting
    jobs.run(job.pk)
    answer = desk.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in answer
    assert "hx-get" not in answer
    assert "Die Vorlage ist leer." in answer


@pytest.mark.django_db
def test_staff_retry_a_failed_job_from_its_page_and_from_the_desk(inside: Agency, desk: Client, manager: User) -> None:
    for address in ("deadlines:retry_job", "admin:deadlines_job_retry"):
        job = jobs.order("test_refuses", by=manager)
        jobs.run(job.pk)
        key = job.key if address.startswith("deadlines") else job.pk
        desk.post(reverse(address, args=[key]), {"yes": "1"})
        assert now(job).status == Job.Status.QUEUED


@pytest.mark.django_db
def test_who_may_not_retry_is_not_offered_it_and_refused(
    inside: Agency, account: Callable[..., User], manager: User
) -> None:
    patron = account(Role.PATRON)
    job = jobs.order("test_refuses", by=patron)
    jobs.run(job.pk)
    own = Client()
    own.force_login(patron)
    assert "retry" not in own.get(reverse("deadlines:job", args=[job.key])).content.decode()
    assert own.post(reverse("deadlines:retry_job", args=[job.key])).status_code == 403
    with pytest.raises(NotAllowed):
        jobs.retry(job, by=patron)


@pytest.mark.django_db
def test_a_long_list_of_jobs_costs_as_many_queries_as_a_short_one(inside: Agency, desk: Client, manager: User) -> None:
    for _number in range(30):
        jobs.order("test_counts", by=manager, subject=inside)
    page = reverse("deadlines:job", args=[Job.objects.first().key])
    with at_most(8):
        assert desk.get(reverse("admin:deadlines_job_changelist")).status_code == 200
    with at_most(4):
        desk.get(page)


@pytest.mark.django_db
def test_another_agencys_jobs_are_not_swept_from_here(inside: Agency, other_agency: Agency) -> None:
    with agency_context(other_agency):
        age(jobs.order("test_counts"), ordered_at=2)
    assert jobs.sweep() == 0
