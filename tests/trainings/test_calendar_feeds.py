"""Calendars to subscribe to, read by a library other than the one that wrote them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Programme
from agencies.models.accounts import Role
from deadlines.models import Deadline, Task
from klikks.tenancy import agency_context
from tests import factories
from tests.queries import at_most
from trainings.models import Enrolment, TrainingSeries, TrainingSession

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


def read(client: Client, path: str) -> tuple[Any, dict[str, Any]]:
    """Return a calendar and its entries by heading, as another programme reads them."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = vobject.readOne(answer.content.decode())
    return calendar, {entry.summary.value: entry for entry in calendar.contents.get("vevent", [])}


def make_session(of: Agency, programme: Programme, title: str, starts: datetime, **series: Any) -> TrainingSession:
    with agency_context(of):
        made = TrainingSeries.objects.create(
            agency=of, programme=programme, title=title, **({"audience": "patrons"} | series)
        )
        return TrainingSession.objects.create(
            agency=of,
            series=made,
            starts_at=starts,
            ends_at=starts + timedelta(hours=3),
            venue="Rathaus; Saal 1, Bingen",
        )


def address_shown(client: Client) -> str:
    """Return the path of the own calendar as the account page shows it."""
    page = client.get(reverse("trainings:my_calendar"))
    return str(page.context["address"]).partition("8000")[2]


def test_a_person_subscribes_to_trainings_deadlines_and_tasks_at_a_secret_address_that_can_be_renewed(
    agency: Agency, other_agency: Agency, programme: Programme, as_role: Callable[..., Client]
) -> None:
    year = timezone.localdate().year + 1
    sunday = max(date(year, 3, day) for day in range(25, 32) if date(year, 3, day).weekday() == 6)
    eve = datetime(year, sunday.month, sunday.day, 9, tzinfo=BERLIN) - timedelta(days=1)
    eve = eve.replace(hour=9)
    commune = factories.commune()
    user = factories.account(Role.PATRON, agency)
    patron = factories.patron(agency, programme, commune, user=user, status="active")
    before, after = (make_session(agency, programme, name, starts) for name, starts in [
        ("Vor der Umstellung", eve), ("Nach der Umstellung", eve + timedelta(days=1)),
    ])  # fmt: skip
    make_session(agency, programme, "Fremde", eve)
    with agency_context(agency):
        for session in (before, after):
            Enrolment.objects.create(session=session, patron=patron)
        Deadline.objects.create(title="Antrag “abgeben”", due_on=date(year, 5, 2), owner=user)
        Deadline.objects.create(title="Erledigt", due_on=date(year, 5, 2), owner=user, done_at=timezone.now())
        Deadline.objects.create(title="Nicht meine", due_on=date(year, 5, 2))
        Task.objects.create(title="Einladung schreiben", due_on=date(year, 5, 3), owner=user)
    client = factories.browser(user)
    path = address_shown(client)
    stranger = Client()
    with at_most(8):
        calendar, entries = read(stranger, path)
    assert calendar.method.value == "PUBLISH"
    assert set(entries) == {
        *("Vor der Umstellung", "Nach der Umstellung"),
        *("Fällig: Antrag “abgeben”", "Aufgabe: Einladung schreiben"),
    }
    saturday, day_after = (entries[name] for name in ("Vor der Umstellung", "Nach der Umstellung"))
    assert [entry.dtstart.value.hour for entry in (saturday, day_after)] == [9, 9]
    assert day_after.dtstart.value.astimezone(UTC) - saturday.dtstart.value.astimezone(UTC) == timedelta(hours=23)
    assert day_after.dtstart.value == after.starts_at
    assert saturday.location.value == "Rathaus; Saal 1, Bingen"
    due = entries["Fällig: Antrag “abgeben”"]
    assert (due.dtstart.value, due.dtend.value) == (date(year, 5, 2), date(year, 5, 3))
    assert due.transp.value == "TRANSPARENT"
    assert len({entry.uid.value for entry in entries.values()}) == 4
    assert read(stranger, path)[1]["Vor der Umstellung"].uid.value == saturday.uid.value
    etag = stranger.get(path)["ETag"]
    assert stranger.get(path, headers={"If-None-Match": etag}).status_code == 304

    assert stranger.get(path.replace("/rlp/", "/nds/")).status_code == 404
    client.post(reverse("trainings:renew_calendar"))
    renewed = address_shown(client)
    assert renewed != path
    assert stranger.get(path).status_code == 404
    assert read(stranger, renewed)[1].keys() == entries.keys()
    assert reverse("trainings:my_calendar") in client.get(reverse("website:portal")).content.decode()
    user.is_active = False
    with agency_context(agency):
        user.save()
    assert stranger.get(renewed).status_code == 404


def test_staff_find_the_address_in_the_desks_account_menu_and_read_their_deadlines_with_links(
    agency: Agency, desk: Client, manager: Any
) -> None:
    with agency_context(agency):
        deadline = Deadline.objects.create(title="Zwischennachweis", due_on=timezone.localdate(), owner=manager)
    assert reverse("trainings:my_calendar") in desk.get(reverse("admin:index")).content.decode()
    entry = read(Client(), address_shown(desk))[1]["Fällig: Zwischennachweis"]
    assert entry.url.value.endswith(reverse("admin:deadlines_deadline_change", args=[deadline.pk]))


def test_an_agencys_calendar_shows_everybody_its_public_trainings_and_windows_and_nothing_else(
    agency: Agency, other_agency: Agency, programme: Programme
) -> None:
    soon = timezone.now() + timedelta(days=9)
    make_session(agency, programme, "Netzwerktreffen", soon, audience="network")
    make_session(agency, programme, "Coaching", soon, audience="regional_managers")
    make_session(other_agency, programme, "Anderes Land", soon, audience="network")
    with at_most(4):
        calendar, entries = read(Client(), reverse("trainings:public_calendar", args=[agency.slug]))
    window = agency.windows.get()
    assert [entry.dtstart.value for name, entry in entries.items() if "KlikKS" in name] == [
        window.opens_on,
        window.closes_on,
    ]
    assert [name for name in entries if "KlikKS" not in name] == ["Netzwerktreffen"]
    assert [zone.tzid.value for zone in calendar.vtimezone_list] == ["Europe/Berlin"]


def test_whoever_asks_too_often_is_told_to_wait(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainings.calendars.views.ASKED_A_MINUTE", 2)
    path = reverse("trainings:private_calendar", args=[agency.slug, "geraten"])
    assert [Client().get(path).status_code for _ in range(3)] == [404, 404, 429]
