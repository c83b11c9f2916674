"""A town hall's way from the mailed code to the report of its year, on a phone and on a desk."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies.models import Agency, Membership, Programme
from agencies.models.accounts import Role
from communes import access as accesses
from communes.models import Backing, MunicipalAccess
from deadlines.services import set_deadline
from klikks.tenancy import agency_context
from tests import factories
from tests.browser import DESKTOP, PHONE, barriers, is_wider_than_the_screen
from tests.services import CeleryProcess, Mailbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = ["start", "partnership", "patrons", "projects", "documents", "data", "people", "hand_over"]


@pytest.fixture
def access(committed_db: None, agency: Agency, programme: Programme) -> MunicipalAccess:
    """A town hall with a partnership, a patron, a project, a deadline and an invited colleague."""
    user = factories.account(Role.MUNICIPALITY, agency)
    bingen = factories.commune()
    manager = factories.account(Role.REGIONAL_MANAGER, agency)
    with agency_context(agency):
        member = Membership.objects.get(user=manager)
    partnership = factories.partnership(agency, programme, bingen, manager=member)
    patron = factories.patron(agency, programme, bingen, status="active", shows_email=True)
    factories.appointment(agency, patron, bingen)
    project = factories.project(agency, programme, bingen, status="under_way", investment=Decimal(24_000))
    access = factories.access(agency, bingen, user)
    with agency_context(agency):
        set_deadline(project, "milestone", title="Lampen", due_on=timezone.localdate() - timedelta(days=2), owner=None)
        Backing.objects.create(
            partnership=partnership, kind="letter", decided_on=date(2023, 4, 1), file=ContentFile(b"%PDF-1.4", "b.pdf")
        )
        accesses.invite_colleague(access, by=user, name="Jo Neu", email="jo@example.org")
    return access


def check(page: Page) -> None:
    """Fail if the page has barriers or is wider than the screen."""
    assert not barriers(page), page.url
    assert not is_wider_than_the_screen(page), page.url


@pytest.mark.worker
def test_a_municipal_contact_goes_from_the_mailed_code_to_the_report_of_a_year(
    page: Page, access: MunicipalAccess, worker: CeleryProcess, mailbox: Mailbox
) -> None:
    page.goto(reverse("municipality:index"))
    page.get_by_role("link", name="Code zuschicken").click()
    page.get_by_label("E-Mail-Adresse").fill(access.email)
    page.get_by_role("button", name="Code").click()
    code = re.search(r"^\d{8}\b", mailbox.wait_for(access.email)[0].text, re.MULTILINE)
    assert code
    page.get_by_label("Code").fill(code[0])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bingen am Rhein")
    small = page.evaluate(
        """() => [...document.querySelectorAll("main a, main button, .tab-bar a")]
            .filter((target) => target.offsetParent && !target.closest("p, .rows-main, .card-link-whole"))
            .map((target) => [target.innerText, target.getBoundingClientRect().height])
            .filter(([text, height]) => height < 44)"""
    )
    assert not small
    check(page)

    page.get_by_role("link", name="Prüfen Sie Ihre Daten").click()
    page.get_by_label("Straße und Hausnummer").fill("Markt 1")
    page.get_by_label("E-Mail des Rathauses").fill("rathaus@")
    page.get_by_role("button", name="Änderungen senden").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Straße und Hausnummer")).to_have_value("Markt 1")
    check(page)
    page.get_by_label("E-Mail des Rathauses").fill("rathaus@example.org")
    page.get_by_role("button", name="Änderungen senden").click()
    expect(page.get_by_role("heading", name="Wartet auf Ihre Energieagentur")).to_be_visible()
    check(page)

    page.locator(".tab-bar").get_by_role("link", name="Dokumente").click()
    page.get_by_label("Jahr", exact=True).select_option(label="2023")
    page.get_by_role("button", name="Bericht erstellen").click()
    ready = page.get_by_role("link", name="Klimaschutz in Bingen am Rhein")
    ready.wait_for(timeout=60_000)
    check(page)
    page.get_by_role("link", name="Zurück", exact=True).click()
    page.locator(".tab-bar").get_by_role("link", name="Dokumente").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Klimaschutz in Bingen am Rhein").click()
    assert download.value.suggested_filename.startswith("klimaschutz-in-bingen")


@pytest.mark.parametrize(
    ("width", "language", "dark"),
    [(PHONE, "de", False), (DESKTOP, "en", True)],
)
def test_a_municipalitys_pages_have_no_barriers_and_fit_the_screen(
    new_page: Callable[..., Page], access: MunicipalAccess, width: int, language: str, dark: bool
) -> None:
    page = new_page(width=width, language=language, dark=dark, user=access.user)
    for name in PAGES:
        page.goto(reverse(f"municipality:{name}", args=[access.pk]))
        assert page.locator("html").get_attribute("lang") == language
        check(page)
