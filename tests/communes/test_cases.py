"""The one screen for a registration: everything known, on one page, in a constant number of queries."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies.models import Agency, Membership, Programme, User
from agencies.models.accounts import Role
from communes import services
from communes.models import Contact, Registration
from deadlines import jobs
from deadlines.models import Job, OutboxMail
from klikks.links import without_tokens
from klikks.tenancy import agency_context
from tests import factories
from tests.browser import DESKTOP, PHONE, barriers, is_wider_than_the_screen
from tests.communes.conftest import text_of
from tests.queries import at_most

Status = Registration.Status


def page_of(registration: Registration) -> str:
    """Return the address of a registration's screen."""
    return reverse("admin:communes_registration_change", args=[registration.pk])


def crowd(agency: Agency, programme: Programme, by: User) -> Registration:
    """Make a registration that was asked back and answered, with partners, patrons, contacts and calls around it."""
    here = factories.commune("Bingen am Rhein, Stadt")
    registration = factories.registration(agency, programme, here, message="Wir möchten gerne mitmachen.")
    factories.registration(agency, programme, here, status=Status.DECLINED, contact_name="Frühere Person")
    for number in range(6):
        near = factories.commune(f"Nachbarort {number}", latitude=49.97 + 0.02 * number, longitude=7.95)
        factories.partnership(agency, programme, near)
        factories.patron(agency, programme, near)
    far = factories.commune("Fernstadt", latitude=52.0, longitude=10.0)
    factories.partnership(agency, programme, far)
    with agency_context(agency):
        Contact.objects.create(commune=here, name="Otto Klima", function=Contact.Function.CLIMATE_MANAGER)
        services.log_outreach(here, by=by, channel="call", result="Interesse an Nahwärme")
        services.ask_back(registration, by=by, question="Gibt es einen Beschluss?")
        services.note_answer(registration, by=by, answer="Ja, vom 3. Mai.")
    return registration


@pytest.mark.django_db
def test_one_screen_shows_everything_known_and_makes_a_letter_of_a_mail(
    desk: Client, agency: Agency, programme: Programme, manager: User, membership: Membership
) -> None:
    registration = crowd(agency, programme, manager)
    desk.get(page_of(registration))
    with at_most(12):
        page = desk.get(page_of(registration))
    text = text_of(page)
    for known in [
        "Wir möchten gerne mitmachen.",
        "Frühere Person",
        "Otto Klima",
        "Interesse an Nahwärme",
        "Gibt es einen Beschluss?",
        "Ja, vom 3. Mai.",
        "Die Antwort lesen und entscheiden.",
        f"E-Mail an {registration.email}",
        "Mainz-Bingen",
        registration.commune.ags,
    ]:
        assert known in text, known
    assert re.search(r"im Umkreis von 25 km\s*6\b", text)
    assert "Fernstadt" not in text
    drawing = re.search(r"<svg[^>]*desk-map.*?</svg>", page.content.decode(), re.DOTALL)[0]
    assert "Karte: Bingen am Rhein mit Partnerkommunen in der Nähe: Nachbarort 0" in drawing
    assert drawing.count("<circle") == 6
    assert "//" not in drawing.replace("http://www.w3.org/2000/svg", "")
    with agency_context(agency):
        mail = OutboxMail.objects.get(template="registration/question")
    address = reverse("admin:communes_registration_write_letter", args=[registration.pk])
    shown = desk.get(address, {"mail": mail.pk})
    assert shown.context["form"]["text"].value() == without_tokens(mail.text)
    link = re.search(r"/register/status/\S+", mail.text)
    assert link is not None
    assert link[0] not in page.content.decode()  # the link opens the page of the municipality, not of staff
    desk.post(address, {"subject_line": mail.subject_line, "text": mail.text})
    with agency_context(agency):
        job = Job.objects.get(kind=Job.Kind.REGISTRATION_LETTER)
        jobs.run(job.pk)
    assert reverse("deadlines:job", args=[job.key]) in desk.get(page_of(registration)).content.decode()


def look(page: Page, address: str = "") -> list[str]:
    """Open a page, unless it is open, and return what is wrong with it."""
    if address:
        page.goto(address)
    wide = [f"{page.url} is wider than the screen"] if is_wider_than_the_screen(page) else []
    return [*barriers(page), *wide]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_two_staff_decide_at_once_and_the_pages_have_no_barriers(
    new_page: object, agency: Agency, programme: Programme
) -> None:
    first, second = factories.account(Role.REGIONAL_MANAGER, agency), factories.account(Role.AGENCY_ADMIN, agency)
    registration = crowd(agency, programme, first)
    pages: list[Page] = [new_page(width=DESKTOP, user=first), new_page(width=PHONE, user=second)]
    work_list = f"{reverse('admin:communes_registration_changelist')}?state=us"
    decline = reverse("admin:communes_registration_decline", args=[registration.pk])
    found = [look(page, address) for page in pages for address in (work_list, page_of(registration), decline)]
    assert found == [[]] * 6
    for page in pages:
        page.locator("#id_reason").fill("Leider sind alle Plätze vergeben.")
        page.keyboard.press("Tab")
        page.get_by_role("button", name="Weiter zur E-Mail").press("Enter")
        expect(page.locator("#id_text")).to_have_value(re.compile("alle Plätze vergeben"))
        assert look(page) == []
    for page in pages:
        page.get_by_role("button", name="Ablehnen und absenden").press("Enter")
    expect(pages[0].get_by_text("Die Anmeldung ist abgelehnt. Die Kommune bekommt eine E-Mail.")).to_be_visible()
    told = pages[1].locator(".desk-alert-info")
    expect(told).to_contain_text("auf „abgelehnt“ gesetzt. Es wurde nichts geändert.")
    expect(told).to_contain_text("heute um")
    assert not barriers(pages[1])
    english = new_page(width=PHONE, user=first, language="en", dark=True)
    wide = new_page(width=DESKTOP, user=second, language="en")
    waiting = factories.registration(
        agency, programme, factories.commune("Altdorf"), confirmed_at=timezone.now() - timedelta(days=20)
    )
    addresses = (page_of(waiting), page_of(registration), work_list)
    assert [look(page, address) for page in (english, wide) for address in addresses] == [[]] * 6
    english.goto(work_list)
    english.get_by_role("checkbox").nth(1).check()
    english.locator("select[name=action]").select_option("wait_many")
    english.get_by_role("button", name="Run").click()
    expect(english.get_by_text("1 registration will be moved.")).to_be_visible()
    assert not barriers(english)
    english.get_by_role("button", name="Put on the waiting list (1)").click()
    expect(english.get_by_role("status").get_by_text("1 registration is done.")).to_be_visible()
    with agency_context(agency):
        assert OutboxMail.objects.filter(template="registration/declined").count() == 1
        assert Registration.objects.get(pk=waiting.pk).status == Status.WAITING_LIST
