"""New pages of patrons and of the desk as people see them: phone and desk, both languages, light and dark."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from agencies.models import Agency, Membership, Programme, User
from agencies.models.accounts import Role
from klikks.tenancy import agency_context
from patrons.models import Activity, AppointmentDay, DayPlace, Patron
from tests import factories
from tests.browser import DESKTOP, PHONE, barriers, is_wider_than_the_screen
from trainings.models import Enrolment, TrainingSeries, TrainingSession

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIGHTS = [(PHONE, "de", False), (DESKTOP, "en", True)]


@pytest.fixture
def patron(committed_db: None, agency: Agency, programme: Programme, membership: Membership) -> Patron:
    """A patron in office with a training on each side of today and some hours."""
    place = factories.commune()
    made = factories.patron(
        agency, programme, place, user=factories.account(Role.PATRON, agency), status="active", languages=["de", "tr"]
    )
    factories.appointment(agency, made, place)
    now = timezone.now()
    with agency_context(agency):
        Activity.objects.create(patron=made, hours=2, what="Infostand auf dem Markt")
        series = TrainingSeries.objects.create(
            agency=agency, programme=programme, title="Grundlagen", audience="patrons", goals="Ihre Rolle im Ort."
        )
        for days, status in [(-30, "attended"), (9, "enrolled"), (30, "")]:
            starts_at = now + timedelta(days=days)
            session = TrainingSession.objects.create(
                agency=agency,
                series=series,
                title=f"Grundlagen {days}",
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=2),
                venue="online",
            )
            if status:
                Enrolment.objects.create(session=session, patron=made, status=status)
    return made


def look_at(open_page: Callable[..., Page], user: User, addresses: dict[str, str], *, touched: bool) -> None:
    """Visit pages on each screen: no barriers, no wider than the screen; with `touched`, nothing too small to tap."""
    for width, language, dark in SIGHTS:
        page = open_page(width=width, language=language, dark=dark, user=user)
        for name, address in addresses.items():
            page.goto(address)
            if page.locator("details.desk-further").count():
                page.locator("details.desk-further summary").first.click()
            assert not barriers(page), (name, width, language)
            assert not is_wider_than_the_screen(page), (name, width)
            if folder := os.environ.get("PICTURES"):
                page.screenshot(path=Path(folder) / f"{name}-{width}-{language}.png", full_page=True)
            if touched:
                low = page.evaluate(
                    """() => [...document.querySelectorAll("main .btn, main summary")]
                        .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 44)
                        .map((one) => one.innerText)"""
                )
                assert not low, (name, low)


def test_a_patrons_new_pages_have_no_barriers_and_fit_the_screen(new_page: Callable[..., Page], patron: Patron) -> None:
    names = [
        "website:portal",
        "patrons:log_hours",
        "patrons:pause",
        "patrons:farewell",
        "trainings:mine",
        "reports:mine",
    ]
    look_at(new_page, patron.user, {name.replace(":", "-"): reverse(name) for name in names}, touched=True)


def test_the_desks_new_pages_have_no_barriers_and_fit_the_screen(
    new_page: Callable[..., Page], agency: Agency, programme: Programme, patron: Patron, manager: User
) -> None:
    for number, latitude in enumerate([49.99, 50.02, 50.6, 51.0]):
        place = factories.commune(f"Ort {number}", latitude=latitude)
        factories.partnership(agency, programme, place)
    partnership = factories.partnership(agency, programme, patron.home)
    waiting = factories.patron(agency, programme, patron.home, status="talk_held", last_name="Wartend", hours_a_month=6)
    factories.patron(agency, programme, place, status="confirmed", last_name="Fern")
    factories.patron(agency, programme, patron.home, status="confirmed", last_name="Wartend")
    with agency_context(agency):
        day = AppointmentDay.objects.create(
            programme=programme, on=timezone.localdate(), place="Mainz", signed_by="Eva Beispiel"
        )
        DayPlace.objects.create(day=day, patron=waiting, commune=place, problem="Gibt es nicht mehr.")
        double = Patron.objects.filter(last_name="Wartend").last()
    addresses = {
        "match": reverse("admin:patrons_patron_match", args=[waiting.pk]),
        "fitting": reverse("admin:patrons_patron_fitting", args=[partnership.pk]),
        "join": f"{reverse('admin:patrons_patron_join', args=[waiting.pk])}?other={double.pk}",
        "day": reverse("admin:patrons_appointmentday_change", args=[day.pk]),
        "hold": reverse("admin:patrons_appointmentday_hold", args=[day.pk]),
    }
    look_at(new_page, manager, addresses, touched=False)
