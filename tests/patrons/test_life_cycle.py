"""From a confirmed interest to the farewell: each step once, with its consequences."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from agencies.exceptions import AddressTaken, IllegalTransition, NotAllowed
from agencies.models import Agency, Membership, Programme, User
from agencies.models.accounts import Role
from deadlines.models import Deadline, Job, OutboxMail
from deadlines.services import set_deadline
from klikks.tenancy import agency_context
from patrons import services
from patrons.exceptions import AlreadyAppointed, AppointmentEnded
from patrons.models import Appointment, Patron
from tests import factories
from tests.at_once import at_once

pytestmark = pytest.mark.django_db

ACT = {"on": date(2024, 5, 3), "place": "Bingen", "signed_by": "Eva Beispiel", "signed_function": "Bürgermeisterin"}


@pytest.fixture
def patron(inside: Agency, programme: Programme) -> Patron:
    """Somebody who has confirmed the interest, seen from inside the agency."""
    return factories.patron(inside, programme, factories.commune())


@pytest.fixture
def matched(patron: Patron, manager: User) -> Patron:
    """The same person, matched to the place of residence."""
    services.hold_talk(patron, by=manager, note="Kennt sich mit Wärmepumpen aus.")
    return services.match(patron, patron.home, by=manager)


def test_talk_match_and_appointment_lead_to_an_account_a_certificate_job_and_a_welcome(
    matched: Patron, manager: User
) -> None:
    appointment = services.appoint(matched, matched.home, by=manager, **ACT)
    matched.refresh_from_db()
    assert matched.status == Patron.Status.APPOINTED
    moves = list(matched.transitions.order_by("pk").values_list("target", "by", "reason"))
    assert moves == [
        ("talk_held", manager.pk, "Kennt sich mit Wärmepumpen aus."),
        ("matched", manager.pk, ""),
        ("appointed", manager.pk, ""),
    ]
    assert matched.user.email == matched.email
    assert matched.user.role == Role.PATRON
    assert not matched.user.has_usable_password()
    assert Job.objects.get().subject == appointment
    welcome = OutboxMail.objects.get(template="patron/appointed")
    assert welcome.subject_line == "Sie sind Klimaschutzpat:in von Bingen am Rhein: herzlich willkommen!"
    assert reverse("account_login") in welcome.text


def test_who_matches_second_is_told_the_present_state_and_changes_nothing(matched: Patron, manager: User) -> None:
    elsewhere = factories.commune("Ingelheim, Stadt")
    with pytest.raises(IllegalTransition, match="einer Kommune zugeordnet"):
        services.match(matched, elsewhere, by=manager)
    matched.refresh_from_db()
    assert matched.matched_commune == matched.home
    services.unmatch(matched, by=manager, reason="Der Rat hat abgesagt.")
    assert services.match(matched, elsewhere, by=manager).matched_commune == elsewhere


def test_nobody_is_appointed_without_a_match(patron: Patron, manager: User) -> None:
    with pytest.raises(IllegalTransition):
        services.appoint(patron, patron.home, by=manager, **ACT)
    assert not Appointment.objects.exists()


def test_an_appointment_that_overlaps_is_refused_by_the_database_in_clear_words(matched: Patron, manager: User) -> None:
    first = services.appoint(matched, matched.home, by=manager, **ACT)
    with pytest.raises(AlreadyAppointed, match=r"am 10\.06\.2024 schon Klimaschutzpat:in von Bingen am Rhein"):
        services.appoint(matched, matched.home, by=manager, **{**ACT, "on": date(2024, 6, 10)})
    services.end_appointment(first, by=manager, on=date(2024, 9, 1), reason="Umzug")
    with pytest.raises(AlreadyAppointed):
        services.appoint(matched, matched.home, by=manager, **{**ACT, "on": date(2024, 8, 31)})
    services.appoint(matched, matched.home, by=manager, **{**ACT, "on": date(2024, 9, 1)})
    assert Appointment.objects.count() == 2
    assert Job.objects.count() == 2


@pytest.mark.parametrize(
    "slip",
    [
        {"on": date(2014, 5, 3)},
        {"on": timezone.localdate() + timedelta(days=400)},
        {"signed_by": "  "},
        {"signed_by": "Eva \u202e Beispiel"},
    ],
)
def test_slips_of_the_finger_are_refused(matched: Patron, manager: User, slip: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        services.appoint(matched, matched.home, by=manager, **{**ACT, **slip})
    assert not Appointment.objects.exists()
    assert not Job.objects.exists()


def test_an_address_with_an_account_elsewhere_stops_the_appointment_without_telling_where(
    matched: Patron, manager: User, other_agency: Agency
) -> None:
    with agency_context(other_agency):
        User.objects.create_user(matched.email, agency=other_agency)
    with pytest.raises(AddressTaken) as refusal:
        services.appoint(matched, matched.home, by=manager, **ACT)
    assert other_agency.short_name not in str(refusal.value)
    matched.refresh_from_db()
    assert matched.status == Patron.Status.MATCHED


def test_pause_and_return_then_farewell_end_the_appointments_and_the_account(matched: Patron, manager: User) -> None:
    appointment = services.appoint(matched, matched.home, by=manager, **ACT)
    matched.refresh_from_db()
    services.pause(matched, by=manager, reason="Pflegezeit")
    with pytest.raises(IllegalTransition, match="pausiert"):
        services.pause(matched, by=manager)
    assert services.resume(matched, by=manager).status == Patron.Status.ACTIVE
    deadline = set_deadline(
        matched, Deadline.Kind.FOLLOW_UP, title="Antrag", due_on=timezone.localdate(), owner=matched.user
    )
    services.farewell(matched, by=manager, reason="zieht um")
    appointment.refresh_from_db()
    deadline.refresh_from_db()
    assert (appointment.ended_on, appointment.end_reason) == (timezone.localdate(), "zieht um")
    assert deadline.owner is None
    assert not Membership.objects.get(user=matched.user_id).is_active
    assert OutboxMail.objects.filter(template="patron/farewell").count() == 1
    with pytest.raises(ValidationError):
        services.log_hours(matched, by=manager, on=timezone.localdate(), hours=Decimal(1))


def test_somebody_who_comes_back_in_another_programme_keeps_the_account(matched: Patron, manager: User) -> None:
    services.appoint(matched, matched.home, by=manager, **ACT)
    second = factories.patron(
        matched.agency, factories.programme(), matched.home, email=matched.email.upper(), status=Patron.Status.MATCHED
    )
    with pytest.raises(ValidationError, match="schon in „KlikKS“ im Amt"):
        services.appoint(second, second.home, by=manager, **ACT)
    services.farewell(matched, by=manager)
    services.appoint(second, second.home, by=manager, **ACT)
    matched.refresh_from_db()
    second.refresh_from_db()
    assert (matched.user, second.user.role) == (None, Role.PATRON)


def test_an_appointment_ends_once_and_only_on_a_day_that_has_come(matched: Patron, manager: User) -> None:
    appointment = services.appoint(matched, matched.home, by=manager, **ACT)
    for day in [date(2024, 5, 2), timezone.localdate() + timedelta(days=1)]:
        with pytest.raises(ValidationError, match="zwischen dem Tag der Ernennung und heute"):
            services.end_appointment(appointment, by=manager, on=day)
    services.end_appointment(appointment, by=manager, on=date(2024, 12, 31))
    with pytest.raises(AppointmentEnded, match=r"schon am 31\.12\.2024"):
        services.end_appointment(appointment, by=manager, on=date(2025, 1, 31))


def test_only_staff_of_the_own_agency_act_and_nobody_else_sees_the_patron(
    matched: Patron, other_agency: Agency, account: object
) -> None:
    stranger = account(Role.REGIONAL_MANAGER, other_agency)
    for by in [stranger, account(Role.PATRON), account(Role.COORDINATOR)]:
        with pytest.raises(NotAllowed):
            services.appoint(matched, matched.home, by=by, **ACT)
    client = factories.browser(stranger)
    assert str(matched) not in client.get(reverse("admin:patrons_patron_changelist")).content.decode()
    assert client.get(reverse("admin:patrons_patron_appoint", args=[matched.pk])).status_code in {302, 404}


@pytest.mark.django_db(transaction=True)
def test_two_people_who_appoint_at_once_make_one_appointment_and_the_second_is_told(
    agency: Agency, programme: Programme, manager: User
) -> None:
    home = factories.commune()
    patron = factories.patron(agency, programme, home, status=Patron.Status.MATCHED, matched_commune=home)

    def appoint() -> str:
        with agency_context(agency):
            services.appoint(patron, home, by=manager, **ACT)
        return "appointed"

    answers = at_once(appoint, appoint)
    assert {type(answer) for answer in answers} == {str, AlreadyAppointed}
    with agency_context(agency):
        assert Appointment.objects.count() == 1
        assert Job.objects.count() == 1
        assert OutboxMail.objects.count() == 1
