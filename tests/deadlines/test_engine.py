"""One engine for all dates: steps, settings, stand-ins, escalation, silence, holidays, and what moves with a date."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Membership, Programme, User
from agencies.models.accounts import Role
from communes.models import ParticipationWindow
from communes.tasks import keep_dates
from deadlines import services
from deadlines.calendar import month_of
from deadlines.holidays import load
from deadlines.models import Deadline, Holiday, OutboxMail, ReminderSettings, Task
from deadlines.reminders import write_due_reminders
from projects.models import Milestone
from projects.planning import milestones
from projects.planning import services as planning
from tests import factories
from tests.queries import at_most
from trainings.models import Enrolment, TrainingSeries, TrainingSession

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def in_days(days: int) -> date:
    """Return the day so many days from now."""
    return TODAY + timedelta(days=days)


def deadline(owner: User | None, days: int, **fields) -> Deadline:
    """Make a deadline due in so many days, as the database has it then."""
    made = Deadline.objects.create(**{"title": "Antrag abgeben", "due_on": in_days(days), "owner": owner, **fields})
    made.refresh_from_db()
    return made


def mails() -> list[tuple[str, str]]:
    """Return kind and recipient of the mails in the outbox, oldest first, and empty it."""
    found = list(OutboxMail.objects.order_by("pk").values_list("template", "recipient"))
    OutboxMail.objects.all().delete()
    return found


def test_lead_times_come_from_the_deadline_then_the_person_then_the_agency(
    inside: Agency, manager: User, desk: Client, as_role: Callable[..., Client]
) -> None:
    own, plain, nobodys = deadline(manager, 40, lead_days=[5]), deadline(manager, 40), deadline(None, 40)

    def first_days() -> list[int]:
        return [
            (one.due_on - one.remind_on).days
            for one in Deadline.objects.filter(pk__in=[own.pk, plain.pk, nobodys.pk]).order_by("pk")
        ]

    assert first_days() == [5, 14, 14]
    address = reverse("admin:deadlines_deadline_agency_reminders")
    assert desk.post(address, {"lead_days": "30, 2"}).status_code == 403
    admin = as_role(Role.AGENCY_ADMIN)
    assert "aria-invalid" in admin.post(address, {"lead_days": "bald"}).content.decode()
    assert admin.post(address, {"lead_days": "2, 30, 30", "escalate_days": "1"}).status_code == 302
    assert first_days() == [5, 30, 30]
    mine = reverse("deadlines:reminders")
    wrong = desk.post(mine, {"lead_days": "7", "away_from": in_days(3).isoformat()}).content.decode()
    assert "Bitte geben Sie beide Tage an" in wrong
    assert desk.post(mine, {"lead_days": "7", "avoid": "nothing"}).status_code == 302
    assert first_days() == [5, 7, 30]
    assert ReminderSettings.objects.count() == 2
    assert ReminderSettings.objects.get(user=None).lead_days == [30, 2]


def test_a_stand_in_is_reminded_while_the_owner_is_away_and_the_administrators_once_it_is_overdue(
    inside: Agency, manager: User, account: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, special, admin = account(Role.REGIONAL_MANAGER), account(Role.REGIONAL_MANAGER), account(Role.AGENCY_ADMIN)
    Membership.objects.filter(user=manager).update(stand_in=usual.membership)
    deadline(manager, 0)
    write_due_reminders()
    assert mails() == [("reminder", manager.email)]
    ReminderSettings.objects.create(user=manager, away_from=in_days(-1), away_until=in_days(5))
    deadline(manager, 0)
    deadline(manager, 0, stand_in=special)
    write_due_reminders()
    assert sorted(mails()) == sorted([("reminder", usual.email), ("reminder", special.email)])
    Deadline.objects.all().update(done_at=timezone.now())
    late = deadline(manager, 0)
    told = []
    for day in (0, 6, 7, 8, 20, 21, 90):
        monkeypatch.setattr(timezone, "localdate", lambda value=None, day=day: in_days(day))
        write_due_reminders()
        told.append([kind for kind, to in mails() if to == admin.email])
    assert told == [[], [], ["escalation"], [], [], ["escalation"], []]
    assert list(late.reminders.order_by("pk").values_list("lead_days", flat=True)) == [0, -7, -21]
    services.finish(late, by=manager)


def test_silence_ends_on_its_day_with_one_reminder_and_is_not_forever(
    inside: Agency, manager: User, account: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    patron = account(Role.PATRON)
    own, foreign = deadline(patron, 10), deadline(manager, 10)
    write_due_reminders()
    mails()
    browser = factories.browser(patron)
    later = reverse("deadlines:snooze", args=[own.pk])
    assert browser.get(reverse("deadlines:snooze", args=[foreign.pk])).status_code == 404
    assert "spätestens" in browser.post(later, {"until": in_days(11).isoformat()}).content.decode()
    answer = browser.post(later, {"until": in_days(8).isoformat(), "next": "https://evil.example.org"})
    assert answer["Location"] == reverse("deadlines:calendar")
    told = []
    for day in (7, 8, 9, 10):
        monkeypatch.setattr(timezone, "localdate", lambda value=None, day=day: in_days(day))
        write_due_reminders()
        told.append([to for _kind, to in mails() if to == patron.email])
    assert told == [[], [patron.email], [], [patron.email]]
    monkeypatch.undo()
    overdue = deadline(manager, -1)
    with pytest.raises(ValidationError):
        services.snooze(overdue, by=manager, until=in_days(15))
    services.snooze(overdue, by=manager, until=in_days(14))
    services.move(overdue, by=manager, due_on=in_days(30))
    overdue.refresh_from_db()
    assert (overdue.snoozed_until, overdue.remind_on) == (None, in_days(16))


def test_reminders_that_avoid_free_days_come_on_the_last_working_day_before(
    inside: Agency, manager: User, tmp_path: Path
) -> None:
    call_command("load_holidays", verbosity=0)
    known = Holiday.objects.count()
    load()
    assert Holiday.objects.count() == known
    year = TODAY.year + 1
    assert Holiday.objects.get(state=inside.state, name="Neujahr", starts_on__year=year).starts_on == date(year, 1, 1)
    file = tmp_path / "school.csv"
    file.write_text(
        f"state,name,starts_on,ends_on\n{inside.state_id},Ferien,2031-12-22,2032-01-09\nDE-XX,x,2031-01-01,2031-01-02\n"
    )
    load(file)
    file.write_text("state,name,starts_on,ends_on\nDE-RP,Ferien,22.12.2031,2032-01-09\n")
    with pytest.raises(CommandError, match="line 2"):
        call_command("load_holidays", file=file)
    Holiday.objects.create(state=inside.state, kind="public", name="x", starts_on="2031-12-19", ends_on="2031-12-19")
    due = Deadline.objects.create(title="Bericht", due_on="2032-01-07", owner=manager, lead_days=[2])
    ours = ReminderSettings()
    admin = factories.account(Role.AGENCY_ADMIN, inside)
    for avoid, day in [("nothing", "2032-01-05"), ("free_days", "2032-01-05"), ("school", "2031-12-18")]:
        services.change_settings(ours, by=admin, avoid=avoid)
        due.refresh_from_db()
        assert due.remind_on.isoformat() == day  # before the holidays stand a weekend and a public holiday
    services.move(due, by=manager, due_on=date(2031, 12, 21))
    due.refresh_from_db()
    assert due.remind_on.isoformat() == "2031-12-18"


def test_whoever_moves_a_deadline_moves_what_it_is_about(
    inside: Agency, programme: Programme, manager: User, desk: Client
) -> None:
    project = factories.project(inside, programme, factories.commune(), ends_on=in_days(60), starts_on=in_days(10))
    step = planning.add_row(project, Milestone, by=manager, title="Angebote", due_on=in_days(20))
    task = Task.objects.create(title="Anrufen", owner=manager, due_on=in_days(4))
    due = Deadline.objects.open().get(kind=Deadline.Kind.STEP)
    of_task = Deadline.objects.open().get(kind=Deadline.Kind.TASK)
    assert (of_task.subject, of_task.title, of_task.owner) == (task, "Anrufen", manager)
    move = reverse("admin:deadlines_deadline_move", args=[due.pk])
    assert desk.post(move, {"due_on": in_days(25).isoformat(), "seen": in_days(20).isoformat()}).status_code == 302
    step.refresh_from_db()
    assert step.due_on == in_days(25)
    second = desk.post(move, {"due_on": in_days(30).isoformat(), "seen": in_days(20).isoformat()}).content.decode()
    assert "inzwischen" in second
    page = reverse("admin:deadlines_deadline_change", args=[due.pk])
    typed = {"title": due.title, "kind": due.kind, "due_on": "01.05.2031", "lead_days": ""}
    assert "Verschieben" in desk.post(page, typed).content.decode()
    milestones.keep_deadlines(project)
    end = Deadline.objects.open().get(kind=Deadline.Kind.MILESTONE)
    move_end = reverse("admin:deadlines_deadline_move", args=[end.pk])
    early = {"due_on": in_days(9).isoformat(), "seen": in_days(60).isoformat()}
    assert "Das Projekt beginnt erst nach diesem Tag" in desk.post(move_end, early).content.decode()
    assert desk.post(move_end, {**early, "due_on": in_days(70).isoformat()}).status_code == 302
    project.refresh_from_db()
    assert project.ends_on == in_days(70)
    services.move(of_task, by=manager, due_on=in_days(9))
    task.refresh_from_db()
    assert task.due_on == in_days(9)
    Task.objects.filter(pk=task.pk).update(title="Zurückrufen")
    of_task.refresh_from_db()
    assert of_task.title == "Zurückrufen"
    services.finish(of_task, by=manager)
    task.refresh_from_db()
    assert task.status == Task.Status.DONE
    other = Task.objects.create(title="Schreiben", owner=manager, due_on=in_days(4))
    services.skip_task(other, by=manager, reason="hinfällig")
    assert not Deadline.objects.open().filter(kind=Deadline.Kind.TASK).exists()
    Task.objects.all().delete()
    assert not Deadline.objects.filter(kind=Deadline.Kind.TASK).exists()


def test_whoever_moves_the_day_of_an_answer_gives_the_participant_more_time(
    inside: Agency, programme: Programme, manager: User
) -> None:
    now = timezone.now()
    series = TrainingSeries.objects.create(agency=inside, programme=programme, title="Reihe", audience="patrons")
    session = TrainingSession.objects.create(
        agency=inside, series=series, starts_at=now + timedelta(days=30), ends_at=now + timedelta(days=30, hours=2)
    )
    patron = factories.patron(inside, programme, factories.commune())
    place = Enrolment.objects.create(session=session, patron=patron, status="offered", answer_by=now)
    due = services.set_deadline(place, Deadline.Kind.ANSWER, title="Platz", due_on=TODAY, owner=manager)
    services.move(due, by=manager, due_on=in_days(4))
    place.refresh_from_db()
    assert timezone.localdate(place.answer_by) == in_days(4)


def test_a_window_is_a_date_of_the_agency_that_passes_by_itself(
    inside: Agency, programme: Programme, manager: User, as_role: Callable[..., Client]
) -> None:
    admin = as_role(Role.AGENCY_ADMIN)
    window = ParticipationWindow.objects.get(agency=inside)
    keep_dates()
    keep_dates()
    unsaved = Deadline.objects.get(kind=Deadline.Kind.WINDOW)  # the window came by no page of ours
    assert (unsaved.subject, unsaved.due_on, unsaved.owner) == (window, window.closes_on, None)
    services.finish(unsaved, by=manager)
    keep_dates()
    assert not Deadline.objects.open().exists()
    Deadline.objects.all().delete()
    typed = {"programme": programme.pk, "opens_on": in_days(1).isoformat(), "closes_on": in_days(20).isoformat()}
    address = reverse("admin:communes_participationwindow_change", args=[window.pk])
    assert admin.post(address, typed).status_code == 302
    window.refresh_from_db()
    due = Deadline.objects.get(kind=Deadline.Kind.WINDOW)
    assert (due.due_on, due.owner) == (window.closes_on, None)
    with pytest.raises(ValidationError):
        services.move(due, by=manager, due_on=in_days(0))
    services.move(due, by=manager, due_on=in_days(30))
    window.refresh_from_db()
    assert window.closes_on == in_days(30)
    Deadline.objects.filter(pk=due.pk).update(due_on=in_days(-1))
    assert services.close_passed_dates() == 1
    keep_dates()
    assert Deadline.objects.open().filter(kind=Deadline.Kind.WINDOW).count() == 1  # the window itself is still open
    ParticipationWindow.objects.update(closes_on=in_days(40))
    keep_dates()
    assert Deadline.objects.open().get().due_on == in_days(40)
    Deadline.objects.filter(kind=Deadline.Kind.WINDOW).update(done_at=timezone.now())
    assert not Deadline.objects.open().filter(kind=Deadline.Kind.WINDOW).exists()


def test_the_calendar_shows_dates_and_free_days_and_says_what_it_does_not_know(
    inside: Agency, manager: User, desk: Client, account: Callable[..., User]
) -> None:
    Holiday.objects.create(
        state=inside.state, kind="public", name="Tag X", starts_on="2031-05-01", ends_on="2031-05-01"
    )
    deadline(manager, 0, title="Meine Frist", due_on=date(2031, 5, 7))
    deadline(None, 0, title="Frist der Agentur", due_on=date(2031, 5, 8))
    page = reverse("admin:deadlines_deadline_calendar")
    with at_most(12):
        content = desk.get(page, {"month": "2031-05"}).content.decode()
    assert all(words in content for words in ("Meine Frist", "Frist der Agentur", "Tag X", "Mai 2031"))
    assert "noch nicht bekannt" in content
    assert "Frist der Agentur" not in desk.get(page, {"month": "2031-05", "whose": "mine"}).content.decode()
    assert desk.get(page, {"month": "heute"}).status_code == 200
    Holiday.objects.create(
        state=inside.state, kind="school", name="Ferien", starts_on="2031-05-05", ends_on="2031-05-09"
    )
    month = month_of(manager, "2031-05", whole_agency=False)
    assert (month.before, month.after, month.knows_school) == (date(2031, 4, 1), date(2031, 6, 1), True)
    assert (len(month.days) % 7, len(month.own_days)) == (0, 31)
    patron = account(Role.PATRON)
    project = factories.project(inside, factories.programme(), factories.commune())
    for number in range(6):
        deadline(patron, 0, title=f"Termin {number}", due_on=date(2031, 5, 3), subject=project)
    browser = factories.browser(patron)
    with at_most(8):
        content = browser.get(reverse("deadlines:calendar"), {"month": "2031-05"}).content.decode()
    assert "Termin 5" in content
    assert "Meine Frist" not in content
