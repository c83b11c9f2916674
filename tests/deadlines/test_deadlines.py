"""Deadlines and tasks: set once, moved, finished by who may, and shown where people look."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.exceptions import NotAllowed
from agencies.models import Agency, Phase, Programme, User
from agencies.models.accounts import Role
from deadlines import selectors, services
from deadlines.models import Deadline, PhasePlan, Task
from klikks.tenancy import agency_context
from tests import factories
from tests.queries import at_most

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def deadline(owner: User | None = None, days: int = 3, **fields) -> Deadline:
    """Make a deadline due in so many days."""
    return Deadline.objects.create(
        **{"title": "Antrag abgeben", "due_on": TODAY + timedelta(days=days), "owner": owner, **fields}
    )


def signed_in(user: User) -> Client:
    """Return a browser in which somebody is signed in."""
    client = Client()
    client.force_login(user)
    return client


def test_setting_a_deadline_again_moves_it_and_a_finished_one_stays_behind(
    inside: Agency, programme: Programme, manager: User
) -> None:
    subject = factories.partnership(inside, programme, factories.commune())

    def set_to(days: int) -> Deadline:
        return services.set_deadline(
            subject, Deadline.Kind.REPORT, title="Bericht", due_on=TODAY + timedelta(days=days), owner=manager
        )

    first = set_to(10)
    assert set_to(20).pk == first.pk
    services.finish(first, by=manager)
    second = set_to(30)
    assert [one.pk for one in selectors.open_deadlines_of(subject)] == [second.pk]
    with pytest.raises(ValidationError, match="erledigt"):
        services.move(first, by=manager, due_on=TODAY)


def test_a_patron_finishes_an_own_deadline_and_no_other(
    inside: Agency, manager: User, account: Callable[..., User]
) -> None:
    patron = account(Role.PATRON)
    own, foreign = deadline(patron), deadline(manager)
    browser = signed_in(patron)
    back = reverse("website:portal")
    answer = browser.post(reverse("deadlines:finish", args=[own.pk]), {"next": "https://evil.example.org/"})
    assert (answer.status_code, answer["Location"]) == (302, back)
    assert browser.post(reverse("deadlines:finish", args=[foreign.pk])).status_code == 404
    assert browser.get(reverse("deadlines:finish", args=[own.pk])).status_code == 405
    own.refresh_from_db()
    foreign.refresh_from_db()
    assert own.done_at is not None
    assert foreign.done_at is None
    with pytest.raises(NotAllowed):
        services.move(own, by=patron, due_on=TODAY)
    with pytest.raises(NotAllowed):
        services.finish(foreign, by=patron)


def test_what_is_due_leads_a_patron_to_the_portal_and_staff_to_the_desk(
    inside: Agency, programme: Programme, manager: User, account: Callable[..., User]
) -> None:
    patron = account(Role.PATRON)
    for number in range(6):
        project = factories.project(inside, programme, factories.commune())
        deadline(patron if number % 2 else manager, days=number - 1, subject=project)
    deadline(manager, days=30)
    with at_most(4):
        own = selectors.due_for(patron, TODAY + timedelta(days=7))
    assert [one.when for one in own] == ["heute fällig", "fällig in 2 Tagen", "fällig in 4 Tagen"]
    assert own[0].url == own[0].subject.get_absolute_url()
    with at_most(4):
        own = selectors.due_for(manager, TODAY + timedelta(days=7))
    assert own[0].is_overdue
    assert own[0].url == reverse("admin:projects_project_change", args=[own[0].subject_id])


def test_staff_mark_deadlines_as_done_and_move_them_after_being_asked(
    inside: Agency, manager: User, desk: Client
) -> None:
    one, two, three = deadline(manager), deadline(manager), deadline(manager)
    finish = reverse("admin:deadlines_deadline_finish", args=[one.pk])
    assert "Als erledigt abhaken" in desk.get(finish).content.decode()
    one.refresh_from_db()
    assert one.done_at is None
    desk.post(finish, {"yes": "1"})
    chosen = {"action": "finish_chosen", "_selected_action": [two.pk]}
    answer = desk.post(reverse("admin:deadlines_deadline_changelist"), chosen, follow=True).content.decode()
    assert "1 Frist ist erledigt." in answer
    assert [one.pk for one in Deadline.objects.open()] == [three.pk]
    move = reverse("admin:deadlines_deadline_move", args=[three.pk])
    assert "aria-invalid" in desk.post(move, {"due_on": "31.02."}).content.decode()
    desk.post(move, {"due_on": "2031-05-01"})
    three.refresh_from_db()
    assert three.due_on.isoformat() == "2031-05-01"


def test_staff_set_a_deadline_by_hand_and_the_lead_times_as_they_type_them(
    inside: Agency, manager: User, desk: Client
) -> None:
    typed = {
        "title": "Anrufen",
        "kind": "follow_up",
        "due_on": "01.05.2031",
        "owner": manager.pk,
        "lead_days": "7, 0",
    }
    assert desk.post(reverse("admin:deadlines_deadline_add"), typed).status_code == 302
    made = Deadline.objects.get()
    assert (made.title, made.owner, made.lead_days) == ("Anrufen", manager, [7, 0])
    assert made.remind_on.isoformat() == "2031-04-24"


def test_a_task_is_skipped_only_with_a_reason(inside: Agency, manager: User, desk: Client) -> None:
    task = Task.objects.create(title="Auftakt planen", owner=manager, due_on=TODAY)
    skip = reverse("admin:deadlines_task_skip", args=[task.pk])
    desk.post(skip, {"reason": "   "})
    task.refresh_from_db()
    assert task.status == Task.Status.OPEN
    desk.post(skip, {"reason": "schon geschehen"})
    task.refresh_from_db()
    assert (task.status, task.reason) == (Task.Status.SKIPPED, "schon geschehen")
    assert services.finish_task(task, by=manager).status == Task.Status.SKIPPED


def test_another_agency_finds_neither_deadlines_nor_tasks(
    inside: Agency, other_agency: Agency, manager: User, as_role: Callable[..., Client]
) -> None:
    due = deadline(manager, title="Geheime Frist")
    stranger = as_role(Role.AGENCY_ADMIN, other_agency)
    assert "Geheime Frist" not in stranger.get(reverse("admin:deadlines_deadline_changelist")).content.decode()
    for page in ("change", "finish", "move"):
        answer = stranger.post(reverse(f"admin:deadlines_deadline_{page}", args=[due.pk]), {"due_on": "2031-05-01"})
        assert answer.status_code in {302, 404}
    due.refresh_from_db()
    assert due.done_at is None


def test_long_lists_cost_as_many_queries_as_short_ones(
    inside: Agency, programme: Programme, manager: User, desk: Client
) -> None:
    where = factories.commune()
    for number in range(30):
        person = factories.account(Role.REGIONAL_MANAGER, inside)
        subject = factories.registration(inside, programme, where, status="withdrawn")
        deadline(person, days=number - 10, subject=subject)
        Task.objects.create(title="Aufgabe", owner=person, due_on=TODAY)
    for page in ("deadlines_deadline_changelist", "deadlines_task_changelist"):
        with at_most(8):
            assert desk.get(reverse(f"admin:{page}")).status_code == 200
    page = reverse("admin:deadlines_deadline_change", args=[Deadline.objects.first().pk])
    with at_most(9):
        desk.get(page)


def test_the_list_shows_what_is_open_and_can_be_narrowed(inside: Agency, manager: User, desk: Client) -> None:
    deadline(manager, days=-2, title="Verpasst")
    deadline(None, days=5, title="Kommend")
    services.finish(deadline(manager, title="Erledigt"), by=manager)

    def titles(query: str) -> set[str]:
        page = desk.get(reverse("admin:deadlines_deadline_changelist") + query).content.decode()
        return {title for title in ("Verpasst", "Kommend", "Erledigt") if f">{title}<" in page}

    assert titles("") == {"Verpasst", "Kommend"}
    assert titles("?state=overdue") == {"Verpasst"}
    assert titles("?state=closed") == {"Erledigt"}
    assert titles("?state=all") == {"Verpasst", "Kommend", "Erledigt"}
    assert titles("?who=nobody") == {"Kommend"}
    assert titles(f"?who={manager.pk}") == {"Verpasst"}


def test_a_phase_plan_is_kept_by_the_agency_that_coordinates(
    inside: Agency, other_agency: Agency, programme: Programme, as_role: Callable[..., Client]
) -> None:
    plan = PhasePlan.objects.create(programme=programme, title="Standard")
    phase = Phase.objects.create(programme=programme, position=1, name="Vorbereitung")
    typed = {
        "title": "Neu",
        "audience": "commune",
        "milestones-TOTAL_FORMS": "1",
        "milestones-INITIAL_FORMS": "0",
        "milestones-0-title": "Ernennung",
        "milestones-0-days": "100",
        "tasks-TOTAL_FORMS": "1",
        "tasks-INITIAL_FORMS": "0",
        "tasks-0-title": "Anschreiben",
        "tasks-0-phase": phase.pk,
        "tasks-0-days": "14",
        "tasks-0-doer": "patron",
    }
    address = reverse("admin:deadlines_phaseplan_change", args=[plan.pk])
    assert as_role(Role.COORDINATOR, other_agency).post(address, typed).status_code == 403
    assert as_role(Role.REGIONAL_MANAGER).get(address).status_code == 200
    assert as_role(Role.COORDINATOR).post(address, typed).status_code == 302
    assert [str(task) for task in plan.tasks.all()] == ["Anschreiben"]
    assert [str(milestone) for milestone in plan.milestones.all()] == ["Ernennung"]


def test_deadlines_of_all_agencies_are_walked_by_beat_each_behind_its_wall(
    inside: Agency, other_agency: Agency, manager: User
) -> None:
    from deadlines.models import OutboxMail
    from deadlines.tasks import write_due_reminders

    deadline(None, days=0)
    with agency_context(other_agency):
        deadline(None, days=0)
    write_due_reminders()
    for agency in (inside, other_agency):
        with agency_context(agency):
            assert OutboxMail.objects.get().recipient == agency.email
