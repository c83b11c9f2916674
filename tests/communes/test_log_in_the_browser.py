"""The desk's pages around calls, timeline and care in a real Chromium: by keyboard alone, and without barriers."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from agencies.models import Agency, Membership, Programme, User
from communes.models import Commune, Contact, Outreach
from deadlines.models import Deadline
from klikks.tenancy import agency_context
from tests import factories
from tests.browser import DESKTOP, PHONE, barriers, is_wider_than_the_screen

pytestmark = pytest.mark.browser


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element that fits the selector has the focus."""
    for _press in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"Tab never came to {selector}")


def test_a_call_is_logged_with_the_keyboard_alone_and_no_page_has_barriers(
    committed_db: None,
    new_page: Callable[..., Page],
    agency: Agency,
    programme: Programme,
    manager: User,
    membership: Membership,
) -> None:
    town = factories.commune()
    factories.partnership(agency, programme, town, manager=membership)
    with agency_context(agency):
        Contact.objects.create(commune=town, name="Petra Beispiel", email="petra@example.org")
    start = f"/admin/communes/commune/{town.pk}/change/"
    page = new_page(width=DESKTOP, user=manager)
    page.goto(start)
    tab_to(page, ".desk-log[href*=outreach]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/outreach/log/**")
    expect(page.locator("input[name=outcome]").first).to_be_focused()
    page.keyboard.press("Space")
    tab_to(page, "textarea[name=result]")
    page.keyboard.type("Sehr freundlich")
    tab_to(page, "input[name=soon]")
    page.keyboard.press("ArrowDown")
    tab_to(page, ".desk-button-primary")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{start}")
    expect(page.get_by_text("Notiert: Telefonat")).to_be_visible()
    with agency_context(agency):
        logged = Outreach.objects.get()
        assert (logged.commune_id, logged.outcome, logged.result) == (town.pk, "talked", "Sehr freundlich")
        assert Deadline.objects.filter(subject_id=logged.pk).exists()
    _picks_up_the_contacts_of_the_town(new_page, manager, town)
    timeline = reverse("admin:communes_commune_timeline", args=[town.pk])
    paths = [f"/admin/communes/outreach/log/?next={start}", timeline, start]
    paths += ["/admin/website/quietcase/", f"/admin/deadlines/deadline/follow-up/?next={start}", "/admin/"]
    found = []
    for width, language in [(PHONE, "de"), (DESKTOP, "en")]:
        page = new_page(width=width, language=language, user=manager)
        for path in paths:
            page.goto(path)
            found += [(path, width, barrier) for barrier in barriers(page)]
            if is_wider_than_the_screen(page):
                found.append((path, width, "wider than the screen"))
    assert found == []


def _picks_up_the_contacts_of_the_town(new_page: Callable[..., Page], manager: User, town: Commune) -> None:
    """Choosing a municipality while typing offers its contacts."""
    page = new_page(user=manager)
    page.goto("/admin/communes/outreach/log/")
    expect(page.locator("input[name=commune]")).to_be_focused()
    page.keyboard.type("Bingen")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("select[name=contact]")).to_contain_text("Petra Beispiel")
