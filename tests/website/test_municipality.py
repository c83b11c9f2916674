"""A municipality's pages: how people get in and out, what they see, what they propose, and their report."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Membership, Programme, User
from agencies.models.accounts import Role
from communes.models import (
    Backing,
    Commune,
    CommuneProfile,
    Contact,
    DataProposal,
    MunicipalAccess,
    Partnership,
    ProposedChange,
)
from deadlines import jobs
from deadlines.models import Deadline, Job, OutboxMail
from deadlines.services import set_deadline
from klikks.tenancy import agency_context
from projects.models import Project
from tests import factories
from tests.queries import at_most

pytestmark = pytest.mark.django_db

Access = MunicipalAccess


@pytest.fixture
def bingen(agency: Agency) -> Commune:
    """A municipality of the agency's state."""
    return factories.commune("Bingen am Rhein, Stadt")


@pytest.fixture
def partnership(agency: Agency, programme: Programme, bingen: Commune, membership: Membership) -> Partnership:
    """Its partnership, looked after by the regional manager."""
    return factories.partnership(agency, programme, bingen, manager=membership)


@pytest.fixture
def access(agency: Agency, bingen: Commune, partnership: Partnership, account: Callable[..., User]) -> Access:
    """The access of its town hall."""
    return factories.access(agency, bingen, account(Role.MUNICIPALITY))


@pytest.fixture
def portal(access: Access) -> Client:
    """A browser in which the town hall is signed in."""
    return factories.browser(access.user)


def words(answer: object) -> str:
    """Return a page's text, blanks collapsed."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def mails(agency: Agency, template: str) -> list[OutboxMail]:
    """Return the mails of a kind."""
    with agency_context(agency):
        return list(OutboxMail.objects.filter(template=template).order_by("pk"))


def link_in(mail: OutboxMail) -> str:
    """Return the path of the link in an invitation."""
    return re.search(r"http://[^/\s]+(/municipality/invitation/\S+)", mail.text)[1]


def page_of(access: Access, name: str = "start") -> str:
    """Return the address of a page."""
    return reverse(f"municipality:{name}", args=[access.pk])


def desk_action(subject: object, action: str) -> str:
    """Return the address of an action on the desk."""
    return reverse(f"admin:communes_{subject._meta.model_name}_{action}", args=[subject.pk])


def test_staff_invite_from_the_partnership_and_the_mailed_link_opens_the_pages_once(
    client: Client, desk: Client, agency: Agency, partnership: Partnership, bingen: Commune
) -> None:
    typed = {"name": "Petra Müller", "email": "Rathaus@example.org"}
    told = words(desk.post(desk_action(partnership, "give_access"), typed, follow=True))
    assert "Die Einladung an Petra Müller ist unterwegs." in told
    again = words(desk.post(desk_action(partnership, "give_access"), typed))
    assert "ist schon eingeladen" in again
    [mail] = mails(agency, "invitation/municipality")
    assert (mail.recipient, mail.is_secret) == ("rathaus@example.org", True)
    link = link_in(mail)
    assert "Petra Müller" in words(client.get(link))
    assert not client.session.get("_auth_user_id")
    assert client.get(link.replace("invitation/", "invitation/x")).status_code == 400
    landed = client.post(link, follow=True)
    assert "Willkommen bei klikks!" in words(landed)
    assert "Bingen am Rhein" in words(landed)
    with agency_context(agency):
        access = Access.objects.get()
        assert (access.status, access.since) == ("active", timezone.localdate())
        assert (access.user.role, access.user.has_usable_password()) == (Role.MUNICIPALITY, False)
        assert Contact.objects.get(email="rathaus@example.org").commune == bingen
    used = Client().post(link)
    assert used.status_code == 410
    assert "schon angenommen" in words(used)


def test_accepting_a_registration_invites_whoever_registered_if_staff_tick_it(
    desk: Client, agency: Agency, programme: Programme, bingen: Commune, membership: Membership
) -> None:
    for place, tick in [(bingen, {"give_access": "on"}), (factories.commune("Ockenheim"), {})]:
        registration = factories.registration(agency, programme, place)
        form = {"manager": membership.pk, "backing_by": f"{timezone.localdate() + timedelta(days=9)}", "note": ""}
        desk.post(desk_action(registration, "accept"), {**form, **tick})
        with agency_context(agency):
            assert Partnership.objects.filter(commune=place).exists()
            assert Access.objects.filter(commune=place, email=registration.email).exists() is bool(tick)


def test_an_address_with_another_account_is_told_to_its_owner_only(
    portal: Client, agency: Agency, other_agency: Agency, access: Access, account: Callable[..., User]
) -> None:
    taken = [account(Role.PATRON), account(Role.MUNICIPALITY, other_agency), account(Role.AGENCY_ADMIN)]
    answers = set()
    for email in [*(user.email for user in taken), "frei@example.org"]:
        answer = portal.post(page_of(access, "people"), {"name": "Jo Neu", "email": email}, follow=True)
        answers.add(re.sub(r"\S+@example.org", "", words(answer).partition("eingeladen am")[0]))
    assert len(answers) <= 2  # the same words; only the list below grows
    for mail in mails(agency, "invitation/municipality")[:3]:
        refused = Client().post(link_in(mail))
        assert refused.status_code == 410
        assert "schon ein Konto" in words(refused)
    with agency_context(agency):
        assert Access.objects.filter(status="active").count() == 1


def test_a_colleague_is_invited_a_few_times_a_day_and_the_agency_sees_it_and_may_end_it(
    portal: Client, desk: Client, agency: Agency, access: Access, manager: User
) -> None:
    for number in range(6):
        typed = {"name": "Jo Neu", "email": f"neu{number}@example.org"}
        answer = words(portal.post(page_of(access, "people"), typed, follow=True))
        assert ("höchstens 5 Personen" in answer) is (number == 5)
    told = mails(agency, "municipality/colleague")
    assert {mail.recipient for mail in told} == {manager.email}
    assert len(told) == 5
    with agency_context(agency):
        invited = list(Access.objects.filter(status="invited").order_by("pk"))
    assert "Jo Neu" in words(desk.get(reverse("admin:communes_municipalaccess_changelist")))
    assert "ist beendet" in words(desk.post(desk_action(invited[0], "end"), {"reason": ""}, follow=True))
    second = words(desk.post(desk_action(invited[0], "end"), {"reason": ""}, follow=True))
    assert "Es wurde nichts geändert" in second
    first_link = link_in(mails(agency, "invitation/municipality")[0])
    assert "zurückgezogen" in words(Client().get(first_link))
    taken_back = portal.post(reverse("municipality:take_back", args=[access.pk, invited[1].pk]), follow=True)
    assert "zurückgezogen" in words(taken_back)
    desk.post(desk_action(access, "end"), {"reason": "Amtszeit vorbei"})
    assert portal.get(page_of(access)).status_code in {302, 403}
    assert [mail.recipient for mail in mails(agency, "municipality/ended")] == [access.email]


def test_the_access_passes_on_when_the_successor_opens_the_link_and_both_are_told(
    portal: Client, client: Client, agency: Agency, access: Access, manager: User
) -> None:
    typed = {"name": "Jan Nachfolger", "email": "jan@example.org"}
    portal.post(page_of(access, "hand_over"), typed)
    assert portal.get(page_of(access)).status_code == 200
    [invitation] = mails(agency, "invitation/municipality")
    assert "übernehmen von" in invitation.text
    assert client.post(link_in(invitation), follow=True).status_code == 200
    assert portal.get(page_of(access)).status_code in {302, 403}
    with agency_context(agency):
        access.refresh_from_db()
        new = Access.objects.get(email="jan@example.org")
        assert (access.status, access.ended_on, new.replaces) == ("ended", timezone.localdate(), access)
        assert access.transitions.first().reason == "übergeben an Jan Nachfolger"
        assert access.history.count() >= 2
    assert [mail.recipient for mail in mails(agency, "municipality/handed_over")] == [access.email]
    assert {mail.recipient for mail in mails(agency, "municipality/taken_over")} == {manager.email}


def test_staff_hand_over_when_the_person_is_gone(portal: Client, desk: Client, agency: Agency, access: Access) -> None:
    page = desk.post(desk_action(access, "hand_over"), {"name": "Eva Neu", "email": "eva@example.org"}, follow=True)
    assert "Eva Neu ist eingeladen" in words(page)
    assert portal.get(page_of(access)).status_code in {302, 403}
    assert [mail.recipient for mail in mails(agency, "municipality/handed_over")] == [access.email]
    again = words(desk.post(desk_action(access, "hand_over"), {"name": "X Y", "email": "x@example.org"}))
    assert "Es wurde nichts geändert" in again


def test_who_has_several_municipalities_chooses_and_sees_each_alone(
    portal: Client, agency: Agency, access: Access, programme: Programme
) -> None:
    assert portal.get(reverse("municipality:index")).url == page_of(access)
    second = factories.access(agency, factories.commune("Ockenheim"), access.user)
    choice = words(portal.get(reverse("municipality:index")))
    assert "Bingen am Rhein" in choice
    assert "Ockenheim" in choice
    factories.project(agency, programme, second.commune, title="Nur in Ockenheim")
    assert "Nur in Ockenheim" in words(portal.get(page_of(second, "projects")))
    assert "Nur in Ockenheim" not in words(portal.get(page_of(access, "projects")))


def test_the_pages_show_what_concerns_the_municipality_and_nothing_the_agency_notes_for_itself(
    portal: Client, agency: Agency, programme: Programme, partnership: Partnership, access: Access, bingen: Commune
) -> None:
    patron = factories.patron(agency, programme, bingen, status="active", phone="06721 12345")
    factories.appointment(agency, patron, bingen)
    project = factories.project(agency, programme, bingen, status="under_way", investment=Decimal(24_000))
    with agency_context(agency):
        for kind, title in [("answer", "Beschluss des Rates"), ("follow_up", "Bürgermeisterin nachfassen")]:
            set_deadline(partnership, kind, title=title, due_on=timezone.localdate() + timedelta(days=5), owner=None)
        set_deadline(project, "milestone", title="Lampen", due_on=timezone.localdate(), owner=None)
        backing = Backing.objects.create(
            partnership=partnership, kind="letter", decided_on=date(2023, 4, 1), file=ContentFile(b"%PDF-1.4", "b.pdf")
        )
    start = words(portal.get(page_of(access)))
    assert "Beschluss des Rates" in start
    assert "Lampen" in start
    assert "nachfassen" not in start
    page = words(portal.get(page_of(access, "partnership")))
    assert "2. Mai 2023" in page
    assert "Absichtserklärung" in page
    assert "Regionalmanager" in page
    people = words(portal.get(page_of(access, "patrons")))
    assert "Erika Muster" in people
    assert "6721" not in people
    assert patron.email not in people
    assert "24.000 €" in words(portal.get(page_of(access, "projects")))
    file = portal.get(reverse("municipality:backing_file", args=[access.pk, backing.pk]))
    assert b"".join(file.streaming_content) == b"%PDF-1.4"


def test_a_patron_decides_what_the_municipality_sees(
    portal: Client, agency: Agency, programme: Programme, access: Access, account: Callable[..., User]
) -> None:
    patron = factories.patron(
        agency, programme, access.commune, status="active", phone="06721 12345", user=account(Role.PATRON)
    )
    factories.appointment(agency, patron, access.commune)
    own = factories.browser(patron.user)
    sharing = reverse("patrons:sharing")
    assert sharing in own.get(reverse("patrons:my_municipality")).content.decode()
    assert "Gespeichert" in words(own.post(sharing, {"email": "on"}, follow=True))
    seen = words(portal.get(page_of(access, "patrons")))
    assert patron.email in seen
    assert "6721" not in seen
    own.post(sharing, {"phone": "on"})
    seen = words(portal.get(page_of(access, "patrons")))
    assert "+49 6721 12345" in seen
    assert patron.email not in seen


def filled(portal: Client, access: Access, **changes: str) -> dict[str, str]:
    """Return the form of the data as it is shown, with changes."""
    form = portal.get(page_of(access, "data")).context["form"]
    return {name: form[name].value() or "" for name in form.fields} | changes


def test_data_are_proposed_decided_field_by_field_and_the_outcome_is_seen(
    portal: Client, desk: Client, agency: Agency, access: Access, manager: User, partnership: Partnership
) -> None:
    wrong = portal.post(page_of(access, "data"), filled(portal, access, street="Markt 1", website="kein Link !"))
    assert "Markt 1" in wrong.content.decode()
    unchanged = portal.post(page_of(access, "data"), filled(portal, access))
    assert "nichts anders" in words(unchanged)
    sent = filled(
        portal,
        access,
        street="Markt 1",
        website="bingen.example.org",
        main_contact_name="Petra Müller",
        main_contact_email="petra@example.org",
        climate_manager_name="Kai Klima",
    )
    assert "Danke!" in words(portal.post(page_of(access, "data"), sent, follow=True))
    [mail] = mails(agency, "municipality/proposal")
    assert mail.recipient == manager.email
    assert "Markt 1" in mail.text
    with agency_context(agency):
        proposal = DataProposal.objects.get()
        changes = {change.field: change for change in proposal.changes.all()}
    assert set(changes) == {"street", "website", "main_contact", "climate_manager"}
    address = desk_action(proposal, "decide")
    page = desk.get(address)
    assert "Jetzt: –. Vorgeschlagen: Markt 1." in words(page)
    seen = page.context["form"]["seen"].value()
    form = {
        "seen": seen,
        f"change-{changes['street'].pk}": "refused",
        f"change-{changes['main_contact'].pk}": "accepted",
        f"change-{changes['climate_manager'].pk}": "accepted",
        "reason": "Die Straße stimmt schon.",
    }
    assert "Entschieden" in words(desk.post(address, form, follow=True))
    with agency_context(agency):
        profile = CommuneProfile.objects.get()
        assert (profile.street, profile.main_contact.email) == ("", "petra@example.org")
        assert profile.climate_manager.function == Contact.Function.CLIMATE_MANAGER
    [answer] = mails(agency, "municipality/decided")
    assert "Straße stimmt schon" in answer.text
    told = words(portal.get(page_of(access, "data")))
    assert "nicht übernommen" in told
    # A second person with the page still open decides about the same change, and is told who was first.
    late = words(desk.post(address, {"seen": seen, f"change-{changes['street'].pk}": "accepted", "reason": ""}))
    assert "nicht übernommen am" in late
    assert "Es wurde nichts geändert" in late


def test_a_newer_wish_replaces_the_older_and_a_value_that_changed_meanwhile_is_noticed(
    portal: Client, desk: Client, agency: Agency, access: Access, bingen: Commune
) -> None:
    portal.post(page_of(access, "data"), filled(portal, access, street="Markt 1", town="Bingen"))
    portal.post(page_of(access, "data"), filled(portal, access, street="Markt 2"))
    with agency_context(agency):
        newer, older = DataProposal.objects.all()
        assert [(change.field, change.verdict) for change in older.changes.all()] == [
            ("street", "replaced"),
            ("town", "open"),
        ]
        [street] = newer.changes.all()
    page = desk.get(desk_action(newer, "decide"))
    seen = page.context["form"]["seen"].value()
    with agency_context(agency):
        CommuneProfile.objects.create(commune=bingen, street="Rathausplatz 9")
    form = {"seen": seen, f"change-{street.pk}": "accepted", "reason": ""}
    refused = words(desk.post(desk_action(newer, "decide"), form))
    assert "hat sich inzwischen geändert, in „Rathausplatz 9“" in refused
    assert "stand hier „–“" in words(desk.get(desk_action(newer, "decide")))
    with agency_context(agency):
        assert CommuneProfile.objects.get().street == "Rathausplatz 9"
    # Wishing what is known takes the older wish back.
    portal.post(page_of(access, "data"), filled(portal, access, town=""))
    with agency_context(agency):
        older.refresh_from_db()
        assert (older.status, ProposedChange.objects.filter(verdict="open").count()) == ("decided", 1)


def test_the_report_of_a_year_is_ordered_made_and_downloaded_and_a_failure_is_told_kindly(
    portal: Client, desk: Client, agency: Agency, access: Access, partnership: Partnership, monkeypatch: object
) -> None:
    with agency_context(agency):  # a resolution of which there is no paper
        Backing.objects.create(partnership=partnership, kind="letter", decided_on=date(2023, 4, 1))
    assert "Es gibt noch kein Dokument." in words(portal.get(page_of(access, "documents")))
    order = {"year": f"{partnership.pk}-2023"}
    ordered = portal.post(page_of(access, "order_report"), order)
    assert portal.post(page_of(access, "order_report"), order).url == ordered.url
    assert portal.get(ordered.url).status_code == 200
    with agency_context(agency):
        job = Job.objects.get()
        monkeypatch.setattr("reports.jobs.commune_report", lambda *a, **k: 1 / 0)
        jobs.run(job.pk)
    assert "hat nicht geklappt" in words(portal.get(page_of(access, "documents")))
    assert "kann es noch einmal starten" in words(portal.get(ordered.url))
    assert desk.post(reverse("deadlines:retry_job", args=[job.key])).status_code == 302
    with agency_context(agency):
        monkeypatch.setattr("reports.jobs.commune_report", lambda *a, **k: b"%PDF-1.7")
        jobs.run(job.pk)
    page = portal.get(page_of(access, "documents"))
    download = re.search(r"/documents/\d+/", page.content.decode())[0]
    assert b"".join(portal.get(download).streaming_content) == b"%PDF-1.7"
    with agency_context(agency):
        assert (Job.objects.get().subject.starts_on, Job.objects.get().subject.ends_on) == (
            date(2023, 1, 1),
            date(2023, 12, 31),
        )
    stranger = factories.access(agency, factories.commune("Ockenheim"), factories.account(Role.MUNICIPALITY, agency))
    nobody = factories.browser(stranger.user)
    assert nobody.post(page_of(stranger, "order_report"), order).status_code == 200
    assert nobody.get(download).status_code == 404


def test_each_page_asks_the_database_a_fixed_number_of_times(
    portal: Client, desk: Client, agency: Agency, programme: Programme, access: Access, partnership: Partnership
) -> None:
    for number in range(12):
        patron = factories.patron(agency, programme, access.commune, status="active", last_name=f"Nr. {number}")
        factories.appointment(agency, patron, access.commune)
        project = factories.project(agency, programme, access.commune, status=Project.Status.UNDER_WAY)
        factories.access(agency, access.commune, access.user, email=f"{number}@example.org")
        with agency_context(agency):
            set_deadline(project, Deadline.Kind.MILESTONE, title="Lampen", due_on=timezone.localdate(), owner=None)
            Backing.objects.create(partnership=partnership, kind="letter", decided_on=date(2023, 4, 1))
    portal.post(page_of(access, "data"), filled(portal, access, street="Markt 1", town="Bingen"))
    portal.get(page_of(access, "documents"))  # kinds of objects are looked up once a process
    for name in ["start", "partnership", "patrons", "projects", "documents", "data", "people", "hand_over"]:
        with at_most(8):
            assert portal.get(page_of(access, name)).status_code == 200
    for model in ["municipalaccess", "dataproposal"]:
        desk.get(reverse(f"admin:communes_{model}_changelist"))
        with at_most(12):
            assert desk.get(reverse(f"admin:communes_{model}_changelist")).status_code == 200
    with agency_context(agency):
        proposal = DataProposal.objects.get()
    for page in [reverse("admin:communes_dataproposal_change", args=[proposal.pk]), desk_action(proposal, "decide")]:
        with at_most(12):
            assert desk.get(page).status_code == 200
