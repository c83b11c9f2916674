"""Reminders: each is written once, by beat and worker, and says what is due in the reader's words."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from agencies.models import Agency, Membership, User
from agencies.models.accounts import Role
from deadlines import services
from deadlines.models import Deadline, OutboxMail, Reminder
from deadlines.reminders import write_due_reminders
from klikks.tenancy import agency_context
from tests.queries import at_most
from tests.services import Beat, Mailbox, until


def in_days(days: int) -> date:
    """Return the day so many days from now."""
    return timezone.localdate() + timedelta(days=days)


def deadline(owner: User | None, days: int, **fields) -> Deadline:
    """Make a deadline due in so many days."""
    return Deadline.objects.create(title="Antrag abgeben", due_on=in_days(days), owner=owner, **fields)


def mails() -> list[OutboxMail]:
    """Return the mails in the outbox, oldest first."""
    return list(OutboxMail.objects.order_by("pk"))


@pytest.mark.worker
def test_beat_and_worker_mail_a_reminder_once_however_often_they_run(
    committed_db: None, manager: User, beat: Beat, mailbox: Mailbox
) -> None:
    with agency_context(manager.agency_id):
        due = deadline(manager, 0)
        beat.start()
        (mail,) = mailbox.wait_for(manager.email)
        assert mail.subject == "Erinnerung: Antrag abgeben (heute fällig)"
        assert f"/admin/deadlines/deadline/{due.pk}/change/" in mail.text
        until(lambda: OutboxMail.objects.get().status == OutboxMail.Status.SENT)
        assert OutboxMail.objects.get().message_id == mail.message_id
        beat.stop()
        beat.start()
        until(lambda: beat.log.count("Sending due task") >= 3)
        assert write_due_reminders() == 0
        assert Reminder.objects.count() == OutboxMail.objects.count() == len(mailbox.to(manager.email)) == 1


def test_two_runs_at_once_write_each_reminder_once(committed_db: None, manager: User) -> None:
    def run(_number: int) -> int:
        try:
            with agency_context(manager.agency_id):
                return write_due_reminders()
        finally:
            connection.close()

    with agency_context(manager.agency_id):
        for _number in range(40):
            deadline(manager, 0)
        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(run, range(8))) == 40
        assert Reminder.objects.count() == OutboxMail.objects.count() == 40


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "said"),
    [(15, None), (14, "fällig in 14 Tagen"), (1, "morgen fällig"), (0, "heute fällig"), (-1, "seit 1 Tag überfällig")],
)
def test_a_reminder_comes_when_a_lead_time_has_come_and_says_how_far_it_is(
    inside: Agency, manager: User, days: int, said: str | None
) -> None:
    deadline(manager, days)
    write_due_reminders()
    assert [mail.subject_line for mail in mails()] == ([f"Erinnerung: Antrag abgeben ({said})"] if said else [])


@pytest.mark.django_db
def test_of_several_missed_lead_times_one_mail_goes_out_and_later_ones_still_come(
    inside: Agency, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = deadline(manager, 2, lead_days=[14, 7, 3, 0])
    today = timezone.localdate()
    for later, expected in [(0, [3]), (1, [3]), (2, [3, 0]), (9, [3, 0, -7])]:
        monkeypatch.setattr(timezone, "localdate", lambda later=later: today + timedelta(days=later))
        write_due_reminders()
        assert list(due.reminders.order_by("pk").values_list("lead_days", flat=True)) == expected
    assert [mail.template for mail in mails()] == ["reminder", "reminder", "reminder", "escalation"]


@pytest.mark.django_db
def test_a_moved_deadline_is_reminded_of_anew_and_a_finished_one_never(inside: Agency, manager: User) -> None:
    moved, done = deadline(manager, 0), deadline(manager, 0)
    services.finish(done, by=manager)
    write_due_reminders()
    services.move(moved, by=manager, due_on=in_days(3))
    write_due_reminders()
    assert list(Reminder.objects.order_by("pk").values_list("deadline", "due_on", "lead_days")) == [
        (moved.pk, in_days(0), 0),
        (moved.pk, in_days(3), 3),
    ]


@pytest.mark.django_db
def test_a_changed_lead_time_does_not_repeat_what_was_told(inside: Agency, manager: User) -> None:
    due = deadline(manager, 2)
    write_due_reminders()
    Deadline.objects.filter(pk=due.pk).update(lead_days=[30, 3, 0])
    write_due_reminders()
    Deadline.objects.filter(pk=due.pk).update(lead_days=[30, 2, 0])
    write_due_reminders()
    assert list(due.reminders.order_by("pk").values_list("lead_days", flat=True)) == [3, 2]


@pytest.mark.django_db
def test_what_nobody_owns_any_more_is_told_to_the_agency(
    inside: Agency, manager: User, account: Callable[..., User]
) -> None:
    gone = account(Role.REGIONAL_MANAGER)
    Membership.objects.filter(user=gone).update(is_active=False)
    deadline(None, 0)
    deadline(gone, 0)
    write_due_reminders()
    assert [mail.recipient for mail in mails()] == [inside.email, inside.email]
    Agency.objects.filter(pk=inside.pk).update(email="")
    admin = account(Role.AGENCY_ADMIN)
    deadline(None, 0)
    write_due_reminders()
    assert mails()[-1].recipient == admin.email


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_the_reminders(inside: Agency, manager: User) -> None:
    for _number in range(30):
        deadline(manager, 0)
    with at_most(16):
        assert write_due_reminders() == 30
