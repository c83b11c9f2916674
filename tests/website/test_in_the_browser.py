"""Public pages and the patron's start page as people see them: phone and desk, both languages, light and dark."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies.models import Agency, Programme, User
from agencies.models.accounts import Role
from deadlines.services import set_deadline
from klikks.photos import clean_photo
from klikks.tenancy import agency_context
from projects import services
from projects.files.services import add_photo
from projects.funding import services as funding
from projects.models import (
    CallWindow,
    CostItem,
    FinancingPart,
    FundingProgramme,
    Milestone,
    Project,
    Supporter,
)
from tests import factories
from tests.browser import DESKTOP, PHONE, barriers, is_wider_than_the_screen
from tests.services import CeleryProcess, Mailbox
from website.demo.pictures import village_square

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PUBLIC = [
    "website:home",
    "website:data_sources",
    "website:privacy",
    "website:imprint",
    "website:accessibility",
    "communes:register",
    "patrons:register",
    "patrons:goodbye",
    "account_login",
    "account_request_login_code",
    "account_signup",
]
# Both screens, both languages, light and dark; `script/look --all` sees each page in every mixture of them.
SIGHTS = pytest.mark.parametrize(("width", "language", "dark"), [(PHONE, "de", False), (DESKTOP, "en", True)])


@pytest.fixture
def patron(committed_db: None, agency: Agency, programme: Programme) -> User:
    """A patron in office, with a project, a deadline and a certificate on its way."""
    user = factories.account(Role.PATRON, agency)
    place = factories.commune()
    person = factories.patron(agency, programme, place, user=user, status="active")
    factories.appointment(agency, person, place)
    project = factories.project(agency, programme, place, led_by=person, status=Project.Status.UNDER_WAY)
    with agency_context(agency):
        for title, days in [("Angebot einholen", 5), ("Lampen bestellen", -3)]:
            set_deadline(project, "milestone", title=title, due_on=timezone.localdate() + timedelta(days), owner=user)
            Milestone.objects.create(project=project, title=title, due_on=timezone.localdate() + timedelta(days))
        CostItem.objects.create(project=project, what="Lampen", amount=Decimal(1200))
        FinancingPart.objects.create(project=project, kind="in_kind", source="Bauhof", amount=Decimal(200))
        Supporter.objects.create(project=project, kind="club", name="TuS Bingen")
        for alt in ("Vorher", "Nachher"):
            add_photo(project, by=user, photo=clean_photo(village_square(lit=True)), alt=alt, is_public=True)
        services.change_project(project, by=user, public_summary="Neue Lampen sparen Strom.")
        services.release(project, by=factories.account(Role.REGIONAL_MANAGER, agency))
    return user


@pytest.fixture
def funding_pages(patron: User, agency: Agency, programme: Programme) -> list[str]:
    """Addresses of the patron's pages of funding: what fits a project and what nearly does, and an application."""
    today, person = timezone.localdate(), patron.patron
    wood = factories.project(agency, programme, person.home, led_by=person, investment=Decimal(4200), topic_id="energy")
    programmes: list[dict[str, Any]] = [
        {"name": "Klimaschutz in kleinen Orten", "higher_rate": 40, "higher_rate_for": "finanzschwache Kommunen"},
        {
            "name": "Dorftopf",
            "unconfirmed": ["rate", "amounts"],
            "grant_max": 900,
            "checked_on": today - timedelta(400),
        },
        {"name": "Vereinstopf", "applicants": ["club"], "cost_min": 5000},
    ]
    with agency_context(agency):
        for number, fields in enumerate(programmes):
            made = FundingProgramme.objects.create(
                agency=agency,
                level="state",
                funder="Land",
                rate=25,
                link="https://foerderung.example.org",
                documents="Kostenschätzung\nRatsbeschluss",
                **fields,
            )
            CallWindow.objects.create(funding_programme=made, closes_on=today + timedelta(days=9 * number))
        applied = funding.apply_for_funding(wood, by=patron, funding_programme=FundingProgramme.objects.first())
        funding.tick_document(applied.documents.first(), by=patron)
    return [reverse("projects:funding", args=[wood.pk]), applied.get_absolute_url()]


@SIGHTS
def test_public_pages_have_no_barriers_and_fit_the_screen(
    new_page: Callable[..., Page], agency: Agency, width: int, language: str, dark: bool
) -> None:
    page = new_page(width=width, language=language, dark=dark)
    for name in PUBLIC:
        page.goto(reverse(name))
        assert page.locator("html").get_attribute("lang") == language
        assert not barriers(page), name
        assert not is_wider_than_the_screen(page), name


@SIGHTS
def test_a_patrons_pages_have_no_barriers_and_fit_the_screen(
    new_page: Callable[..., Page], patron: User, funding_pages: list[str], width: int, language: str, dark: bool
) -> None:
    page = new_page(width=width, language=language, dark=dark, user=patron)
    names = ("website:portal", "mfa_index", "account_set_password", "mfa_activate_totp", "mfa_add_webauthn")
    for address in [*map(reverse, names), *funding_pages]:
        page.goto(address)
        assert not barriers(page), address
        assert not is_wider_than_the_screen(page), address
    with agency_context(patron.agency_id or 0):
        project = Project.objects.earliest("pk")
    for name in ("detail", "plan", "files", "add_financing", "released_project", "change"):
        page.goto(reverse(f"projects:{name}", args=[project.pk]))
        for details in page.locator("main details").all():
            details.locator("summary").click()
        assert not barriers(page), name
        assert not is_wider_than_the_screen(page), name


@pytest.mark.parametrize(("width", "dark"), [(PHONE, True), (DESKTOP, False)])
def test_staff_see_projects_as_board_and_map_and_move_a_card_without_scripts(
    new_page: Callable[..., Page], patron: User, manager: User, width: int, dark: bool
) -> None:
    page = new_page(width=width, dark=dark, user=manager)
    with agency_context(patron.agency_id or 0):
        project = Project.objects.get()
    for name in ("board", "map"):
        page.goto(reverse(f"admin:projects_project_{name}"))
        assert not barriers(page), name
        assert not is_wider_than_the_screen(page), name
    for name in ("plan", "files", "release", "find_funding"):
        page.goto(reverse(f"admin:projects_project_{name}", args=[project.pk]))
        assert not barriers(page), name
        assert not is_wider_than_the_screen(page), name
    plain = new_page(width=width, user=manager, scripts=False)
    plain.goto(reverse("admin:projects_project_board"))
    plain.get_by_label("„Neue Straßenlampen“ verschieben nach").select_option("done")
    plain.get_by_role("button", name="Neue Straßenlampen").press("Enter")
    plain.wait_for_url("**/board/")
    with agency_context(patron.agency_id or 0):
        assert Project.objects.get().status == Project.Status.DONE


def test_all_that_a_finger_touches_in_the_portal_is_large_enough(
    new_page: Callable[..., Page], patron: User, funding_pages: list[str]
) -> None:
    page = new_page(user=patron)
    for address in (reverse("website:portal"), *funding_pages):
        page.goto(address)
        small = page.evaluate(
            """() => [...document.querySelectorAll("a, button, summary")]
                .filter((target) => target.offsetParent && !target.closest("p, .rows-main, .card-link-whole, footer"))
                .filter((target) => !target.matches(".skip-link, .breadcrumb a"))
                .map((target) => [target.innerText, target.getBoundingClientRect().height])
                .filter(([text, height]) => height < 44)"""
        )
        assert not small, address


@pytest.mark.worker
def test_a_patron_signs_in_by_mailed_code_with_the_keyboard_alone(
    page: Page, patron: User, worker: CeleryProcess, mailbox: Mailbox
) -> None:
    page.goto(reverse("website:portal"))
    page.get_by_role("link", name="Code zuschicken").focus()
    page.keyboard.press("Enter")
    page.get_by_label("E-Mail-Adresse").focus()
    page.keyboard.type(patron.email)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Code eingeben")
    code = re.search(r"^\d{8}\b", mailbox.wait_for(patron.email)[0].text, re.MULTILINE)
    assert code
    expect(page.get_by_label("Code")).to_be_focused()
    page.keyboard.type(code[0])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Guten Tag")


def test_a_form_with_errors_starts_with_its_summary_and_leads_to_the_field(page: Page, agency: Agency) -> None:
    page.goto(reverse("account_login"))
    page.get_by_role("button", name="Mit Passwort anmelden").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link").first.click()
    expect(page.get_by_label("E-Mail-Adresse")).to_be_focused()
    described_by = page.get_by_label("E-Mail-Adresse").get_attribute("aria-describedby")
    expect(page.locator(f"#{described_by}")).to_contain_text("erforderlich")
    assert not barriers(page)


def test_the_language_is_switched_on_the_spot_and_kept(page: Page, agency: Agency) -> None:
    page.goto(reverse("website:privacy"))
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Privacy")
    page.goto(reverse("website:home"))
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_account_menu_opens_closes_and_signs_out(new_page: Callable[..., Page], patron: User) -> None:
    page = new_page(user=patron)
    page.goto(reverse("website:portal"))
    menu = page.locator(".site-tools details")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Abmelden")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Abmelden")).to_be_hidden()
    menu.locator("summary").click()
    page.get_by_role("button", name="Abmelden").click()
    expect(page.get_by_role("link", name="Einloggen", exact=True)).to_be_visible()
    page.goto(reverse("website:portal"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Einloggen")


def test_a_security_key_is_added_and_then_asked_for(new_page: Callable[..., Page], manager: User) -> None:
    page = new_page(user=manager)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "usb",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    page.goto(reverse("mfa_add_webauthn"))
    if page.get_by_label("Passwort").count():
        page.get_by_label("Passwort").fill("a long test password")
        page.get_by_role("button", name="Weiter").click()
    page.get_by_label("Wie nennen Sie diesen Schlüssel?").fill("Mein Schlüssel")
    page.get_by_role("button", name="Hinzufügen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Notfall-Codes")
    page.goto(reverse("mfa_list_webauthn"))
    expect(page.get_by_text("Mein Schlüssel").first).to_be_visible()
    page.context.clear_cookies()

    page.goto(reverse("account_login"))
    page.get_by_label("E-Mail-Adresse").fill(manager.email)
    page.get_by_label("Passwort", exact=True).fill("a long test password")
    page.get_by_role("button", name="Mit Passwort anmelden").click()
    page.get_by_role("button", name="Sicherheitsschlüssel verwenden").click()
    page.wait_for_url("**/admin/")
