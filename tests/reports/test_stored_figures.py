"""Stored figures are exact at every moment: whoever has changed since they were stored is counted on the spot."""

import time
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from agencies.models import Agency, Programme
from agencies.models.programmes import Figure
from klikks.tenancy import agency_context
from patrons.models import Activity, Patron
from projects.models import Project, Saving
from reports import figures
from reports.figures import stored
from reports.models import AgencyMonth, StoredMonth
from tests import factories
from trainings.models import Enrolment, TrainingSeries, TrainingSession

pytestmark = pytest.mark.django_db


def counted() -> dict[tuple[int, str], Decimal]:
    """Return what the agencies have reached, by agency and figure."""
    totals: dict[tuple[int, str], Decimal] = {}
    for agency_id, figure, amount in AgencyMonth.objects.values_list("agency_id", "figure", "amount"):
        totals[agency_id, figure] = totals.get((agency_id, figure), Decimal(0)) + amount
    return totals


def uncounted() -> set[int]:
    """Return the agencies that are counted on the spot."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT agency_id FROM reports_uncounted")
        return {row[0] for row in cursor.fetchall()}


@pytest.fixture
def project(agency: Agency, programme: Programme) -> Project:
    """A project under way of the agency."""
    return factories.project(
        agency, programme, factories.commune(), status=Project.Status.UNDER_WAY, investment=Decimal("1000.25")
    )


def test_any_change_shows_at_once_and_marks_its_agency_until_it_is_stored(
    agency: Agency, other_agency: Agency, programme: Programme, project: Project
) -> None:
    factories.project(other_agency, programme, factories.commune("Nebenan"), investment=Decimal(7), status="under_way")
    assert {agency.pk, other_agency.pk} <= uncounted()
    before = counted()
    assert stored.store() >= 2
    assert (uncounted(), counted()) == (set(), before)
    assert StoredMonth.objects.filter(agency=other_agency).count() == 2
    assert stored.store() == 0

    with agency_context(agency):
        Project.objects.filter(pk=project.pk).update(investment=Decimal("2000.25"))
    assert uncounted() == {agency.pk}
    assert counted()[agency.pk, Figure.INVESTED] == Decimal("2000.25")
    assert counted()[other_agency.pk, Figure.INVESTED] == 7
    assert stored.store() == 1
    assert counted()[agency.pk, Figure.INVESTED] == Decimal("2000.25")

    with agency_context(agency), connection.cursor() as cursor:
        cursor.execute("UPDATE projects_project SET status = 'dropped' WHERE id = %s", [project.pk])
    assert (agency.pk, Figure.PROJECTS) not in counted()
    with agency_context(other_agency):
        Project.objects.all().delete()
    assert counted() == {}
    stored.store()
    assert (counted(), uncounted(), StoredMonth.objects.count()) == ({}, set(), 0)
    assert [value.total for value in figures.public_totals(programme)] == [0, 0, 0, 0, 0]


def test_each_kind_of_row_that_counts_is_noticed(agency: Agency, programme: Programme, project: Project) -> None:
    def noticed() -> bool:
        found = uncounted() == {agency.pk}
        stored.store()
        return found

    stored.store()
    patron = factories.patron(agency, programme, project.commune, status=Patron.Status.ACTIVE)
    assert noticed()
    factories.appointment(agency, patron, project.commune, appointed_on=date(2023, 1, 1))
    assert noticed()
    factories.registration(agency, programme, project.commune)
    assert noticed()
    factories.partnership(agency, programme, project.commune)
    assert noticed()
    with agency_context(agency):
        Activity.objects.create(patron=patron, on=date(2023, 3, 1), hours=Decimal("2.5"), what="Infostand")
        assert noticed()
        measure = project.measures.create(kind="led_street_lighting", status="done", done_on=date(2023, 9, 1))
        assert noticed()
        factories.saving(measure, "120.125")
        assert noticed()
        Saving.objects.update(replaced_at=timezone.now())
        assert noticed()
    assert {figure for _agency, figure in counted()} == {
        *(Figure.PATRONS_INTERESTED, Figure.PATRONS_APPOINTED, Figure.COMMUNES_INTERESTED, Figure.COMMUNES_OFFICIAL),
        *(Figure.VOLUNTEER_HOURS, Figure.PROJECTS, Figure.INVESTED, Figure.MEASURES_DONE),
    }


def test_a_training_that_is_moved_counts_anew_for_the_agencies_of_those_who_took_part(
    agency: Agency, other_agency: Agency, programme: Programme
) -> None:
    patron = factories.patron(other_agency, programme, factories.commune())
    session = _session(agency, programme, timezone.now() - timedelta(days=90))
    with agency_context(other_agency):
        Enrolment.objects.create(session=session, patron=patron, status=Enrolment.Status.ATTENDED)
    stored.store()
    with agency_context(agency):
        TrainingSession.objects.update(starts_at=session.starts_at - timedelta(days=60))
    assert uncounted() == {agency.pk, other_agency.pk}
    with agency_context(agency):
        TrainingSession.objects.update(cancelled_at=timezone.now())
    assert (agency.pk, Figure.TRAININGS) not in counted()


@pytest.mark.django_db(transaction=True)
def test_a_training_that_ends_by_itself_counts_from_then_on(agency: Agency, programme: Programme) -> None:
    session = _session(agency, programme, timezone.now())
    stored.store()
    assert (agency.pk, Figure.TRAININGS) not in counted()
    time.sleep(max((session.ends_at - timezone.now()).total_seconds(), 0))
    assert counted()[agency.pk, Figure.TRAININGS] == 1


def test_nobody_can_write_a_figure(agency: Agency, programme: Programme) -> None:
    made_up = StoredMonth(
        agency=agency, programme=programme, figure="kg_done", month=date(2023, 1, 1), amount=1, estimated=0
    )
    with agency_context(agency), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        made_up.save()


def _session(agency: Agency, programme: Programme, ends_at: datetime) -> TrainingSession:
    with agency_context(agency):
        series = TrainingSeries.objects.create(
            agency=agency, programme=programme, title="Schulung", audience="patrons", across_agencies=True
        )
        return TrainingSession.objects.create(
            agency=agency,
            series=series,
            starts_at=ends_at - timedelta(hours=2),
            ends_at=ends_at + timedelta(seconds=0.5),
        )
