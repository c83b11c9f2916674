"""The drill of the reminders."""

import time
from collections.abc import Callable

from django.db import OperationalError
from django.utils import timezone

from agencies.models import Agency, Membership, User
from agencies.models.accounts import Role
from deadlines.models import Deadline, OutboxMail, Reminder
from klikks.tenancy import agency_context
from tests.drills.house import House, Sink, say, wait
from tests.drills.table import Table

KILLS = 20
PROVIDERS = 50
Status = OutboxMail.Status


def drill(house: House, agencies: list[Agency], count: int) -> Table:
    """Let reminders fall due, harm the house while they go out, wait for the end, and count."""
    _make(agencies, count)
    say(f"{count} deadlines are due; workers and beats start")
    house.open()
    begun = time.monotonic()
    kills = _harm(house, count)
    say("all harm is done; waiting for the rest")
    wait(lambda: _left(agencies, count) == 0, "the last mail", 1200, every=2)
    return _table(house, agencies, count, kills, time.monotonic() - begun)


def _make(agencies: list[Agency], count: int) -> None:
    """Make so many deadlines that are due, each of a person of its own."""
    today = timezone.localdate()
    for index, agency in enumerate(agencies):
        numbers = range(index, count, len(agencies))
        with agency_context(agency):
            people = [
                User(email=f"person-{number}@provider{number % PROVIDERS}.example", agency=agency, password="!")
                for number in numbers
            ]
            User.objects.bulk_create(people)
            Membership.objects.bulk_create(
                Membership(agency=agency, user=person, role=Role.PATRON, name=person.email) for person in people
            )
            Deadline.objects.bulk_create(
                Deadline(agency=agency, title="Antrag abgeben", due_on=today, owner=person, lead_days=[14, 3, 0])
                for person in people
            )


def _harm(house: House, count: int) -> int:
    """Do one harm after the other as mails arrive; return how often a worker was killed."""
    others: dict[int, Callable[[], None]] = {
        4: house.empty_broker,
        8: house.restart_broker,
        12: house.restart_database,
        16: house.stall_mail_server,
    }
    done = 0
    for number in range(1, KILLS + 1):
        arrived = count * number // (KILLS + 2)
        if not wait(lambda arrived=arrived: len(house.sink.taken) >= arrived, f"mail number {arrived}", 300, 0.02):
            break
        if number in others:
            others[number]()
        house.kill_worker()
        done += 1
        if number % 5 == 0:
            say(f"{len(house.sink.taken)} mails have arrived, workers were killed {done} times")
    return done


def _left(agencies: list[Agency], count: int) -> int:
    """Count the reminders that are not yet written and the mails that still wait."""
    left = count
    try:
        for agency in agencies:
            with agency_context(agency):
                left -= OutboxMail.objects.exclude(status=Status.WAITING).count()
    except OperationalError:
        return count
    return left


def _table(house: House, agencies: list[Agency], count: int, kills: int, seconds: float) -> Table:
    reminders, mails = 0, []
    for agency in agencies:
        with agency_context(agency):
            reminders += Reminder.objects.count()
            mails += OutboxMail.objects.values_list("message_id", "recipient", "status", "error")
    taken = house.sink.taken
    twice = {key: times for key, times in taken.items() if len(times) > 1}
    unexplained = [key for key, times in twice.items() if not all(house.explains(at) for at in times[:-1])]
    refused = [mail for mail in mails if mail[2] == Status.FAILED]
    numbers = range(count)
    table = Table(f"{count} reminders, {seconds:.0f} s, {len(taken) / seconds:.0f} mails a second on average")
    table.expect("workers killed with SIGKILL", kills, KILLS)
    table.count("broker emptied / restarted, PostgreSQL restarted, mail server stalled", "once each")
    table.count("beats at once", 2)
    table.count("processes that ended by themselves and were started again", house.revived)
    table.expect("reminders noted", reminders, count)
    table.expect("mails in the outbox, one a reminder", len(mails), count)
    table.expect("recipients, each different", len({mail[1] for mail in mails}), count)
    table.expect(
        "put off once by the mail server (4xx, 5 %)", len(house.sink.put_off), sum(map(Sink.is_put_off, numbers))
    )
    table.expect(
        "refused for good by the mail server (5xx, 1 %)", len(house.sink.refused), sum(map(Sink.is_refused, numbers))
    )
    table.expect(
        "of these shown to staff as failed, with the reason",
        sum("5.7.1" in mail[3] for mail in refused),
        len(house.sink.refused),
    )
    table.expect("failed for another reason", sum("5.7.1" not in mail[3] for mail in refused), 0)
    table.expect("delivered (different Message-IDs)", len(taken), count - len(house.sink.refused))
    table.expect(
        "noted as sent and delivered", sum(mail[0] in taken for mail in mails if mail[2] == Status.SENT), len(taken)
    )
    table.expect("lost", sum(mail[2] != Status.FAILED and mail[0] not in taken for mail in mails), 0)
    table.expect("still waiting", sum(mail[2] == Status.WAITING for mail in mails), 0)
    table.count("delivered twice: between the server's 250 and our commit", len(twice))
    table.expect("of these without a kill or restart at that moment", len(unexplained), 0)
    return table
