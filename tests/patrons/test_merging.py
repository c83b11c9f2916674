"""Two records of one person become one: nothing is lost, the history is kept, and it is said what happens."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Membership, Programme, User
from agencies.models.accounts import Role
from deadlines.models import Deadline, OutboxMail
from deadlines.services import set_deadline
from klikks.tenancy import agency_context
from patrons import merging, services
from patrons.models import Activity, Appointment, Patron, Story
from projects.models import ProjectLead
from tests import factories
from tests.queries import at_most
from trainings.models import Enrolment, TrainingSeries, TrainingSession

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(agency: Agency, programme: Programme) -> Patron:
    """The record of the first registration: confirmed, with some hours and a place in a training."""
    place = factories.commune(postcodes=["55411"])
    made = factories.patron(
        agency,
        programme,
        place,
        last_name="Überling",
        topics=["energy"],
        email="privat@example.org",
        phone="+4961311234",
    )
    with agency_context(agency):
        Activity.objects.create(patron=made, hours=1, what="Infostand")
        services._mail(made, "patron/confirm", municipality=place, link="https://example.org")
    return made


@pytest.fixture
def second(agency: Agency, programme: Programme, first: Patron) -> Patron:
    """The record of the second registration: in office, with account, project, story, training and a deadline."""
    made = factories.patron(
        agency,
        programme,
        factories.commune("Bingerbrück", postcodes=["55411"]),
        last_name="Überling",
        topics=["mobility"],
        email="arbeit@example.org",
        status="active",
        user=factories.account(Role.PATRON, agency),
        motivation="Ich habe Zeit.",
    )
    factories.appointment(agency, made, first.home)
    shared = factories.project(agency, programme, first.home, title="Gemeinsam", led_by=made)
    factories.project(agency, programme, first.home, title="Allein", led_by=made)
    now = timezone.now()
    with agency_context(agency):
        ProjectLead.objects.create(project=shared, patron=first)
        Story.objects.create(patron=made, title="Geschichte", body="Text")
        series = TrainingSeries.objects.create(agency=agency, programme=programme, title="Reihe", audience="patrons")
        session = TrainingSession.objects.create(
            agency=agency, series=series, starts_at=now + timedelta(days=3), ends_at=now + timedelta(days=4)
        )
        for patron in (first, made):
            Enrolment.objects.create(session=session, patron=patron)
        set_deadline(made, Deadline.Kind.FOLLOW_UP, title="Anruf", due_on=timezone.localdate(), owner=made.user)
    return made


def test_staff_find_the_double_compare_and_join_it_and_nothing_is_lost(
    desk: Client, agency: Agency, first: Patron, second: Patron, manager: User
) -> None:
    address = reverse("admin:patrons_patron_change", args=[first.pk])
    with at_most(12):
        shown = desk.get(address).content.decode()
    assert f"?other={second.pk}" in shown
    assert "gleicher Name, gleiche Postleitzahl" in shown
    join = reverse("admin:patrons_patron_join", args=[first.pk])
    found = desk.post(join, {"other": second.pk})
    assert found.headers["Location"] == f"{join}?other={second.pk}"
    compared = desk.get(found.headers["Location"]).content.decode()
    for said in ("arbeit@example.org", "privat@example.org", "nicht rückgängig", "Das Konto von", "Ernennungen"):
        assert said in compared, said
    joined = desk.post(found.headers["Location"], {"keep": first.pk}, follow=True).content.decode()
    assert "Die Einträge sind vereint" in joined
    with agency_context(agency):
        kept, gone = Patron.objects.get(pk=first.pk), Patron.objects.get(pk=second.pk)
        assert (gone.status, gone.merged_into, gone.user, kept.user) == ("merged", kept, None, second.user)
        assert (kept.status, kept.email, kept.topics) == ("active", "privat@example.org", ["energy", "mobility"])
        assert kept.motivation == "Ich habe Zeit."
        assert Appointment.objects.get().patron == kept
        assert Activity.objects.get().patron == Story.objects.get().patron == Deadline.objects.get().subject == kept
        assert set(ProjectLead.objects.values_list("patron", "project__title")) == {
            (kept.pk, "Gemeinsam"),
            (kept.pk, "Allein"),
        }
        assert sorted(Enrolment.objects.values_list("patron", "status")) == [
            (kept.pk, "cancelled"),
            (kept.pk, "enrolled"),
        ]
        assert OutboxMail.objects.get().subject == kept
        assert gone.history.count() >= 2
        assert gone.transitions.get().by == manager
        # Who writes from the second address is known.
        services.register_interest(home=kept.home, first_name="E", last_name="Ü", email="arbeit@example.org")
        assert OutboxMail.objects.get(template="patron/known").recipient == "arbeit@example.org"
    assert "vereint mit" in desk.get(reverse("admin:patrons_patron_change", args=[gone.pk])).content.decode()


def test_appointments_for_the_same_days_leave_the_kept_one_and_revoke_the_double(
    agency: Agency, programme: Programme, first: Patron, second: Patron, manager: User
) -> None:
    with agency_context(agency):
        kept = factories.appointment(agency, first, first.home, appointed_on=date(2023, 1, 1))
        first.status = Patron.Status.ACTIVE
        first.user = factories.account(Role.PATRON, agency)
        first.save()
        plan = merging.preview(first, second)
        assert any("für dieselben Tage" in note for note in plan.notes)
        assert any("geschlossen" in note for note in plan.notes)
        merging.merge(first, second, by=manager)
        assert Appointment.objects.open().get() == kept
        double = Appointment.objects.exclude(pk=kept.pk).get()
        assert (double.patron, double.revoked_on) == (first, timezone.localdate())
        assert not Membership.objects.get(user=second.user).is_active
        assert Deadline.objects.get().owner == first.user


def test_only_two_records_of_one_agency_and_programme_are_joined_and_only_once(
    agency: Agency, other_agency: Agency, programme: Programme, first: Patron, second: Patron, manager: User
) -> None:
    stranger = factories.patron(other_agency, programme, first.home)
    elsewhere = factories.patron(agency, factories.programme(), first.home)
    with agency_context(agency):
        for wrong in (first, elsewhere):
            with pytest.raises(ValidationError):
                merging.merge(first, wrong, by=manager)
        with pytest.raises(Exception, match=r"Rolle|verschiedene"):
            merging.merge(first, stranger, by=manager)
        merging.merge(first, second, by=manager)
        with pytest.raises(ValidationError, match="schon mit einem anderen"):
            merging.merge(first, second, by=manager)
    with agency_context(other_agency):
        assert Patron.objects.get().status == Patron.Status.CONFIRMED
