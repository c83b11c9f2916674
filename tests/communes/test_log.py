"""A call is logged in a few seconds from anywhere on the desk, a pasted mail is read, and all of it shows up later."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Membership, Programme, User
from agencies.models.accounts import Role
from communes.models import Commune, Contact, Outreach
from deadlines.models import Deadline
from klikks.tenancy import agency_context
from tests import factories
from tests.queries import at_most

pytestmark = pytest.mark.django_db

LOG = "/admin/communes/outreach/log/"


def page_of(subject: object) -> str:
    """Return the path of an object's page on the desk."""
    return reverse(f"admin:{subject._meta.app_label}_{subject._meta.model_name}_change", args=[subject.pk])


def log(client: Client, back: str = "", **typed: object) -> object:
    """Send the form that logs a call, from the page `back`."""
    return client.post(
        f"{LOG}?next={quote(back)}", {"channel": "call", "on": timezone.localdate().isoformat(), **typed}
    )


def text_of(answer: object) -> str:
    """Return a page's text."""
    return answer.content.decode()


def only(agency: Agency) -> Outreach:
    """Return the one thing that was logged."""
    with agency_context(agency):
        return Outreach.objects.select_related("commune", "district", "contact", "by").get()


def test_the_button_stands_on_every_page_and_knows_the_municipality(
    desk: Client, agency: Agency, programme: Programme, town: Commune, membership: Membership
) -> None:
    patron = factories.patron(agency, programme, factories.commune("Wohnort"), status="active")
    factories.appointment(agency, patron, town)
    subjects = [
        town,
        patron,
        factories.registration(agency, programme, town),
        factories.partnership(agency, programme, town),
        factories.project(agency, programme, town),
    ]
    for subject in subjects:
        address = page_of(subject)
        assert f'href="{LOG}?next={quote(address, safe="")}"' in text_of(desk.get(address)), address
        assert f'value="{town.pk}" data-commune-id' in text_of(desk.get(f"{LOG}?next={quote(address)}")), address
    answer = log(desk, page_of(patron), commune="Bingen am Rhein", commune_id=town.pk, outcome="talked")
    assert (answer.status_code, answer.url) == (302, page_of(patron))
    logged = only(agency)
    assert (logged.commune, logged.by, logged.subject_id) == (town, membership, patron.pk)
    for page in ["/admin/", "/admin/communes/contact/", "/admin/deadlines/deadline/add/"]:
        assert f"{LOG}?next={quote(page, safe='')}" in text_of(desk.get(page)), page


def test_the_quick_picks_become_a_deadline_and_the_reader_is_told(
    desk: Client, agency: Agency, town: Commune, manager: User
) -> None:
    answer = log(
        desk, page_of(town), commune="Bingen am Rhein", outcome="later", next_step="Unterlagen schicken", soon="7"
    )
    due = timezone.localdate() + timedelta(days=7)
    with agency_context(agency):
        deadline = Deadline.objects.get()
    assert (deadline.title, deadline.due_on) == ("Nachfassen: Bingen am Rhein, Unterlagen schicken", due)
    assert deadline.owner_id == manager.pk
    assert "Wir erinnern Sie am" in text_of(desk.get(answer.url))


def test_bad_input_is_named_and_nothing_typed_is_lost(desk: Client, agency: Agency, town: Commune) -> None:
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    typed = {"result": "Sehr freundlich 🌻", "next_step": "Termin", "next_step_on": "31.02.2026", "soon": "30"}
    page = text_of(log(desk, commune="Xyzzyburg", on=tomorrow, **typed))
    for said in ["liegt in der Zukunft", "Xyzzyburg“", "Sehr freundlich 🌻", "Termin", "31.02.2026"]:
        assert said in page, said
    assert "was dabei herauskam" in text_of(log(desk, commune="Bingen am Rhein"))
    assert "Bitte wählen Sie eine Kommune." in text_of(log(desk, outcome="talked"))
    with agency_context(agency):
        assert not Outreach.objects.exists()


def test_nobody_is_sent_to_another_host_and_a_strange_page_before_does_no_harm(desk: Client, town: Commune) -> None:
    for back in [
        "https://evil.example/x",
        "//evil.example",
        "/no/such/page/",
        "/admin/communes/registration/99/change/",
    ]:
        assert desk.get(f"{LOG}?next={quote(back)}&commune=9999999999").status_code == 200
    assert log(desk, "//evil.example", commune="Bingen am Rhein", outcome="talked").url == "/admin/communes/outreach/"


def test_a_call_to_a_district_is_logged_there(desk: Client, agency: Agency, town: Commune) -> None:
    with agency_context(agency):
        council = Contact.objects.create(district=town.district, organisation="Kreistag", function="district_council")
    page = text_of(desk.get(f"{LOG}?next={quote(page_of(town.district))}"))
    assert "Kreistag" in page
    log(desk, page_of(town.district), outcome="talked", contact=council.pk)
    logged = only(agency)
    assert (logged.commune, logged.district, logged.contact) == (None, town.district, council)
    assert "Kreistag" in text_of(desk.get(page_of(town.district)))


def test_a_pasted_mail_fills_in_what_it_says_and_keeps_its_words(desk: Client, agency: Agency, town: Commune) -> None:
    with agency_context(agency):
        mayor = Contact.objects.create(commune=town, name="Petra Beispiel", email="Rathaus@bingen.example")
    mail = "Von: rathaus@bingen.example\nGesendet: Dienstag, 3. März 2026 10:15\nBetreff: Wir machen mit\n\nJa!\n> Und?"
    page = log(desk, mail=mail)
    form = page.context["form"]
    assert [form[name].value() for name in ("channel", "on", "result")] == ["mail", "2026-03-03", "Wir machen mit"]
    assert form["commune"].value()["id"] == str(town.pk)
    assert "Bitte prüfen" in text_of(page)
    names = ["channel", "on", "result", "mail", "mail_read", "contact"]
    log(desk, **{name: form[name].value() for name in names}, commune="Bingen am Rhein", commune_id=town.pk)
    logged = only(agency)
    assert (logged.commune, logged.contact, f"{logged.on}") == (town, mayor, "2026-03-03")
    assert logged.mail == mail


def test_a_mail_with_an_ambiguous_date_leaves_the_day_to_the_person(desk: Client, town: Commune) -> None:
    page = log(desk, mail="From: a@b.example\nSent: 03/04/2026 10:15\nSubject: Hello\n\nHi", commune="Bingen am Rhein")
    assert page.context["form"]["on"].value() == ""
    assert "„03/04/2026 10:15“ lässt sich nicht sicher lesen" in text_of(page)
    assert "keine Kopfzeilen" in text_of(log(desk, mail="Nur ein Text", commune="Bingen am Rhein"))


def test_a_contact_who_left_stays_readable_but_is_not_suggested(desk: Client, agency: Agency, town: Commune) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    with agency_context(agency):
        Contact.objects.create(commune=town, name="Alt Gegangen", until=yesterday)
        Contact.objects.create(commune=town, organisation="Stadtwerke", function="utility")
    assert "Alt Gegangen" in text_of(desk.get(page_of(town)))
    form = text_of(desk.get(f"{LOG}?next={quote(page_of(town))}"))
    assert ("Alt Gegangen" in form, "Stadtwerke" in form) == (False, True)
    contacts = reverse("admin:communes_contact_changelist")
    assert "Alt Gegangen" not in text_of(desk.get(contacts))
    assert "Alt Gegangen" in text_of(desk.get(f"{contacts}?there=left"))


def test_nobody_logs_without_the_right_and_nothing_of_another_agency_is_offered(
    as_role: Callable[..., Client], desk: Client, other_agency: Agency, town: Commune
) -> None:
    assert as_role(Role.COORDINATOR).get(LOG).status_code == 403
    assert "Anruf notieren" not in text_of(as_role(Role.COORDINATOR).get("/admin/"))
    with agency_context(other_agency):
        Contact.objects.create(commune=town, name="Fremd Geheim", email="fremd@example.org")
    assert "Fremd Geheim" not in text_of(desk.get(f"{LOG}?next={quote(page_of(town))}"))
    page = log(desk, mail="Von: fremd@example.org\nBetreff: x\n\ny")
    assert page.context["form"]["commune"].value()["id"] == ""


def test_the_page_asks_the_database_at_most_twelve_times(desk: Client, agency: Agency, town: Commune) -> None:
    with agency_context(agency):
        for number in range(30):
            Contact.objects.create(commune=town, name=f"Person {number}")
    desk.get("/admin/")
    with at_most(12):
        desk.get(f"{LOG}?next={quote(page_of(town))}")
