"""Staff decide about registrations and partnerships on the desk; each step happens once and is told."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.exceptions import IllegalTransition, NotAllowed
from agencies.models import Agency, Membership, Programme, User
from agencies.models.accounts import Role
from communes import services
from communes.models import Backing, Commune, Contact, Outreach, Partnership, Registration
from deadlines.models import Deadline, OutboxMail
from klikks.tenancy import agency_context
from tests import factories
from tests.at_once import at_once
from tests.communes.conftest import text_of
from tests.queries import at_most

pytestmark = pytest.mark.django_db

Status = Registration.Status
TODAY = timezone.localdate
PDF = b"%PDF-1.7\n%..."


@pytest.fixture
def registration(agency: Agency, programme: Programme, town: Commune) -> Registration:
    """A confirmed registration."""
    return factories.registration(agency, programme, town, contact_function="Bürgermeisterin", phone="+496721184100")


@pytest.fixture
def partnership(agency: Agency, programme: Programme, registration: Registration) -> Partnership:
    """A partnership that waits for its backing."""
    return factories.partnership(
        agency,
        programme,
        registration.commune,
        registration=registration,
        status=Partnership.Status.AWAITING_BACKING,
        since=None,
    )


def act(client: Client, subject: object, action: str, **data: object) -> object:
    """Send the form of one of the actions on an object's page, and follow to what is said then."""
    name = f"admin:{subject._meta.app_label}_{subject._meta.model_name}_{action}"
    return client.post(reverse(name, args=[subject.pk]), data, follow=True)


def now(agency: Agency, row: object) -> object:
    """Return the row as it is in the database now."""
    with agency_context(agency):
        return type(row).objects.get(pk=row.pk)


def mail_to(agency: Agency, address: str) -> OutboxMail:
    """Return the one mail to an address."""
    with agency_context(agency):
        return OutboxMail.objects.get(recipient=address)


def deadline_of(agency: Agency, subject: object) -> Deadline:
    """Return the one open deadline of an object."""
    with agency_context(agency):
        return Deadline.objects.open().get(subject_id=subject.pk, subject_type__model=subject._meta.model_name)


def test_accepting_makes_a_partnership_that_waits_for_backing(
    desk: Client, agency: Agency, registration: Registration, membership: Membership
) -> None:
    due = TODAY() + timedelta(days=60)
    page = act(desk, registration, "accept", manager=membership.pk, backing_by=due.isoformat(), note="Bis bald!")
    assert "Angenommen." in text_of(page)
    with agency_context(agency):
        partnership = Partnership.objects.get()
        contact = Contact.objects.get()
        move = registration.transitions.get()
    assert now(agency, registration).status == Status.ACCEPTED
    assert (partnership.status, partnership.manager_id) == (Partnership.Status.AWAITING_BACKING, membership.pk)
    assert partnership.registration_id == registration.pk
    assert (contact.function, contact.email) == (Contact.Function.MAYOR, registration.email)
    assert (move.by_id, move.target, move.reason) == (membership.user_id, Status.ACCEPTED, "Bis bald!")
    deadline = deadline_of(agency, partnership)
    assert (deadline.due_on, deadline.owner_id) == (due, membership.user_id)
    mail = mail_to(agency, registration.email)
    assert mail.subject_line == "Bingen am Rhein ist dabei: So geht es weiter"
    assert "Bis bald!" in mail.text
    assert str(membership) in mail.text


def test_an_action_names_what_it_is_done_to_and_an_accepted_registration_leads_to_its_partnership(
    desk: Client, partnership: Partnership
) -> None:
    registration = partnership.registration
    asked = desk.get(reverse("admin:communes_partnership_end", args=[partnership.pk])).content.decode()
    assert str(partnership) in asked
    page = desk.get(reverse("admin:communes_registration_change", args=[registration.pk])).content.decode()
    assert reverse("admin:communes_partnership_change", args=[partnership.pk]) in page


def test_only_those_who_look_after_municipalities_are_offered_for_a_registration(
    desk: Client,
    agency: Agency,
    registration: Registration,
    membership: Membership,
    account: Callable[..., User],
) -> None:
    account(Role.PATRON)
    page = desk.get(reverse("admin:communes_registration_change", args=[registration.pk]))
    with agency_context(agency):
        offered = set(page.context["adminform"].form.fields["assigned_to"].queryset)
    assert offered == {membership}


def test_a_second_click_on_accept_tells_who_decided_and_changes_nothing(
    desk: Client, agency: Agency, registration: Registration, membership: Membership, account: Callable[..., User]
) -> None:
    data = {"manager": membership.pk, "backing_by": (TODAY() + timedelta(days=9)).isoformat()}
    act(desk, registration, "accept", **data)
    late = factories.browser(account(Role.AGENCY_ADMIN))
    for action, words in [("accept", data), ("decline", {"reason": "Zu spät"}), ("put_on_waiting_list", {})]:
        page = act(late, registration, action, **words)
        assert f"{membership} hat „Bingen am Rhein (Petra Beispiel)“" in text_of(page)
        assert "auf „angenommen“ gesetzt. Es wurde nichts geändert." in text_of(page)
    with agency_context(agency):
        assert Partnership.objects.count() == 1
        assert OutboxMail.objects.count() == 1
    page = late.get(reverse("admin:communes_registration_change", args=[registration.pk]))
    assert "/accept" not in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_people_who_accept_at_once_make_one_partnership_and_the_second_is_told(
    agency: Agency, programme: Programme, manager: User, account: Callable[..., User]
) -> None:
    registration = factories.registration(agency, programme, factories.commune())

    def accept(by: User) -> str:
        with agency_context(agency):
            services.accept(registration, by=by)
        return "accepted"

    answers = at_once(partial(accept, manager), partial(accept, account(Role.AGENCY_ADMIN)))
    assert {type(answer) for answer in answers} == {str, IllegalTransition}
    with agency_context(agency):
        assert (Partnership.objects.count(), OutboxMail.objects.count(), Deadline.objects.count()) == (1, 1, 1)


def test_a_question_is_mailed_and_its_answer_noted(
    desk: Client, agency: Agency, registration: Registration, manager: User
) -> None:
    assert "Dieses Feld ist zwingend" in text_of(act(desk, registration, "ask_back", question=" "))
    act(desk, registration, "ask_back", question="Gibt es einen Beschluss?")
    assert now(agency, registration).status == Status.ASKED_BACK
    mail = mail_to(agency, registration.email)
    assert "Gibt es einen Beschluss?" in mail.text
    assert agency.email in mail.text
    deadline = deadline_of(agency, registration)
    assert (deadline.due_on, deadline.owner_id) == (TODAY() + timedelta(days=14), manager.pk)
    act(desk, registration, "note_answer", answer="Ja, vom 3. Mai.")
    answered = now(agency, registration)
    assert (answered.status, answered.answer) == (Status.IN_REVIEW, "Ja, vom 3. Mai.")
    with agency_context(agency):
        assert not Deadline.objects.open().exists()


def test_declining_needs_a_reason_which_is_mailed(desk: Client, agency: Agency, registration: Registration) -> None:
    act(desk, registration, "decline", reason="")
    assert now(agency, registration).status == Status.CONFIRMED
    act(desk, registration, "decline", reason="Ihre Kommune hat mehr als 50.000 Einwohner:innen.")
    assert now(agency, registration).status == Status.DECLINED
    assert "mehr als 50.000" in mail_to(agency, registration.email).text


def test_the_waiting_list_is_told_and_can_be_left_by_acceptance(
    desk: Client, agency: Agency, registration: Registration, manager: User
) -> None:
    act(desk, registration, "put_on_waiting_list", reason="Alle Plätze sind vergeben.")
    assert now(agency, registration).status == Status.WAITING_LIST
    assert "Alle Plätze sind vergeben." in mail_to(agency, registration.email).text
    with agency_context(agency):
        services.accept(registration, by=manager)
    assert now(agency, registration).status == Status.ACCEPTED


def test_further_interest_is_taken_on_once_nothing_else_is_open_or_closed_without_a_mail(
    desk: Client, agency: Agency, registration: Registration, programme: Programme, membership: Membership
) -> None:
    second = factories.registration(agency, programme, registration.commune, status=Status.SECOND)
    page = desk.get(reverse("admin:communes_registration_change", args=[second.pk]))
    assert re.search(rf"{re.escape(str(registration))}.*? bestätigt", text_of(page))
    assert "ist eine andere Anmeldung oder Partnerschaft offen" in text_of(act(desk, second, "take_on"))
    act(desk, registration, "withdraw", reason="Am Telefon zurückgezogen.")
    assert "Sie betreuen diese Anmeldung jetzt" in text_of(act(desk, second, "take_on"))
    taken = now(agency, second)
    assert (taken.status, taken.assigned_to_id) == (Status.IN_REVIEW, membership.pk)
    with agency_context(agency):
        assert not OutboxMail.objects.exists()


def test_a_municipality_that_is_partner_already_is_not_accepted_twice(
    agency: Agency, registration: Registration, programme: Programme, manager: User, desk: Client
) -> None:
    factories.partnership(agency, programme, registration.commune)
    with agency_context(agency):
        membership = Membership.objects.get(user=manager)
    due = (TODAY() + timedelta(days=9)).isoformat()
    page = act(desk, registration, "accept", manager=membership.pk, backing_by=due)
    assert "nimmt schon an „KlikKS“ teil" in text_of(page)
    assert now(agency, registration).status == Status.CONFIRMED


def test_the_backing_makes_an_official_partner_with_a_first_visit_due(
    desk: Client, agency: Agency, partnership: Partnership, registration: Registration
) -> None:
    page = act(
        desk,
        partnership,
        "back",
        kind="resolution",
        decided_on="03.05.2024",
        official_on="2024-05-10",
        reference="TOP 5",
        file=SimpleUploadedFile("../../böse <b>.html", PDF, content_type="text/html"),
    )
    assert "ist jetzt offizielle Partnerkommune" in text_of(page)
    partnership = now(agency, partnership)
    assert (partnership.status, partnership.since) == (Partnership.Status.OFFICIAL, date(2024, 5, 10))
    deadline = deadline_of(agency, partnership)
    assert (deadline.kind, deadline.due_on) == (Deadline.Kind.FIRST_VISIT, date(2024, 6, 21))
    assert "10. Mai 2024" in mail_to(agency, registration.email).text
    with agency_context(agency):
        backing = Backing.objects.get()
        assert backing.file.name.endswith(".pdf")
    response = desk.get(reverse("communes:backing_file", args=[backing.pk]))
    assert (response["Content-Type"], response["Content-Disposition"][:10]) == ("application/pdf", "attachment")
    assert b"".join(response.streaming_content) == PDF


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"file": SimpleUploadedFile("rat.pdf", b"<html><script>")}, "PDF-, PNG- oder JPEG-Datei"),
        ({"file": SimpleUploadedFile("rat.pdf", PDF + b"x" * 11 * 1024 * 1024)}, "Die Datei ist zu groß"),
        ({"decided_on": (TODAY() + timedelta(days=1)).isoformat()}, "nicht in der Zukunft"),
        ({"official_on": "2024-01-01"}, "zwischen dem Beschluss und heute"),
        ({"decided_on": "31.02.2024"}, "gültiges Datum"),
    ],
)
def test_an_impossible_backing_is_refused_in_words_and_changes_nothing(
    desk: Client, agency: Agency, partnership: Partnership, changes: dict[str, object], words: str
) -> None:
    data = {"kind": "letter", "decided_on": "2024-05-03", "official_on": "2024-05-10", **changes}
    assert words in text_of(act(desk, partnership, "back", **data))
    assert now(agency, partnership).status == Partnership.Status.AWAITING_BACKING
    with agency_context(agency):
        assert not Backing.objects.exists()


def test_a_partnership_ends_with_a_reason_and_its_deadlines(
    desk: Client, agency: Agency, partnership: Partnership, manager: User
) -> None:
    with agency_context(agency):
        services.add_backing(partnership, by=manager, kind="letter", decided_on=TODAY())
    page = act(desk, partnership, "end", on=(TODAY() - timedelta(days=1)).isoformat(), reason="Neuwahl")
    assert "zwischen dem Beginn der Partnerschaft und heute" in text_of(page)
    act(desk, partnership, "end", on=TODAY().isoformat(), reason="Neuwahl")
    ended = now(agency, partnership)
    assert (ended.status, ended.ended_on) == (Partnership.Status.ENDED, TODAY())
    with agency_context(agency):
        assert not Deadline.objects.open().exists()


def test_a_partnership_without_backing_is_withdrawn(desk: Client, agency: Agency, partnership: Partnership) -> None:
    act(desk, partnership, "end", on=TODAY().isoformat(), reason="Der Rat hat abgelehnt.")
    assert now(agency, partnership).status == Partnership.Status.WITHDRAWN


def test_staff_of_another_agency_see_nothing_and_can_do_nothing(
    agency: Agency,
    other_agency: Agency,
    registration: Registration,
    partnership: Partnership,
    account: Callable[..., User],
) -> None:
    with agency_context(agency):
        backing = Backing.objects.create(partnership=partnership, kind="letter", decided_on=TODAY(), file="x.pdf")
    stranger = account(Role.REGIONAL_MANAGER, other_agency)
    client = factories.browser(stranger)
    for model in ["registration", "partnership", "backing", "contact", "outreach"]:
        page = client.get(reverse(f"admin:communes_{model}_changelist") + "?state=all")
        assert "Bingen" not in page.content.decode()
    for row in [registration, partnership]:
        name = f"admin:communes_{row._meta.model_name}"
        assert client.get(reverse(f"{name}_change", args=[row.pk])).status_code == 302
    for action in ["accept", "ask_back", "decline", "put_on_waiting_list", "withdraw", "take_on", "note_answer"]:
        name = f"admin:communes_registration_{action}"
        assert client.post(reverse(name, args=[registration.pk])).status_code == 404
    assert client.get(reverse("communes:backing_file", args=[backing.pk])).status_code == 404
    assert (
        "Bingen"
        not in client.get(reverse("admin:communes_registration_export") + "?state=all&sheet=csv").getvalue().decode()
    )
    with agency_context(other_agency), pytest.raises(NotAllowed):
        services.accept(registration, by=stranger)
    assert now(agency, registration).status == Status.CONFIRMED


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.PATRON, Role.MUNICIPALITY, Role.OPERATOR, Role.VISITOR])
def test_other_roles_do_not_reach_registrations(
    role: Role, as_role: Callable[..., Client], agency: Agency, registration: Registration
) -> None:
    client = as_role(role)
    for address in [
        reverse("admin:communes_registration_changelist"),
        reverse("admin:communes_registration_change", args=[registration.pk]),
        reverse("admin:communes_registration_accept", args=[registration.pk]),
    ]:
        assert client.post(address).status_code in {302, 403}
    assert now(agency, registration).status == Status.CONFIRMED


def test_the_work_list_shows_open_registrations_by_state_and_search_and_asks_seldom(
    desk: Client, agency: Agency, programme: Programme, registration: Registration, membership: Membership
) -> None:
    for number in range(12):
        where = factories.commune(f"Sankt Testhausen {number}")
        factories.registration(
            agency, programme, where, assigned_to=membership, confirmed_at=timezone.now() - timedelta(days=number * 3)
        )
    done = factories.commune("Fertighausen")
    factories.registration(agency, programme, done, status=Status.ACCEPTED)
    address = reverse("admin:communes_registration_changelist")
    desk.get(address)
    with at_most(12):
        page = desk.get(address)
    assert "Bingen am Rhein" in text_of(page)
    assert "33 Tage" in text_of(page)
    assert "Fertighausen" not in text_of(page)
    assert "Fertighausen" in text_of(desk.get(address + "?state=closed"))
    found = text_of(desk.get(address, {"q": "St. Testhausen 3"}))
    assert ("Testhausen 3" in found, "Testhausen 4" in found) == (True, False)
    with at_most(12):
        desk.get(reverse("admin:communes_registration_change", args=[registration.pk]))


def test_a_formula_in_a_strangers_name_is_disarmed_in_the_exported_sheet(
    desk: Client, agency: Agency, programme: Programme, town: Commune
) -> None:
    factories.registration(agency, programme, town, contact_name='=HYPERLINK("http://x.example.org")')
    sheet = desk.get(reverse("admin:communes_registration_export") + "?sheet=csv").getvalue().decode()
    assert "'=HYPERLINK" in sheet
    assert "Bingen am Rhein" in sheet


def test_the_list_of_municipalities_is_read_only_and_asks_seldom(desk: Client, agency: Agency, town: Commune) -> None:
    for number in range(30):
        factories.commune(f"Neudorf {number}", f"0714{number:04}")
    address = reverse("admin:communes_commune_changelist")
    desk.get(address)
    for query in [{}, {"q": "bingne"}, {"q": "55411"}, {"with": "partner"}, {"kind__exact": "64"}]:
        with at_most(12):
            assert desk.get(address, query).status_code == 200
    assert "Bingen am Rhein" in text_of(desk.get(address, {"q": "bingne"}))
    page = reverse("admin:communes_commune_change", args=[town.pk])
    desk.get(page)
    with at_most(12):
        assert "Hier steht noch nichts." in text_of(desk.get(page))
    assert desk.post(page, {"official_name": "Anderswo"}).status_code == 403
    assert desk.get(reverse("admin:communes_commune_add")).status_code == 403


def test_an_operator_reads_the_register_without_any_agency(as_role: Callable[..., Client], town: Commune) -> None:
    operator = as_role(Role.OPERATOR)
    for name in ["communes_commune_changelist", "communes_district_changelist"]:
        assert operator.get(reverse(f"admin:{name}")).status_code == 200
    page = operator.get(reverse("admin:communes_commune_change", args=[town.pk]))
    assert (page.status_code, "Anmeldungen" in text_of(page)) == (200, False)


def test_the_full_form_of_the_log_refuses_a_contact_of_another_municipality(
    desk: Client, agency: Agency, town: Commune, membership: Membership
) -> None:
    with agency_context(agency):
        stranger = Contact.objects.create(commune=factories.commune("Anderswo"), name="Otto Fremd")
    address = reverse("admin:communes_outreach_add")
    data = {"commune": town.pk, "channel": "visit", "on": TODAY().isoformat(), "result": "Rundgang", "next_step": ""}
    assert "gehört zu einer anderen Kommune" in text_of(desk.post(address, {**data, "contact": stranger.pk}))
    assert desk.post(address, data).status_code == 302
    with agency_context(agency):
        assert Outreach.objects.get().by == membership


def test_a_contact_belongs_to_a_municipality_or_a_district(desk: Client, agency: Agency, town: Commune) -> None:
    address = reverse("admin:communes_contact_add")
    data = {"name": "Otto Beispiel", "function": "club"}
    assert "Bitte wählen Sie eine Kommune oder einen Landkreis" in text_of(desk.post(address, data))
    assert desk.post(address, {**data, "district": town.district_id}).status_code == 302


def test_an_agency_admin_sets_windows_of_the_own_agency_only(
    as_role: Callable[..., Client], agency: Agency, other_agency: Agency, programme: Programme
) -> None:
    admin = as_role(Role.AGENCY_ADMIN)
    address = reverse("admin:communes_participationwindow_add")
    year = TODAY().year + 1
    data = {"programme": programme.pk, "opens_on": f"{year}-01-01", "closes_on": f"{year}-03-31", "places": ""}
    assert admin.post(address, data).status_code == 302
    page = admin.post(address, {**data, "opens_on": f"{year}-02-01", "closes_on": f"{year}-05-31"})
    assert f"vom 01.01.{year} bis 31.03.{year} offen" in text_of(page)
    page = admin.post(address, {**data, "opens_on": f"{year}-06-01"})
    assert "Der letzte Tag kann nicht vor dem ersten liegen" in text_of(page)
    with agency_context(other_agency):
        foreign = other_agency.windows.get()
    page = admin.get(reverse("admin:communes_participationwindow_change", args=[foreign.pk]))
    assert 'name="closes_on"' not in page.content.decode()
    with agency_context(agency):
        assert agency.windows.count() == 2
