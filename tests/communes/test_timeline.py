"""The timeline of a municipality mixes what all rooms know of it, newest first."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Programme, User
from agencies.models.accounts import Role
from communes import services
from communes.models import Backing, Commune, Outreach
from communes.timeline import Kind
from deadlines.models import Job
from klikks.tenancy import agency_context
from projects.services import move_project
from reports.models import Document, Report
from tests import factories
from tests.queries import at_most
from trainings.models import Enrolment, TrainingSeries, TrainingSession

pytestmark = pytest.mark.django_db


def make_life(agency: Agency, programme: Programme, town: Commune, manager: User) -> None:
    """Let one thing of each kind happen in a municipality."""
    now, today = timezone.now(), timezone.localdate()
    registration = factories.registration(agency, programme, town)
    patron = factories.patron(agency, programme, town, status="active", last_name="Brandt")
    appointment = factories.appointment(agency, patron, town)
    project = factories.project(agency, programme, town, title="Sonne aufs Dach")
    with agency_context(agency):
        partnership = services.accept(registration, by=manager)
        services.add_backing(partnership, by=manager, kind=Backing.Kind.LETTER, decided_on=today)
        services.log_outreach(town, by=manager, outcome="interested", result="Klingt gut")
        move_project(project, "planned", by=manager)
        series = TrainingSeries.objects.create(
            agency=agency, programme=programme, title="Starthilfe", audience="patrons"
        )
        session = TrainingSession.objects.create(
            agency=agency, series=series, starts_at=now - timedelta(days=3), ends_at=now - timedelta(days=2)
        )
        Enrolment.objects.create(session=session, patron=patron, status="attended")
        report = Report.objects.create(programme=programme, commune=town, starts_on=today, ends_on=today)
        for subject, kind in [(report, Job.Kind.COMMUNE_REPORT), (appointment, Job.Kind.APPOINTMENT_CERTIFICATE)]:
            Document.objects.create(kind=kind, title=f"Datei {kind}", sha256="0" * 64, size=8, subject=subject)


def address(town: Commune) -> str:
    """Return the path of the timeline."""
    return reverse("admin:communes_commune_timeline", args=[town.pk])


def test_all_that_happened_stands_there_and_can_be_narrowed(
    desk: Client, agency: Agency, programme: Programme, town: Commune, manager: User
) -> None:
    make_life(agency, programme, town, manager)
    page = desk.get(address(town))
    events = list(page.context["events"])
    assert [event.on for event in events] == sorted((event.on for event in events), reverse=True)
    assert {event.kind for event in events} == set(Kind)
    for words in [
        "Telefonat: interessiert",
        "Klingt gut",
        "Anmeldung eingegangen",
        "Anmeldung: angenommen",
        "Partnerschaft: offizielle Partnerkommune",
        "Absichtserklärung",
        "Als Klimaschutzpat:in ernannt",
        "Sonne aufs Dach",
        "Projekt: geplant",
        "Starthilfe",
        "Datei commune_report",
        "Datei appointment_certificate",
    ]:
        assert words in page.content.decode(), words
    narrowed = desk.get(f"{address(town)}?kind=training")
    assert {event.kind for event in narrowed.context["events"]} == {Kind.TRAINING}
    assert desk.get(f"{address(town)}?kind=unsinn&page=unsinn").status_code == 200
    card = desk.get(reverse("admin:communes_commune_change", args=[town.pk])).content.decode()
    assert "Anmeldung: angenommen" in card
    assert address(town) in card


def test_long_timelines_are_paged_and_cost_no_more_queries(
    desk: Client, agency: Agency, programme: Programme, town: Commune, manager: User
) -> None:
    make_life(agency, programme, town, manager)
    desk.get(address(town))
    with at_most(12):
        desk.get(address(town))
    with agency_context(agency):
        Outreach.objects.bulk_create(Outreach(agency=agency, commune=town, result=f"{n}") for n in range(60))
    with at_most(12):
        page = desk.get(f"{address(town)}?page=2")
    assert len(page.context["events"]) == 20
    with at_most(12):
        desk.get(reverse("admin:communes_commune_change", args=[town.pk]))


def test_each_role_sees_only_what_it_may_and_nothing_of_another_agency(
    as_role: Callable[..., Client],
    agency: Agency,
    other_agency: Agency,
    programme: Programme,
    town: Commune,
    manager: User,
) -> None:
    make_life(agency, programme, town, manager)
    assert list(as_role(Role.REGIONAL_MANAGER, other_agency).get(address(town)).context["events"]) == []
    assert as_role(Role.COORDINATOR).get(address(town)).status_code == 403
    page = as_role(Role.COORDINATOR).get(reverse("admin:communes_commune_change", args=[town.pk]))
    assert (page.status_code, "Anmeldung: angenommen" in page.content.decode()) == (200, False)
