"""The programme's main thread in the real interface: from a municipality's first interest to a reminder.

A real Chromium on a phone and on a desk, a real Celery worker and beat, a real mail server. Nothing is done behind the
interface's back, except that the agency with its window and the published factors are there at the start.
"""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agencies.models import Agency, Programme, User
from agencies.models.accounts import Role
from communes.models import Commune
from deadlines.models import Reminder
from klikks.tenancy import agency_context
from projects.measures.factors import load_factors
from tests import factories
from tests.services import Beat, CeleryProcess, Mailbox, until

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.django_db(transaction=True)]

TOWN, PATRON = "rathaus@example.org", "erika.muster@example.org"


def link_in(mailbox: Mailbox, address: str, part: str) -> str:
    """Return the path of the newest mailed link that holds `part`."""
    found = [re.search(rf"https?://[^/\s]+(\S*{part}\S*)", mail.text) for mail in mailbox.wait_for(address)]
    return next(link[1] for link in reversed(found) if link)


def pick(page: Page, typed: str, name: str) -> None:
    """Pick a municipality with the keyboard."""
    picker = page.get_by_role("combobox")
    picker.press_sequentially(typed)
    expect(page.get_by_role("option", name=name).first).to_be_visible()
    picker.press("ArrowDown")
    picker.press("Enter")


def act(page: Page, name: str) -> None:
    """Follow one of the actions of an object's page on the desk."""
    page.locator("a", has_text=re.compile(rf"^\s*(\w+\s)?\s*{name}\s*$")).first.click()


def send(page: Page, name: str) -> None:
    """Send the form of an action."""
    page.get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def town(agency: Agency) -> Commune:
    """A municipality of the agency's state, and another one beside it."""
    factories.commune("Ingelheim am Rhein, Stadt", postcodes=["55218"], longitude=8.06, latitude=49.97)
    return factories.commune("Bingen am Rhein, Stadt")


def test_from_the_first_interest_to_the_reminder(
    new_page: Callable[..., Page],
    programme: Programme,
    agency: Agency,
    other_agency: Agency,
    town: Commune,
    manager: User,
    worker: CeleryProcess,
    beat: Beat,
    mailbox: Mailbox,
) -> None:
    load_factors()
    desk = sign_in_with_password(new_page, manager)
    town_registers_and_confirms(new_page(), mailbox)
    agency_alone_sees_it(new_page, other_agency)
    agency_asks_back_and_the_town_answers(desk, new_page(), mailbox)
    agency_accepts_and_notes_the_backing(desk, mailbox)
    volunteer_shows_interest_and_confirms(new_page(), mailbox)
    agency_matches_and_appoints(desk, worker)
    phone = patron_signs_in_by_code(new_page(), mailbox)
    patron_downloads_the_certificate(phone)
    patron_adds_a_project_with_a_measure(phone)
    agency_orders_the_report(desk)
    patron_is_reminded_once(beat, worker, mailbox, agency)
    patron_logs_hours_in_two_taps_and_takes_a_break(phone)
    patron_says_goodbye_and_gets_our_thanks(phone, mailbox)


def sign_in_with_password(new_page: Callable[..., Page], manager: User) -> Page:
    """A regional manager signs in at a desk."""
    page = new_page(width=1440)
    page.goto("/admin/")
    page.get_by_label("E-Mail-Adresse").fill(manager.email)
    page.get_by_label("Passwort", exact=True).fill("a long test password")
    page.get_by_role("button", name="Mit Passwort anmelden").click()
    page.wait_for_url("**/admin/")
    return page


def town_registers_and_confirms(page: Page, mailbox: Mailbox) -> None:
    """The mayor's office fills in the form on a phone and follows the mailed link."""
    page.goto("/")
    page.get_by_role("link", name="Kommune anmelden").first.click()
    pick(page, "bing", "Bingen am Rhein")
    page.get_by_label("Ihr Name").fill("Petra Beispiel")
    page.get_by_label("E-Mail").fill(TOWN)
    page.get_by_label(re.compile("einverstanden")).check()
    page.get_by_role("button", name="Anmeldung abschicken").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Postfach")
    page.goto(link_in(mailbox, TOWN, "/register/confirm/"))
    page.get_by_role("button", name=re.compile("^Ja, ")).click()
    expect(page.get_by_role("main")).to_contain_text("Bingen am Rhein")


def agency_alone_sees_it(new_page: Callable[..., Page], other_agency: Agency) -> None:
    """Staff of another agency find no registration."""
    page = new_page(width=1440, user=factories.account(Role.REGIONAL_MANAGER, other_agency))
    page.goto("/admin/communes/registration/")
    expect(page.locator("body")).not_to_contain_text("Bingen")


def agency_asks_back_and_the_town_answers(desk: Page, phone: Page, mailbox: Mailbox) -> None:
    """Staff ask a question; the mayor's office answers it by the link in its mail, without an account."""
    desk.goto("/admin/")
    desk.get_by_role("link", name=re.compile("Bingen am Rhein")).first.click()
    act(desk, "Rückfrage stellen")
    desk.locator("[name=question]").fill("Gibt es schon einen Beschluss?")
    send(desk, "Weiter zur E-Mail")
    send(desk, "Rückfrage stellen und absenden")
    until(lambda: "Beschluss?" in mailbox.to(TOWN)[-1].text, "the mail with the question")
    phone.goto(link_in(mailbox, TOWN, "/register/status/"))
    expect(phone.get_by_role("main")).to_contain_text("Gibt es schon einen Beschluss?")
    phone.get_by_label("Ihre Antwort").fill("Ja, vom 3. Mai.")
    phone.get_by_role("button", name="Antwort senden").click()
    expect(phone.get_by_role("main")).to_contain_text("Vielen Dank, Ihre Antwort ist angekommen.")
    desk.goto("/admin/")
    desk.get_by_role("link", name=re.compile("Bingen am Rhein")).first.click()
    expect(desk.get_by_role("main")).to_contain_text("Ja, vom 3. Mai.")


def agency_accepts_and_notes_the_backing(page: Page, mailbox: Mailbox) -> None:
    """Staff find the registration on the opening page, accept it, and note the council's resolution."""
    page.goto("/admin/")
    page.get_by_role("link", name=re.compile("Bingen am Rhein")).first.click()
    act(page, "Annehmen")
    send(page, "Weiter zur E-Mail")
    send(page, "Annehmen und absenden")
    until(lambda: "Bingen" in mailbox.to(TOWN)[-1].subject, "the mail about the acceptance")
    page.goto("/admin/communes/partnership/")
    page.get_by_role("link", name=re.compile("Bingen am Rhein")).first.click()
    act(page, "Politischen Rückhalt eintragen")
    page.locator("[name=kind]").select_option("resolution")
    page.locator("[name=decided_on]").fill((timezone.localdate() - timedelta(days=3)).isoformat())
    page.locator("[name=official_on]").fill(timezone.localdate().isoformat())
    page.locator("form:has([name=decided_on]) button[type=submit]").click()
    expect(page.locator("body")).to_contain_text("offizielle Partnerkommune")


def volunteer_shows_interest_and_confirms(page: Page, mailbox: Mailbox) -> None:
    """Somebody of the neighbouring town offers to become a patron."""
    page.goto("/become-patron/")
    pick(page, "55218", "Ingelheim")
    page.get_by_label("Vorname").fill("Erika")
    page.get_by_label("Nachname").fill("Muster")
    page.get_by_role("textbox", name="E-Mail").fill(PATRON)
    page.get_by_label(re.compile("darf diese Angaben speichern")).check()
    page.locator("main form [type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Postfach")
    page.goto(link_in(mailbox, PATRON, "/become-patron/confirm/"))
    page.get_by_role("button", name=re.compile("^Ja, ")).click()


def agency_matches_and_appoints(page: Page, worker: CeleryProcess) -> None:
    """Staff note the talk, take the suggested municipality and appoint; the worker makes the certificate."""
    page.goto("/admin/patrons/patron/")
    page.get_by_role("link", name=re.compile("Erika Muster|Muster")).first.click()
    address = page.url
    act(page, "Gespräch geführt")
    send(page, "Gespräch geführt")
    page.goto(address)
    act(page, "Zuordnen")
    page.get_by_role("button", name=re.compile("Zuordnen.*Bingen am Rhein")).click()
    page.goto(address)
    act(page, "Ernennen")
    page.locator("[name=signed_by]").fill("Bürgermeisterin Beispiel")
    send(page, "Erika Muster ernennen")
    expect(page.locator("body")).to_contain_text("Erika Muster ist ernannt")


def patron_signs_in_by_code(page: Page, mailbox: Mailbox) -> Page:
    """The patron follows the welcome mail and signs in with a mailed code."""
    page.goto(link_in(mailbox, PATRON, "/accounts/login/"))
    before = len(mailbox.to(PATRON))
    page.get_by_role("link", name=re.compile("Code")).first.click()
    page.get_by_label("E-Mail-Adresse").fill(PATRON)
    page.locator("main form [type=submit]").click()
    mail = mailbox.wait_for(PATRON, before + 1)[-1]
    code = re.search(r"^([A-Z0-9-]{6,})\s*$", mail.text, re.MULTILINE)
    assert code, mail.text
    page.get_by_label("Code").fill(code[1])
    page.get_by_label("Code").press("Enter")
    page.wait_for_url("**/portal/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Erika Muster")
    return page


def patron_downloads_the_certificate(page: Page) -> None:
    """The certificate is on the start page and is a PDF."""
    link = page.get_by_role("link", name=re.compile("Ernennungsurkunde")).first
    until(lambda: page.reload() and link.is_visible(), "the certificate")
    with page.expect_download() as download:
        link.click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")


def patron_adds_a_project_with_a_measure(page: Page) -> None:
    """The patron begins a project that ends in three days, enters two numbers and sees where the result comes from."""
    page.goto("/portal/")
    page.get_by_role("link", name="Neues Projekt").click()
    page.locator("[name=title]").fill("Neue Lampen für den Dorfplatz")
    if page.locator("[name=topic]").count():
        page.locator("[name=topic]").select_option("energy")
    page.locator("[name=ends_on]").fill((timezone.localdate() + timedelta(days=3)).isoformat())
    page.locator("main form [type=submit]").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Neue Lampen")
    page.get_by_role("link", name=re.compile("Maßnahme")).first.click()
    if page.get_by_role("link", name=re.compile("LED")).count():
        page.get_by_role("link", name=re.compile("LED")).first.click()
    page.locator("[name=kwh_before]").fill("18.500")
    page.locator("[name=kwh_after]").fill("6200")
    page.locator("main form [type=submit]").first.click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("4.231,2")
    expect(main).to_contain_text("Umweltbundesamt")


def agency_orders_the_report(page: Page) -> None:
    """Staff order the municipality's report, follow its progress and download it."""
    page.goto("/admin/reports/report/")
    act(page, "Bericht bestellen")
    page.locator("[name=partnership]").select_option(index=1)
    page.locator("form:has([name=starts_on]) button[type=submit]").click()
    page.wait_for_url("**/jobs/**")
    link = page.get_by_role("main").locator("a[href*='/documents/']")
    expect(link).to_be_visible(timeout=40_000)
    with page.expect_download() as download:
        link.click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")


def patron_is_reminded_once(beat: Beat, worker: CeleryProcess, mailbox: Mailbox, agency: Agency) -> None:
    """Beat finds the project's deadline and the worker mails one reminder, also when beat looks a second time."""
    before, looked = len(mailbox.to(PATRON)), re.compile(r"write_due_reminders\[\S+\] succeeded")
    beat.start()
    reminder = mailbox.wait_for(PATRON, before + 1)[-1]
    assert "Neue Lampen für den Dorfplatz" in reminder.subject + reminder.text
    beat.stop()
    runs = len(looked.findall(worker.log))
    beat.start()
    until(lambda: len(looked.findall(worker.log)) > runs, "beat's second look")
    with agency_context(agency):
        assert Reminder.objects.count() == 1
    assert len(mailbox.to(PATRON)) == before + 1


def patron_logs_hours_in_two_taps_and_takes_a_break(page: Page) -> None:
    """Two hours at a stand are two taps; so are a break and the way back, each with a kind page between."""
    page.goto("/portal/")
    page.get_by_role("link", name="2 Std.", exact=True).click()
    page.get_by_role("button", name="Infostand").click()
    expect(page.get_by_role("main")).to_contain_text("2 Stunden für den")
    page.goto("/portal/")
    page.get_by_role("link", name=re.compile("Pause machen")).click()
    page.get_by_role("button", name="Jetzt pausieren").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sie machen Pause")
    page.get_by_role("button", name="Ich bin wieder da").click()
    page.wait_for_url("**/portal/")
    expect(page.get_by_role("main")).to_contain_text("Willkommen zurück")


def patron_says_goodbye_and_gets_our_thanks(page: Page, mailbox: Mailbox) -> None:
    """The farewell is asked once and says what stays; the certificate with the hours comes by mail."""
    page.goto("/portal/farewell/")
    expect(page.get_by_role("main")).to_contain_text("Was bleibt")
    page.get_by_label("Meine Stunden sollen auf der Urkunde stehen").check()
    page.locator("main form [type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("vielen Dank")
    with_thanks = until(
        lambda: [mail for mail in mailbox.to(PATRON) if "Ihre Urkunde" in mail.subject], "the thank-you certificate"
    )
    [certificate] = with_thanks[0].message.iter_attachments()
    assert certificate.get_content().startswith(b"%PDF-")
    page.goto("/portal/")
    expect(page).to_have_url(re.compile("/accounts/login/"))
