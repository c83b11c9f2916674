"""The staff desk of patrons: lists, the steps of the life cycle, appointments, hours and stories."""

from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from agencies.models import Agency, Membership, Programme
from agencies.models.accounts import Role
from deadlines.models import Job
from klikks.tenancy import agency_context
from patrons.models import Activity, Appointment, Patron
from tests import factories
from tests.queries import at_most

pytestmark = pytest.mark.django_db

LIST = "admin:patrons_patron_changelist"


@pytest.fixture
def patron(agency: Agency, programme: Programme) -> Patron:
    """Somebody who lives in Bingen and has confirmed the interest."""
    return factories.patron(agency, programme, factories.commune(), topics=["energy"], last_name="Überling")


def page(desk: Client, name: str, *args: object, **query: str) -> str:
    response = desk.get(reverse(name, args=args), query)
    assert response.status_code == 200, response
    return response.content.decode()


def act(desk: Client, name: str, instance: object, **typed: object) -> str:
    """Send an action's form and return the page that follows."""
    address = reverse(f"admin:patrons_{instance._meta.model_name}_{name}", args=[instance.pk])
    assert desk.get(address).status_code == 200
    return desk.post(address, {**typed, "sent": "yes"}, follow=True).content.decode()


def test_staff_take_somebody_from_the_talk_to_the_appointment_by_the_desk_s_actions(
    desk: Client, agency: Agency, programme: Programme, patron: Patron
) -> None:
    near = factories.commune("Gensingen", latitude=49.9, longitude=7.93)
    factories.partnership(agency, programme, near)
    assert "ist vermerkt" in act(desk, "hold_talk", patron, note="Sehr nett.")
    choice = page(desk, "admin:patrons_patron_match", patron.pk)
    assert "<li>8 km entfernt</li><li>hat noch keine Klimaschutzpat:in</li>" in choice
    assert "Bitte wählen Sie eine Kommune" in act(desk, "match", patron, reason="")
    assert "ist zugeordnet" in act(desk, "match", patron, suggestion=near.pk)
    form = page(desk, "admin:patrons_patron_appoint", patron.pk)
    assert "Gensingen" in form
    typed = {"commune": near.pk, "on": "2024-05-03", "place": "Gensingen", "signed_by": "Eva Beispiel"}
    assert "ist ernannt" in act(desk, "appoint", patron, **typed)
    assert "schon Klimaschutzpat:in von Gensingen" in act(desk, "appoint", patron, **typed)
    detail = page(desk, "admin:patrons_patron_change", patron.pk)
    for shown in ["offiziell ernannt", "Sehr nett.", "seit 03.05.2024", f"meldet sich an als {patron.email}"]:
        assert shown in detail
    with agency_context(agency):
        assert Job.objects.get().ordered_by.role == Role.REGIONAL_MANAGER


def test_a_municipality_outside_of_the_suggestions_can_be_chosen(
    desk: Client, agency: Agency, programme: Programme, patron: Patron
) -> None:
    factories.partnership(agency, programme, patron.home)
    free = factories.commune("Kaub")
    act(desk, "match", patron, commune=free.pk)
    with agency_context(agency):
        patron.refresh_from_db()
    assert patron.matched_commune == free


def test_only_steps_that_the_life_cycle_allows_are_offered(
    desk: Client, agency: Agency, programme: Programme, patron: Patron
) -> None:
    offered = {
        "confirmed": {"talk", "match", "withdraw"},
        "matched": {"unmatch", "appoint", "withdraw"},
        "active": {"appoint", "pause", "farewell"},
        "pausing": {"resume", "farewell"},
        "farewell": set(),
    }
    steps = {"talk", "match", "unmatch", "appoint", "pause", "resume", "farewell", "withdraw"}
    for status, expected in offered.items():
        with agency_context(agency):
            Patron.objects.filter(pk=patron.pk).update(status=status)
        shown = page(desk, "admin:patrons_patron_change", patron.pk)
        assert {step for step in steps if f"/patron/{patron.pk}/{step}/" in shown} == expected, status


def test_the_list_is_searched_filtered_and_exported(
    desk: Client, agency: Agency, programme: Programme, patron: Patron, other_agency: Agency
) -> None:
    elsewhere = factories.commune("Trier, Stadt")
    other = factories.patron(agency, programme, elsewhere, last_name="Zuber", status="active", first_name="=1+1")
    factories.appointment(agency, other, elsewhere)
    factories.patron(other_agency, programme, elsewhere, last_name="Fremdling")
    assert "Fremdling" not in page(desk, LIST)
    for query, only in [
        ({"q": "ueberling erika"}, "Überling"),
        ({"q": "Überling"}, "Überling"),
        ({"topic": "energy"}, "Überling"),
        ({"municipality": "trier"}, "Zuber"),
        ({"status__exact": "active"}, "Zuber"),
    ]:
        shown = page(desk, LIST, **query)
        assert only in shown, query
        assert {"Überling": "Zuber", "Zuber": "Überling"}[only] not in shown, query
    response = desk.get(reverse("admin:patrons_patron_export"), {"municipality": "trier"})
    rows = list(load_workbook(BytesIO(b"".join(response))).active.values)
    assert rows[0][:3] == ("Nachname", "Vorname", "E-Mail")
    assert [row[:2] for row in rows[1:]] == [("Zuber", "'=1+1")]
    assert rows[1][7] == "Trier"


def test_a_list_of_many_patrons_takes_as_many_queries_as_a_short_one(
    desk: Client, agency: Agency, programme: Programme, patron: Patron
) -> None:
    with agency_context(agency):
        Patron.objects.bulk_create(
            Patron(
                agency=agency,
                programme=programme,
                home=patron.home,
                status="active",
                first_name="Erika",
                last_name=f"Muster{number}",
                sort_name=f"muster{number} erika",
                email=f"p{number}@example.org",
                topics=["energy"],
            )
            for number in range(300)
        )
        Appointment.objects.bulk_create(
            Appointment(
                agency=agency, patron=each, commune=patron.home, appointed_on=date(2024, 1, 1), signed_by="Eva Beispiel"
            )
            for each in Patron.objects.filter(status="active")
        )
    with agency_context(agency):
        somebody = Patron.objects.filter(status="active").first().pk
    for address in [
        (LIST,),
        ("admin:patrons_appointment_changelist",),
        ("admin:patrons_activity_changelist",),
        ("admin:patrons_patron_change", somebody),
    ]:
        page(desk, *address)
        with at_most(12):
            page(desk, *address)


def test_somebody_added_by_staff_counts_as_confirmed_and_an_address_is_taken_once(
    desk: Client, agency: Agency, programme: Programme, patron: Patron
) -> None:
    typed = {
        "programme": programme.pk,
        "first_name": " Ada ",
        "last_name": "Neu",
        "email": "ada@example.org",
        "home": patron.home.pk,
        "language": "de",
        "hours_a_month": "5",
        "reach_km": "10",
        "topics": ["energy"],
    }
    desk.post(reverse("admin:patrons_patron_add"), typed)
    with agency_context(agency):
        ada = Patron.objects.get(email="ada@example.org")
        assert (ada.first_name, ada.status) == ("Ada", Patron.Status.CONFIRMED)
        assert ada.transitions.get().by is not None
    again = desk.post(reverse("admin:patrons_patron_add"), {**typed, "email": "ADA@example.org"})
    assert "hat diese Adresse im selben Programm schon" in again.content.decode()


def test_an_appointment_is_ended_and_its_certificate_ordered_again_but_never_edited(
    desk: Client, agency: Agency, patron: Patron
) -> None:
    appointment = factories.appointment(agency, patron, patron.home)
    address = reverse("admin:patrons_appointment_change", args=[appointment.pk])
    assert desk.post(address, {"place": "Anderswo"}).status_code == 403
    assert desk.get(reverse("admin:patrons_appointment_add")).status_code == 403
    assert "wird erstellt" in act(desk, "order_certificate", appointment)
    with agency_context(agency):
        assert Job.objects.get().subject == appointment
    too_early = act(desk, "end", appointment, on="2020-01-01", reason="Umzug")
    assert "zwischen dem Tag der Ernennung und heute" in too_early
    assert "Umzug" in too_early
    assert "Ernennung ist beendet" in act(desk, "end", appointment, on="2024-01-01", reason="Umzug")
    with agency_context(agency):
        appointment.refresh_from_db()
    assert appointment.ended_on == date(2024, 1, 1)
    assert f"/{appointment.pk}/end/" not in desk.get(address).content.decode()


def test_hours_noted_by_staff_obey_the_rules_of_the_patrons_own(desk: Client, agency: Agency, patron: Patron) -> None:
    add = reverse("admin:patrons_activity_add")
    typed = {"patron": patron.pk, "on": f"{timezone.localdate():%d.%m.%Y}", "hours": "20", "what": "Messe"}
    desk.post(add, typed)
    assert "sind schon 20 eingetragen" in desk.post(add, {**typed, "hours": "4,5"}).content.decode()
    with agency_context(agency):
        activity = Activity.objects.get()
    desk.post(reverse("admin:patrons_activity_change", args=[activity.pk]), {**typed, "hours": "23,5"})
    with agency_context(agency):
        activity.refresh_from_db()
    assert activity.hours == 23.5


def test_roles_without_the_right_cannot_act(as_role: object, patron: Patron, membership: Membership) -> None:
    address = reverse("admin:patrons_patron_appoint", args=[patron.pk])
    for role in [Role.COORDINATOR, Role.OPERATOR]:
        assert as_role(role).post(address, {}).status_code == 403, role
    for role in [Role.PATRON, Role.MUNICIPALITY, Role.VISITOR]:
        assert as_role(role).post(address, {}).status_code in {302, 403}, role
