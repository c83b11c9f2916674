"""A municipality registers in a real browser: without scripts, with the keyboard alone, on phone and desk."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from agencies.models import Agency, Programme, User
from communes import services
from communes.models import Commune, Registration
from communes.moves import status_address
from deadlines.models import OutboxMail
from klikks import humans
from klikks.tenancy import agency_context
from tests import factories
from tests.browser import DESKTOP, PHONE, barriers, is_wider_than_the_screen
from tests.communes.conftest import LINK
from tests.services import until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(committed_db: None, agency: Agency) -> Commune:
    """A municipality of the agency's state."""
    return factories.commune("Bingen am Rhein, Stadt")


def confirmed(page: Page, agency: Agency) -> None:
    """Follow the mailed link and press its button."""
    with agency_context(agency):
        mail = OutboxMail.objects.get(template="registration/confirm")
    page.goto(LINK.search(mail.text)[1])
    page.get_by_role("button", name="Ja, unsere Kommune anmelden").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Wir sehen uns Ihre Anmeldung an")


def test_a_municipality_registers_without_javascript(
    new_page: Callable[..., Page], town: Commune, agency: Agency, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(humans, "FASTEST", timedelta())
    page = new_page(scripts=False)
    page.goto(reverse("communes:window", args=[programme.slug, agency.slug]))
    page.get_by_label("Kommune").fill("Bigen am Rhein")
    page.get_by_label("Ihr Name").fill("Petra Beispiel")
    page.get_by_label("E-Mail").fill("rathaus@example.org")
    page.get_by_label("einverstanden").check()
    page.get_by_role("button", name="Anmeldung abschicken").click()
    expect(page.get_by_role("alert")).to_contain_text("Meinen Sie eine von diesen?")
    page.get_by_role("button", name="Anmeldung abschicken").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Postfach")
    confirmed(page, agency)


def test_a_municipality_registers_with_the_keyboard_alone_and_its_device_keeps_the_draft(
    new_page: Callable[..., Page], town: Commune, agency: Agency, programme: Programme
) -> None:
    page = new_page(width=DESKTOP)
    page.goto(reverse("communes:window", args=[programme.slug, agency.slug]))
    page.get_by_role("combobox", name="Kommune").focus()
    page.keyboard.type("bing")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Ihr Name")).to_be_focused()
    page.keyboard.type("Petra Beispiel")
    page.get_by_label("einverstanden").focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("nur auf diesem Gerät")).to_be_visible()
    until(lambda: "Petra" in (page.evaluate("localStorage.getItem('klikks.form.registration')") or ""), "the draft")

    page.reload()
    expect(page.get_by_text("Wir haben wieder eingesetzt")).to_be_visible()
    expect(page.get_by_label("Ihr Name")).to_have_value("Petra Beispiel")
    expect(page.get_by_role("combobox", name="Kommune")).to_have_value("Bingen am Rhein, Mainz-Bingen")
    expect(page.get_by_label("einverstanden")).not_to_be_checked()
    assert not barriers(page)
    page.get_by_label("E-Mail").focus()
    page.keyboard.type("rathaus@example.org")
    page.get_by_label("einverstanden").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Anmeldung abschicken")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Postfach")
    assert page.evaluate("localStorage.getItem('klikks.form.registration')") is None
    with agency_context(agency):
        assert Registration.objects.get().commune == town
    confirmed(page, agency)


@pytest.mark.parametrize(
    ("width", "language", "dark"),
    [(PHONE, "de", False), (DESKTOP, "en", True)],
)
def test_the_pages_of_a_registration_have_no_barriers_and_fit_the_screen(
    new_page: Callable[..., Page],
    town: Commune,
    agency: Agency,
    programme: Programme,
    manager: User,
    width: int,
    language: str,
    dark: bool,
) -> None:
    case = factories.registration(agency, programme, town)
    place = [programme.slug, agency.slug]
    with agency_context(agency):
        services.ask_back(case, by=manager, question="Wie viele Ortsteile haben Sie?")
        status = status_address(case).partition("//")[2].partition("/")[2]
    addresses = [
        reverse("communes:window", args=place),
        reverse("communes:embedded_window", args=place),
        f"/{status}",
        f"/{status}withdraw/",
        f"/{status[:-9]}/",
        reverse("patrons:register"),
    ]
    page = new_page(width=width, language=language, dark=dark)
    for address in addresses:
        page.goto(address)
        for details in page.locator("main details").all():
            details.locator("summary").click()
        assert not barriers(page), address
        assert not is_wider_than_the_screen(page), address
