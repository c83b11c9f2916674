"""A municipality follows its registration by the mailed status link, and does there what is its turn."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Programme, User
from communes import documents, services
from communes.models import Backing, Commune, Contact, OfferedDocument, ParticipationWindow, Partnership, Registration
from communes.moves import STATUS_PURPOSE
from deadlines.models import Deadline, OutboxMail
from klikks import links
from klikks.tenancy import agency_context
from tests import factories
from tests.communes.conftest import LINK, errors_of, text_of
from tests.queries import at_most

pytestmark = pytest.mark.django_db

Status = Registration.Status
PDF = b"%PDF-1.7 Beschluss"


@pytest.fixture
def case(agency: Agency, programme: Programme, town: Commune) -> Registration:
    """A confirmed registration of the town."""
    return factories.registration(agency, programme, town, email="rathaus@example.org")


def token_of(registration: Registration) -> str:
    """Return the token of a registration's status link."""
    return links.sign(STATUS_PURPOSE, registration.agency_id, registration.pk)


def at(registration: Registration, name: str = "status") -> str:
    """Return the address of a page of the status link."""
    return reverse(f"communes:{name}", args=[token_of(registration)])


def now(registration: Registration) -> Registration:
    """Return the registration as it is now."""
    with agency_context(registration.agency_id):
        return Registration.objects.get(pk=registration.pk)


def upload(client: Client, case: Registration, name: str, content: bytes, **changes: str) -> object:
    """Send a document by the status page."""
    sent = {"document-kind": "resolution", "document-decided_on": "2024-05-02", **changes}
    file = SimpleUploadedFile(name, content)
    return client.post(at(case, "offer_document"), {**sent, "document-file": file}, follow=True)


def test_mails_lead_to_a_page_that_says_what_has_happened_and_what_comes_next_in_both_languages(
    client: Client, case: Registration, manager: User
) -> None:
    with agency_context(case.agency_id):
        services.put_on_waiting_list(case, by=manager)
        link = LINK.search(OutboxMail.objects.get(recipient=case.email).text)[1]
    page = client.get(link)
    assert "Sie stehen auf der Warteliste" in text_of(page)
    assert (page["X-Robots-Tag"], page["Referrer-Policy"]) == ("noindex", "same-origin")
    assert "no-store" in page["Cache-Control"]
    client.cookies["django_language"] = "en"
    assert "You are on the waiting list" in text_of(client.get(link))
    with agency_context(case.agency_id):
        services.accept(case, by=manager)
    page = text_of(client.get(link))
    assert "A dated council resolution or a letter of support, by" in page
    assert "We accepted the registration" in page
    with at_most(5):
        client.get(link)


def test_links_that_are_old_cut_off_forged_or_of_another_kind_get_a_kind_page(
    client: Client, case: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_of(case)
    foreign = links.sign("registration", case.agency_id, case.pk)
    for broken in [token[:-4], "x" + token, foreign, "x"]:
        for name in ("status", "answer", "offer_document", "correct_contact", "take_back"):
            page = client.post(reverse(f"communes:{name}", args=[broken])) if name != "status" else None
            page = page or client.get(reverse("communes:status", args=[broken]))
            assert (page.status_code, "nicht vollständig" in text_of(page)) == (400, True)
    later, good = (timezone.now() + timedelta(days=3 * 366)).timestamp(), at(case)
    with monkeypatch.context() as patched:
        patched.setattr("django.core.signing.time.time", lambda: later)
        page = client.get(good)
    assert (page.status_code, "Energieagentur Ihres Landes" in text_of(page)) == (410, True)
    with agency_context(case.agency_id):
        case.delete()
    page = client.get(good)
    assert (page.status_code, "nicht mehr gespeichert" in text_of(page)) == (410, True)


def test_the_answer_to_a_question_comes_in_by_the_page_and_the_agency_goes_on(
    client: Client, case: Registration, manager: User
) -> None:
    with agency_context(case.agency_id):
        services.ask_back(case, by=manager, question="Wie viele Ortsteile haben Sie?")
    assert "Wie viele Ortsteile haben Sie?" in text_of(client.get(at(case)))
    assert "Ihre Antwort: Dieses Feld" in errors_of(client.post(at(case, "answer"), {"answer-text": " "}))
    page = client.post(at(case, "answer"), {"answer-text": "Sieben."}, follow=True)
    assert "Ihre Antwort ist angekommen" in text_of(page)
    assert "Sie haben unsere Frage beantwortet" in text_of(page)
    assert (now(case).status, now(case).answer) == (Status.IN_REVIEW, "Sieben.")
    with agency_context(case.agency_id):
        assert [one.title for one in Deadline.objects.open()] == ["Bingen am Rhein hat geantwortet"]
        mail = OutboxMail.objects.get(recipient=manager.email)
        assert "Sieben." in mail.text
        assert reverse("admin:communes_registration_change", args=[case.pk]) in mail.text
        assert case.transitions.order_by("-pk").first().by is None
    late = client.post(at(case, "answer"), {"answer-text": "Acht."})
    assert "schon beantwortet" in errors_of(late)
    assert "Acht." in late.content.decode()  # the second one's words are not lost
    assert now(case).answer == "Sieben."


@pytest.mark.parametrize(
    ("name", "content", "changes", "words"),
    [
        ("beschluss.pdf", b"MZ\x90\x00 an .exe", {}, "diese ist etwas anderes"),
        ("logo.svg", b"<svg><script>alert(1)</script></svg>", {}, "diese ist etwas anderes"),
        ("leer.pdf", b"", {}, "leer"),
        ("gross.pdf", PDF + b"x" * 2_000, {}, "zu groß"),
        ("b.pdf", PDF, {"document-decided_on": "31.02.2024"}, "Diesen Tag gibt es nicht"),
        ("b.pdf", PDF, {"document-decided_on": "31.02."}, "Diesen Tag gibt es nicht"),
        ("b.pdf", PDF, {"document-decided_on": "2999-01-01"}, "nicht in der Zukunft"),
        ("b.pdf", PDF, {"document-kind": "poem"}, "poem"),
    ],
)
def test_a_file_or_day_that_cannot_be_is_refused_in_clear_words(
    client: Client, case: Registration, settings, name: str, content: bytes, changes: dict[str, str], words: str
) -> None:
    settings.UPLOAD_MAX_BYTES = 1_000
    assert words in errors_of(upload(client, case, name, content, **changes))
    with agency_context(case.agency_id):
        assert not OfferedDocument.objects.exists()


def test_an_offered_document_waits_for_staff_who_accept_it_as_backing(
    client: Client, desk: Client, case: Registration, manager: User
) -> None:
    page = upload(client, case, "../Rats beschluss.exe", PDF)
    assert "Ihr Dokument ist angekommen" in text_of(page)
    assert "Ratsbeschluss, 02.05.2024" in text_of(page)
    with agency_context(case.agency_id):
        document = OfferedDocument.objects.get()
        assert "neues Dokument" in OutboxMail.objects.get(recipient=case.agency.email).subject_line
    file = desk.get(reverse("communes:offered_file", args=[document.pk]))
    assert file["Content-Type"] == "application/pdf"
    assert file["Content-Disposition"].startswith("attachment")
    accept = reverse("admin:communes_offereddocument_accept", args=[document.pk])
    assert "zuerst die Anmeldung an" in text_of(desk.post(accept, {"reference": "4/24"}))
    with agency_context(case.agency_id):
        services.accept(case, by=manager)
    assert desk.post(accept, {"reference": "4/24"}).status_code == 302
    with agency_context(case.agency_id):
        backing = Backing.objects.get()
        document.refresh_from_db()
        assert (backing.reference, backing.file.read(), document.backing) == ("4/24", PDF, backing)
        assert Partnership.objects.get().status == Partnership.Status.OFFICIAL
    assert "Es wurde nichts geändert" in text_of(desk.post(accept, {"reference": "5/24"}))
    assert "Sie sind offizielle Partnerkommune" in text_of(client.get(at(case)))
    assert "angenommen" in text_of(client.get(at(case)))


def test_a_refused_document_can_be_sent_anew_and_five_may_wait_at_once(
    client: Client, case: Registration, manager: User
) -> None:
    for _number in range(5):
        upload(client, case, "b.pdf", PDF)
    assert "Mehrere Dokumente" in errors_of(upload(client, case, "b.pdf", PDF))
    with agency_context(case.agency_id):
        documents.refuse_document(OfferedDocument.objects.first(), by=manager, reason="Die Unterschrift fehlt.")
        assert "Die Unterschrift fehlt." in OutboxMail.objects.filter(recipient=case.email).latest("pk").text
    assert not errors_of(upload(client, case, "b.pdf", PDF))


def test_name_and_phone_are_corrected_also_where_they_were_copied_to(
    client: Client, case: Registration, manager: User
) -> None:
    with agency_context(case.agency_id):
        services.accept(case, by=manager)
    sent = {"contact-contact_name": "Jörg Neu", "contact-contact_function": "Bauamt", "contact-phone": "06721 99"}
    page = client.post(at(case, "correct_contact"), {**sent, "contact-contact_name": "Jörg 🌻"})
    assert "es lässt sich nicht drucken: 🌻" in errors_of(page)
    assert 'value="Bauamt"' in page.content.decode()
    client.post(at(case, "correct_contact"), {**sent, "contact-phone": "06721 998877"})
    assert (now(case).contact_name, now(case).phone.as_e164) == ("Jörg Neu", "+496721998877")
    with agency_context(case.agency_id):
        assert Contact.objects.get().name == "Jörg Neu"


def test_withdrawing_asks_once_more_and_tells_both_sides(client: Client, case: Registration) -> None:
    assert "zurückziehen?" in text_of(client.get(at(case, "take_back")))
    assert now(case).status == Status.CONFIRMED
    page = client.post(at(case, "take_back"), {"reason": "Der Rat ist dagegen."}, follow=True)
    assert "Diese Anmeldung ist zurückgezogen" in text_of(page)
    assert now(case).status == Status.WITHDRAWN
    with agency_context(case.agency_id):
        mails = {mail.recipient: mail.text for mail in OutboxMail.objects.all()}
    assert "Der Rat ist dagegen." in mails[case.agency.email]
    assert case.email in mails
    assert client.post(at(case, "take_back"), {"reason": ""}).status_code == 302
    assert "geschlossen" in errors_of(upload(client, case, "b.pdf", PDF))
    with agency_context(case.agency_id):
        assert OutboxMail.objects.count() == 2


@pytest.mark.parametrize("waits", [False, True])
def test_whoever_registers_a_municipality_a_second_time_reads_the_same_page_as_the_first(
    registered: Callable[..., tuple[Registration, str]], client: Client, agency: Agency, waits: bool
) -> None:
    if waits:
        with agency_context(agency):
            ParticipationWindow.objects.update(closes_on=timezone.localdate() - timedelta(days=1))
    pages = []
    for email in ["erste@example.org", "zweite@example.org"]:
        registration, link = registered(email=email, **({"waiting_list": "on"} if waits else {}))
        page = client.post(link, follow=True)
        pages.append(text_of(page).replace(email, "").replace(token_of(registration).split(":", 1)[0], ""))
    assert now(registration).status == Status.SECOND
    assert pages[0] == pages[1]
    with agency_context(agency):
        texts = [
            LINK.sub("", mail.text)
            for mail in OutboxMail.objects.filter(template="registration/confirmed").order_by("pk")
        ]
    assert texts[0] == texts[1]
