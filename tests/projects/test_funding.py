"""Applications for funding, from the finder in the portal to the proof of use on the desk."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from agencies.exceptions import IllegalTransition, NotAllowed
from agencies.models import Agency, Programme, User
from agencies.models.accounts import Role
from communes.models import Commune
from deadlines.models import Deadline
from klikks.tenancy import agency_context
from patrons.models import Patron
from projects import services
from projects.exceptions import AlreadyApplied, NotOpenAnyMore, NotYetDone
from projects.funding import services as funding
from projects.models import (
    ApplicationDocument,
    CallWindow,
    FundingApplication,
    FundingProgramme,
    FundingWatch,
    Project,
)
from projects.tasks import keep_watched_calls
from tests import factories
from tests.queries import at_most

TODAY = timezone.localdate()
LAST_DAY = TODAY + timedelta(days=30)
PDF = b"%PDF-1.4 Angebot"


@pytest.fixture
def pot(agency: Agency) -> FundingProgramme:
    """A programme that pays a quarter and is open for a month."""
    return programme_of(agency)


@pytest.fixture
def inside_agency(agency: Agency) -> Iterator[None]:
    with agency_context(agency), translation.override("de"):
        yield


@pytest.fixture
def lamps(project: Project, agency: Agency) -> Project:
    """The patron's project, which costs 24,000 €."""
    with agency_context(agency):
        Project.objects.update(investment=Decimal(24000), topic="energy")
        project.refresh_from_db()
    return project


def programme_of(agency: Agency, name: str = "Lampentopf", **fields: Any) -> FundingProgramme:
    """Make a programme of an agency with a call that is open for a month."""
    closes_on = fields.pop("closes_on", LAST_DAY)
    data = {"funder": "Land", "rate": Decimal(25), "documents": "Angebot\n\nRatsbeschluss", "combinability": "free"}
    with agency_context(agency):
        made = FundingProgramme.objects.create(agency=agency, name=name, **data | fields)
        CallWindow.objects.create(funding_programme=made, closes_on=closes_on)
    return made


def again(row: Any, agency: Agency) -> Any:
    """Return a row as it is stored now."""
    with agency_context(agency):
        row.refresh_from_db()
    return row


def open_deadlines() -> dict[str, date]:
    """Return what is due, by its kind."""
    about = Deadline.objects.open().exclude(kind=Deadline.Kind.MILESTONE)
    return dict(about.values_list("kind", "due_on"))


def move_deadline(desk: Client, kind: str, to: date) -> str:
    """Move an open deadline on the desk; return the page that answers."""
    due = Deadline.objects.open().get(kind=kind)
    typed = {"due_on": to.isoformat(), "seen": due.due_on.isoformat()}
    return desk.post(reverse("admin:deadlines_deadline_move", args=[due.pk]), typed, follow=True).content.decode()


# What happens to an application


@pytest.mark.usefixtures("inside_agency")
def test_a_granted_application_goes_its_way_and_each_date_is_due_until_it_is_met(
    lamps: Project, manager: User, pot: FundingProgramme, desk: Client
) -> None:
    services.move_project(lamps, Project.Status.PLANNED, by=manager)
    drafted = funding.apply_for_funding(lamps, by=manager, funding_programme=pot)
    assert (drafted.applied_for, drafted.closes_on) == (Decimal(6000), LAST_DAY)
    assert [document.what for document in drafted.documents.all()] == ["Angebot", "Ratsbeschluss"]
    assert open_deadlines() == {"funding": LAST_DAY}

    funding.change_application(drafted, by=manager, closes_on=LAST_DAY - timedelta(days=3))
    assert open_deadlines() == {"funding": LAST_DAY - timedelta(days=3)}
    move_deadline(desk, "funding", LAST_DAY - timedelta(days=5))
    drafted.refresh_from_db()
    assert drafted.closes_on == LAST_DAY - timedelta(days=5)

    funding.submit_application(drafted, by=manager, on=TODAY - timedelta(days=9), file_number="AZ 7")
    assert open_deadlines() == {}
    lamps.refresh_from_db()
    assert lamps.status == Project.Status.FUNDING_APPLIED

    ends, proof = TODAY + timedelta(days=300), TODAY + timedelta(days=390)
    granted = funding.grant(
        drafted,
        by=manager,
        amount=Decimal("5800.50"),
        begins_on=TODAY + timedelta(days=1),
        ends_on=ends,
        proof_due_on=proof,
    )
    assert (granted.status, granted.granted, granted.file_number) == ("granted", Decimal("5800.50"), "AZ 7")
    assert open_deadlines() == {"funding_ends": ends, "proof_of_use": proof}
    with pytest.raises(IllegalTransition):
        funding.reject(granted, by=manager)
    assert "endet, bevor er beginnt" in move_deadline(desk, "funding_ends", TODAY)
    ends, proof = ends + timedelta(days=7), proof + timedelta(days=7)
    move_deadline(desk, "funding_ends", ends)
    move_deadline(desk, "proof_of_use", proof)
    granted.refresh_from_db()
    assert (granted.ends_on, granted.proof_due_on) == (ends, proof)

    funding.change_application(granted, by=manager, ends_on=None, proof_due_on=proof + timedelta(days=1))
    assert open_deadlines() == {"proof_of_use": proof + timedelta(days=1)}

    proven = funding.hand_in_proof(granted, by=manager, disbursed=Decimal(5800))
    assert (proven.proof_handed_in_on, proven.disbursed, proven.is_open) == (TODAY, Decimal(5800), False)
    assert open_deadlines() == {}
    with pytest.raises(NotOpenAnyMore, match="schon vermerkt"):
        funding.hand_in_proof(granted, by=manager)


@pytest.mark.usefixtures("inside_agency")
def test_a_second_application_at_the_same_programme_is_told_until_the_first_is_refused(
    lamps: Project, manager: User, pot: FundingProgramme
) -> None:
    first = funding.apply_for_funding(lamps, by=manager, funding_programme=pot)
    with pytest.raises(AlreadyApplied, match="Das Projekt hat schon einen Antrag bei „Lampentopf“"):
        funding.apply_for_funding(lamps, by=manager, funding_programme=pot)
    funding.submit_application(first, by=manager)
    funding.reject(first, by=manager, reason="Topf leer")
    second = funding.apply_for_funding(lamps, by=manager, funding_programme=pot)
    funding.discard_draft(second, by=manager)
    with pytest.raises(NotOpenAnyMore):
        funding.discard_draft(first, by=manager)
    assert FundingApplication.objects.count() == 1
    assert open_deadlines() == {}


@pytest.mark.usefixtures("inside_agency")
def test_days_that_cannot_be_are_refused_in_words(lamps: Project, manager: User, pot: FundingProgramme) -> None:
    application = funding.apply_for_funding(lamps, by=manager, funding_programme=pot)
    tomorrow = TODAY + timedelta(days=1)
    with pytest.raises(NotYetDone):
        funding.submit_application(application, by=manager, on=tomorrow)
    funding.submit_application(application, by=manager, on=TODAY)
    with pytest.raises(ValidationError, match="vor dem Tag, an dem der Antrag eingereicht wurde"):
        funding.grant(application, by=manager, amount=Decimal(1), on=TODAY - timedelta(days=1))
    with pytest.raises(ValidationError, match="endet, bevor er beginnt"):
        funding.grant(application, by=manager, amount=Decimal(1), begins_on=tomorrow, ends_on=TODAY)
    with pytest.raises(NotOpenAnyMore):
        funding.hand_in_proof(application, by=manager)
    application.refresh_from_db()
    assert application.status == FundingApplication.Status.SUBMITTED


@pytest.mark.usefixtures("inside_agency")
def test_a_patron_takes_part_but_what_the_funder_decides_is_noted_by_staff(
    lamps: Project, patron: Patron, other_patron: Patron, pot: FundingProgramme, manager: User
) -> None:
    application = funding.apply_for_funding(lamps, by=patron.user, funding_programme=pot)
    document = application.documents.first()
    funding.tick_document(document, by=patron.user)
    with pytest.raises(NotAllowed):
        funding.tick_document(document, by=other_patron.user)
    with pytest.raises(NotAllowed):
        funding.apply_for_funding(lamps, by=other_patron.user, funding_programme=pot)
    funding.submit_application(application, by=patron.user)
    for decide in (
        lambda: funding.grant(application, by=patron.user, amount=Decimal(1)),
        lambda: funding.reject(application, by=patron.user),
        lambda: funding.hand_in_proof(application, by=patron.user),
        lambda: funding.change_application(application, by=patron.user, file_number="x"),
        lambda: funding.check_programme(pot, by=manager),
    ):
        with pytest.raises(NotAllowed):
            decide()


# The portal


def test_a_patron_finds_funding_drafts_the_application_and_hands_it_in(
    portal: Client, lamps: Project, agency: Agency, pot: FundingProgramme
) -> None:
    programme_of(agency, "Vereinstopf", applicants=["club"], checked_on=TODAY - timedelta(days=400))
    programme_of(agency, "Unsicherer Topf", closes_on=TODAY, rate=None, unconfirmed=["rate", "call"])
    url = reverse("projects:funding", args=[lamps.pk])
    assert url in portal.get(lamps.get_absolute_url()).content.decode()
    page = portal.get(url).content.decode()
    assert "2 Programme passen" in page
    assert "18.000,00" in page
    assert "noch 30 Tage" in page
    assert "heute letzter Tag" in page
    assert "Noch zu bestätigen: Förderquote, Aufrufe." in page
    assert "1 Programm passt beinahe" in page
    assert "Antragsberechtigt sind nur: Verein" in page
    assert "Das kann veraltet sein" in page
    assert "3 Programme passen" in portal.get(url, {"applicant": "club"}).content.decode()

    answer = portal.post(url, {"programme": pot.pk}, follow=True)
    assert "Der Antrag ist angelegt" in answer.content.decode()
    twice = portal.post(url, {"programme": pot.pk}, follow=True).content.decode()
    assert "Das Projekt hat schon einen Antrag" in twice
    assert portal.post(url, {"programme": "x"}).status_code == 404
    with agency_context(agency):
        application = FundingApplication.objects.get()
    hand_in = reverse("projects:hand_in", args=[application.pk])
    later = (TODAY + timedelta(days=1)).isoformat()
    refused = portal.post(hand_in, {"on": later, "applied_for": "5.500,50 €", "file_number": "7"})
    assert "Dieser Tag liegt noch in der Zukunft" in refused.content.decode()
    assert 'value="5.500,50 €"' in refused.content.decode()
    page = portal.post(hand_in, {"on": TODAY.isoformat(), "applied_for": "5.500,50 €"}, follow=True).content.decode()
    assert "Jetzt entscheidet der Fördergeber" in page
    again(application, agency)
    assert (application.status, application.applied_for) == ("submitted", Decimal("5500.50"))
    assert "Lampentopf" in portal.get(lamps.get_absolute_url()).content.decode()


def test_a_patron_ticks_documents_adds_one_and_keeps_its_file(
    portal: Client, lamps: Project, patron: Patron, agency: Agency, pot: FundingProgramme, desk: Client
) -> None:
    with agency_context(agency):
        application = funding.apply_for_funding(lamps, by=patron.user, funding_programme=pot)
        offer, resolution = application.documents.all()
    page = portal.post(reverse("projects:tick_document", args=[offer.pk]), follow=True).content.decode()
    assert "1 von 2 sind fertig" in page
    assert str(patron) in page
    portal.post(reverse("projects:tick_document", args=[offer.pk]), {"undo": "1"})
    portal.post(reverse("projects:need_document", args=[application.pk]), {"what": "Zeitplan"})
    empty = portal.post(reverse("projects:need_document", args=[application.pk]), {"what": " "}, follow=True)
    assert "welche Unterlage nötig ist" in empty.content.decode()
    with agency_context(agency):
        assert [each.done_at is None for each in application.documents.all()] == [True, True, True]

    attach = reverse("projects:attach_file", args=[resolution.pk])
    wrong = portal.post(attach, {"file": SimpleUploadedFile("x.pdf", b"MZ")})
    assert "PDF, PNG oder JPEG" in wrong.content.decode()
    portal.post(attach, {"file": SimpleUploadedFile("../Beschluss.exe", PDF)})
    file = portal.get(reverse("projects:own_document_file", args=[resolution.pk]))
    assert (b"".join(file.streaming_content), file["Content-Type"]) == (PDF, "application/pdf")
    assert 'attachment; filename="Beschluss' in file["Content-Disposition"]
    assert portal.get(reverse("projects:own_document_file", args=[offer.pk])).status_code == 404
    staff = desk.get(reverse("projects:document_file", args=[resolution.pk]))
    assert b"".join(staff.streaming_content) == PDF
    assert again(resolution, agency).done_by_id == patron.user_id
    portal.post(attach, {"file": SimpleUploadedFile("neu.pdf", PDF)})
    portal.post(reverse("projects:discard_draft", args=[application.pk]))
    with agency_context(agency):
        assert not ApplicationDocument.objects.exists()


def test_whoever_watches_a_programme_is_reminded_of_its_calls_until_the_project_applies(
    portal: Client, desk: Client, lamps: Project, agency: Agency, other_agency: Agency, patron: Patron, manager: User
) -> None:
    pot = programme_of(other_agency, closes_on=TODAY - timedelta(days=1), states=["DE-RP"])
    url = reverse("projects:funding", args=[lamps.pk])
    assert "Vor dem Ende erinnern" in portal.get(url).content.decode()
    page = portal.post(url, {"programme": pot.pk, "watch": "1"}, follow=True).content.decode()
    assert "Nicht mehr erinnern" in page
    due = Deadline.objects.open().filter(kind=Deadline.Kind.FUNDING)
    with agency_context(agency):
        assert not due.all().exists(), "no call is known"
    call = CallWindow.objects.get(funding_programme=pot)
    for day in (TODAY + timedelta(days=50), TODAY + timedelta(days=40)):
        with agency_context(other_agency):
            CallWindow.objects.filter(pk=call.pk).update(closes_on=day)
        keep_watched_calls()
        with agency_context(agency):
            assert [(each.due_on, each.owner) for each in due.all()] == [(day, patron.user)]
    with agency_context(agency):
        assert due.get().subject.get_absolute_url() == url
    staff = reverse("admin:projects_project_find_funding", args=[lamps.pk])
    desk.post(staff, {"programme": pot.pk, "unwatch": "1"})
    with agency_context(agency):
        assert not due.all().exists()
    desk.post(staff, {"programme": pot.pk, "watch": "1"})
    with agency_context(agency):
        assert due.get().owner == manager
        application = funding.apply_for_funding(lamps, by=manager, funding_programme=pot)
        assert due.get().subject == application
        assert not FundingWatch.objects.exists()
    portal.post(reverse("projects:discard_draft", args=[application.pk]))
    portal.post(url, {"programme": pot.pk, "watch": "1"})
    with agency_context(other_agency):
        pot.delete()
    keep_watched_calls()
    with agency_context(agency):
        assert not due.all().exists()


@pytest.mark.parametrize("count", [1, 25])
def test_the_finder_asks_as_often_for_many_programmes_as_for_one(
    portal: Client, desk: Client, lamps: Project, agency: Agency, patron: Patron, count: int
) -> None:
    for number in range(count):
        programme_of(agency, f"Topf {number}", states=["DE-NI"], topics=["energy"] if number % 2 else [])
    with agency_context(agency):
        for made in FundingProgramme.objects.all()[: (count + 1) // 2]:
            application = funding.apply_for_funding(lamps, by=patron.user, funding_programme=made)
    with at_most(8):
        portal.get(reverse("projects:funding", args=[lamps.pk]))
    with at_most(8):
        portal.get(application.get_absolute_url())
    with at_most(8):
        portal.get(lamps.get_absolute_url())
    with at_most(12):
        desk.get(reverse("admin:projects_project_find_funding", args=[lamps.pk]))
    with at_most(12):
        desk.get(reverse("admin:projects_fundingapplication_change", args=[application.pk]))
    with at_most(12):
        desk.get(reverse("admin:projects_fundingprogramme_change", args=[made.pk]))


# The desk


def test_staff_find_funding_for_a_project_and_note_what_came_of_it(
    desk: Client, lamps: Project, agency: Agency, pot: FundingProgramme
) -> None:
    url = reverse("admin:projects_project_find_funding", args=[lamps.pk])
    page = desk.get(url).content.decode()
    assert "25 %: Zuschuss 6.000,00 €, Eigenanteil 18.000,00 €" in page
    answer = desk.post(url, {"programme": pot.pk}, follow=True)
    assert "Der Antrag ist angelegt" in answer.content.decode()
    assert "hat schon einen Antrag" in desk.post(url, {"programme": pot.pk}, follow=True).content.decode()
    with agency_context(agency):
        application = FundingApplication.objects.get()
        first, second = application.documents.all()

    add = reverse("admin:projects_fundingapplication_add")
    refused = desk.post(add, {"project": lamps.pk, "funding_programme": pot.pk, "applied_for": "1"})
    assert "hat schon einen Antrag" in refused.content.decode()

    change = reverse("admin:projects_fundingapplication_change", args=[application.pk])
    inline = {
        "documents-TOTAL_FORMS": "3",
        "documents-INITIAL_FORMS": "2",
        "documents-0-id": first.pk,
        "documents-0-what": first.what,
        "documents-0-done": "on",
        "documents-1-id": second.pk,
        "documents-1-what": second.what,
        "documents-1-file": SimpleUploadedFile("b.pdf", PDF),
        "documents-2-what": "Zeitplan",
    }
    saved = desk.post(change, {"closes_on": "01.05.2030", "applied_for": "5.500", "conditions": "", **inline})
    assert saved.status_code == 302, saved.context["adminform"].form.errors
    with agency_context(agency):
        assert [each.done_at is not None for each in application.documents.all()] == [True, True, False]
        assert open_deadlines() == {"funding": date(2030, 5, 1)}

    def act(name: str, **data: Any) -> str:
        action = reverse(f"admin:projects_fundingapplication_{name}", args=[application.pk])
        return desk.post(action, data, follow=True).content.decode()

    today = f"{TODAY:%d.%m.%Y}"
    assert "eingereicht" in act("submit", on=today, file_number="AZ 1")
    wrong = act("grant", on=today, amount="5.000", begins_on="02.01.2030", ends_on="01.01.2030")
    assert "endet, bevor er beginnt" in wrong
    act("grant", on=today, amount="5.000", ends_on="01.01.2030", proof_due_on="01.03.2030", conditions="Schild")
    with agency_context(agency):
        assert open_deadlines() == {"funding_ends": date(2030, 1, 1), "proof_of_use": date(2030, 3, 1)}
    assert "Es ist nichts mehr fällig" in act("proof", on=today, disbursed="4.900,50")
    again(application, agency)
    assert (application.disbursed, application.conditions) == (Decimal("4900.50"), "Schild")


def test_an_administrator_keeps_a_programme_and_notes_that_it_was_checked(
    agency: Agency, programme: Programme, account: Callable[..., User], desk: Client
) -> None:
    admin = factories.browser(account(Role.AGENCY_ADMIN))
    data = {
        "name": "Lampentopf",
        "level": "state",
        "funder": "Land",
        "states": ["DE-RP"],
        "topics": ["energy"],
        "applicants": ["municipality", "club"],
        "only_before_start": "on",
        "rate": "25",
        "higher_rate": "20",
        "combinability": "named",
        "unconfirmed": ["rate"],
        "checked_on": "01.01.2024",
        "calls-TOTAL_FORMS": "1",
        "calls-INITIAL_FORMS": "0",
        "calls-0-opens_on": "01.05.2030",
        "calls-0-closes_on": "01.04.2030",
    }
    add = reverse("admin:projects_fundingprogramme_add")
    page = admin.post(add, data).content.decode()
    assert "Die erhöhte Quote muss mindestens so hoch sein" in page
    assert "Bitte nennen Sie die Programme" in page
    assert "Der Aufruf endet, bevor er beginnt" in page
    fine = {"higher_rate": "40", "combines_with": "KfW 444", "calls-0-closes_on": "01.06.2030"}
    assert admin.post(add, data | fine).status_code == 302
    made = FundingProgramme.objects.get()
    assert (made.states, made.applicants, made.calls.get().agency_id) == (
        ["DE-RP"],
        ["municipality", "club"],
        agency.pk,
    )
    listed = reverse("admin:projects_fundingprogramme_changelist")
    assert "01.01.2024: veraltet?" in desk.get(listed).content.decode()
    for asked in ("where=DE-RP", "check=stale", "check=unconfirmed"):
        assert desk.get(f"{listed}?{asked}").context["cl"].result_count == 1, asked
    assert desk.get(f"{listed}?where=DE-NI").context["cl"].result_count == 0
    read = desk.get(reverse("admin:projects_fundingprogramme_change", args=[made.pk])).content.decode()
    assert "Kommune; Verein" in read
    check = reverse("admin:projects_fundingprogramme_check_now", args=[made.pk])
    assert desk.post(check).status_code == 403
    admin.post(check, {"x": "1"})
    made.refresh_from_db()
    assert (made.checked_on, made.unconfirmed, made.is_stale) == (TODAY, [], False)
    with agency_context(agency):
        assert made.history.count() == 2


def test_another_agencys_programme_is_read_and_not_changed(
    agency: Agency, other_agency: Agency, lamps: Project, portal: Client, commune: Commune, manager: User
) -> None:
    theirs = programme_of(other_agency, "Fremder Topf")
    page = portal.post(reverse("projects:funding", args=[lamps.pk]), {"programme": theirs.pk}, follow=True)
    assert "Fremder Topf" in page.content.decode()
    with agency_context(agency):
        assert FundingProgramme.objects.filter(pk=theirs.pk).update(rate=1) == 0
        assert CallWindow.objects.filter(funding_programme=theirs).delete()[0] == 0
