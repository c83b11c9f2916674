"""Background jobs: ordered in the transaction of their cause, run by Celery, never lost, visible to staff.

A job waits (queued) until a worker takes it (running) and ends done or failed. While it runs it gives signs of life;
one that falls silent is queued again, and after `MAX_ATTEMPTS` it fails with a reason that staff can read.
"""

import errno
import logging
from datetime import timedelta
from functools import partial
from typing import Any

import pghistory
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.permissions import require
from deadlines.broker import send_after_commit
from deadlines.models import Job

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
NOBODY_CAME = timedelta(minutes=1)
NO_SIGN_OF_LIFE = timedelta(minutes=5)
TASK = "deadlines.tasks.run_job"
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class TakenOver(Exception):
    """Another worker has taken the job over, because this one gave no sign of life for too long."""


def order(
    kind: str, *, subject: models.Model | None = None, by: User | None = None, parameters: dict[str, Any] | None = None
) -> Job:
    """Order a job in the running transaction; Celery starts it after the commit.

    `kind` is one of `Job.Kind`, `subject` the object it is about, `parameters` what its handler needs as JSON. The
    caller has checked the right.
    """
    job = prepare(kind, subject=subject, by=by, parameters=parameters)
    send_after_commit(TASK, job.agency_id, job.pk)
    return job


def prepare(
    kind: str, *, subject: models.Model | None = None, by: User | None = None, parameters: dict[str, Any] | None = None
) -> Job:
    """Order a job that the caller itself runs after the commit, as a part of its own work; see `order`.

    Should the caller die before, the sweep finds the job and hands it to a worker.
    """
    return Job.objects.create(kind=kind, subject=subject, ordered_by=by, parameters=parameters or {})


def run(job_id: int) -> None:
    """Do a queued job; do nothing when it is being done, is finished or has gone.

    The handler runs in autocommit: it opens its own transactions and calls `progress(percent)` outside of them, so
    that the page shows it. A ValidationError of the handler is shown as it is; anything else is logged and put in
    friendly words.
    """
    job = _take(job_id)
    if job is None:
        return
    with translation.override(_language(job)), pghistory.context(user=job.ordered_by_id, job=str(job.key)):
        try:
            handler = import_string(settings.JOB_HANDLERS[job.kind])
            handler(job, partial(_give_sign_of_life, job))
        except TakenOver:
            logger.warning("Job %s was taken over by another worker", job.key)
        except ValidationError as problem:
            _finish(job, Job.Status.FAILED, " ".join(problem.messages))
        except Exception as problem:
            logger.exception("Job %s (%s) failed", job.key, job.kind)
            _finish(job, Job.Status.FAILED, _in_words(problem, job))
        else:
            _finish(job, Job.Status.DONE)


@transaction.atomic
def retry(job: Job, *, by: User) -> Job:
    """Queue a failed job once more; a job that did not fail stays as it is. Raises NotAllowed."""
    require(by, "job", "retry", job)
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.status == Job.Status.FAILED:
        job.status, job.progress, job.attempts, job.error = Job.Status.QUEUED, 0, 0, ""
        job.ordered_at, job.beat_at, job.finished_at = timezone.now(), None, None
        job.save()
        send_after_commit(TASK, job.agency_id, job.pk)
    return job


@transaction.atomic
def sweep() -> int:
    """Send jobs again that no worker took or whose worker fell silent; return how many were found.

    A job that was begun `MAX_ATTEMPTS` times without an end fails.
    """
    now = timezone.now()
    lost = Job.objects.unfinished().filter(
        Q(beat_at__isnull=True, ordered_at__lt=now - NOBODY_CAME) | Q(beat_at__lt=now - NO_SIGN_OF_LIFE)
    )
    jobs = list(lost.select_related("ordered_by").select_for_update(skip_locked=True, of=("self",)))
    for job in jobs:
        job.beat_at = now
        if job.attempts >= MAX_ATTEMPTS:
            job.status, job.finished_at = Job.Status.FAILED, now
            with translation.override(_language(job)):
                job.error = _("This was started %(count)d times and never finished.") % {"count": job.attempts}
        else:
            job.status = Job.Status.QUEUED
            send_after_commit(TASK, job.agency_id, job.pk)
    Job.objects.bulk_update(jobs, ["status", "beat_at", "finished_at", "error"])
    return len(jobs)


@transaction.atomic
def _take(job_id: int) -> Job | None:
    """Mark a queued job as running and return it; None when there is nothing to do."""
    waiting = Job.objects.filter(pk=job_id, status=Job.Status.QUEUED)
    job = waiting.select_for_update(skip_locked=True).first()
    if job is not None:
        job.status, job.progress, job.beat_at = Job.Status.RUNNING, 0, timezone.now()
        job.attempts += 1
        job.save()
    return job


def _give_sign_of_life(job: Job, percent: int) -> None:
    """Write progress in percent. Raises TakenOver when the job belongs to another worker by now."""
    if not _mine(job).update(progress=min(max(percent, 0), 100), beat_at=timezone.now()):
        raise TakenOver


def _finish(job: Job, status: str, error: str = "") -> None:
    """Close the job unless another worker has taken it over."""
    now = timezone.now()
    done = {"progress": 100} if status == Job.Status.DONE else {}
    _mine(job).update(status=status, error=error, beat_at=now, finished_at=now, **done)


def _in_words(problem: Exception, job: Job) -> str:
    """Say to people what went wrong, without the inner workings."""
    if isinstance(problem, OSError) and problem.errno in NO_ROOM:
        return _("There is no room left for the file. The operator of the portal can make room; then please try again.")
    return _("Something unexpected went wrong. Please try again; if it keeps failing, tell us the number %(key)s.") % {
        "key": job.key
    }


def _language(job: Job) -> str:
    """Return the language of whoever ordered the job."""
    return job.ordered_by.language if job.ordered_by else settings.LANGUAGE_CODE


def _mine(job: Job) -> models.QuerySet[Job]:
    """Return the job's row as long as it is this worker's: each attempt has its number."""
    return Job.objects.filter(pk=job.pk, status=Job.Status.RUNNING, attempts=job.attempts)
