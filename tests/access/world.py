"""One row of everything for an agency, and the people who may or may not reach it."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.db import models
from django.utils import timezone

from agencies.models import (
    Agency,
    DataSource,
    Invitation,
    Membership,
    Phase,
    Programme,
    SheetImport,
    SheetRow,
    Target,
    TextBlock,
    User,
)
from agencies.models.accounts import Role
from communes.models import (
    Backing,
    Commune,
    Contact,
    DataProposal,
    OfferedDocument,
    Outreach,
    ParticipationWindow,
    Partnership,
    Twinning,
)
from deadlines.models import (
    Deadline,
    Job,
    OutboxMail,
    PhasePlan,
    PlannedTask,
    RunningMilestone,
    RunningPlan,
    Suppression,
    Task,
)
from klikks.tenancy import agency_context
from patrons.models import Activity, AppointmentDay, DayPlace, Patron, Post, Story
from projects.models import (
    ApplicationDocument,
    CallWindow,
    CostItem,
    FinancingPart,
    FundingApplication,
    FundingProgramme,
    Idea,
    Measure,
    MeasureReview,
    Milestone,
    Project,
    ProjectDocument,
    ProjectPartner,
    ProjectPhoto,
    Supporter,
)
from reports.models import Document, OwedReport, Report
from tests import factories
from trainings.models import Enrolment, Qualification, TrainingMaterial, TrainingSeries, TrainingSession
from website.models import QuietCase

YESTERDAY = timezone.localdate() - timedelta(days=1)


@dataclass
class World:
    """An agency's rows by model, and its patron, to whom all that is a patron's own belongs."""

    agency: Agency
    patron_account: User
    municipality_account: User
    rows: dict[type[models.Model], models.Model] = field(default_factory=dict)
    of_municipality: dict[type[models.Model], models.Model] = field(default_factory=dict)
    of_coordinator: dict[type[models.Model], models.Model] = field(default_factory=dict)

    def of(self, model: type[models.Model], role: Role | None = None) -> Any:
        """Return this world's row of a model; the one that belongs to a role, if asked for one with rows of its own."""
        own = {Role.MUNICIPALITY: self.of_municipality, Role.COORDINATOR: self.of_coordinator}
        return (own.get(role, {}) if role else {}).get(model) or self.rows[model]


def make_world(agency: Agency, programme: Programme) -> World:
    """Make one row of each model for an agency."""
    patron_account = factories.account(Role.PATRON, agency)
    manager = factories.account(Role.REGIONAL_MANAGER, agency)
    commune = factories.commune(f"Ort von {agency.slug}")
    registration = factories.registration(agency, programme, commune, contact_name=f"Geheim {agency.slug}")
    partnership = factories.partnership(agency, programme, commune)
    patron = factories.patron(
        agency, programme, commune, user=patron_account, status=Patron.Status.ACTIVE, last_name=f"Geheim {agency.slug}"
    )
    appointment = factories.appointment(agency, patron, commune)
    project = factories.project(agency, programme, commune, led_by=patron)
    world = World(agency, patron_account, factories.account(Role.MUNICIPALITY, agency))
    made = [commune, commune.district, commune.state, agency, programme, registration, partnership, patron]
    with agency_context(agency):
        report = Report.objects.create(
            programme=programme, commune=commune, starts_on=date(2023, 1, 1), ends_on=date(2023, 12, 31)
        )
        made += [appointment, project, *_rows(world, programme, commune, manager, partnership, patron, project)]
        days = {"starts_on": date(2023, 1, 1), "ends_on": date(2023, 12, 31), "due_on": date(2024, 4, 30)}
        made.append(OwedReport.objects.create(programme=programme, **days))
        made += [report, *_documents(report, patron_account)]
        access = factories.access(agency, commune, world.municipality_account)
        made += [access, DataProposal.objects.create(commune=commune, access=access)]
        job = Job.objects.create(kind=Job.Kind.COMMUNE_REPORT, ordered_by=world.municipality_account, subject=report)
        world.of_municipality = {Job: job}
        session = next(row for row in made if isinstance(row, TrainingSession))
        world.of_coordinator = {Document: _document(Document.Kind.ATTENDANCE_LIST, session)}
    factories.patron(
        agency,
        programme,
        commune,
        status=Patron.Status.APPOINTED,
        last_name=f"Geheim Still {agency.slug}",
        confirmed_at=timezone.now() - timedelta(weeks=20),
    )
    with agency_context(agency):
        made.append(QuietCase.objects.get(kind=QuietCase.Kind.PATRON))
    world.rows = {type(row): row for row in made}
    world.rows |= {model: model._default_manager.first() for model in (DataSource, Phase) if model not in world.rows}
    return world


def _rows(
    world: World,
    programme: Programme,
    commune: Commune,
    manager: User,
    partnership: Partnership,
    patron: Patron,
    project: Project,
) -> list[models.Model]:
    """Make the rows that need no file."""
    agency, topic = world.agency, programme.topics.get()
    now = timezone.now()
    DataSource.objects.get_or_create(slug="x", defaults={"title": "Quelle", "publisher": "Amt", "licence": "frei"})
    Phase.objects.get_or_create(programme=programme, position=1, defaults={"name": "Vorbereitung"})
    factor = factories.electricity_factor()
    measure = Measure.objects.create(project=project, kind="led_street_lighting", inputs={})
    funding = FundingProgramme.objects.create(agency=agency, name="Topf", funder="Land", rate=Decimal(50))
    application = FundingApplication.objects.create(project=project, funding_programme=funding)
    series = TrainingSeries.objects.create(agency=agency, programme=programme, title="Reihe", audience="patrons")
    session = TrainingSession.objects.create(
        agency=agency, series=series, starts_at=now + timedelta(days=9), ends_at=now + timedelta(days=9, hours=2)
    )
    sheet = SheetImport(
        kind=SheetImport.Kind.COMMUNES, programme=programme, file_name="x.csv", uploaded_by=manager, counts={"wrong": 1}
    )
    sheet.file.save("x.csv", ContentFile(b"Name\nBingen\n"), save=False)
    sheet.save()
    SheetRow.objects.create(sheet=sheet, number=2, verdict=SheetRow.Verdict.WRONG)
    return [
        topic,
        factor,
        measure,
        funding,
        series,
        session,
        sheet,
        Membership.objects.get(user=manager),
        Invitation.objects.create(
            email=f"neu-{agency.slug}@example.org", name="N", role="coordinator", invited_by=manager
        ),
        Target.objects.create(programme=programme, figure="projects", value=Decimal(9)),
        TextBlock.objects.create(key="certificate/appointment", language="de", text="{name}"),
        Qualification.objects.get_or_create(programme=programme, name="Qualifiziert")[0],
        *_plan(programme, agency),
        ParticipationWindow.objects.get(agency=agency),
        Twinning.objects.create(agency=agency, programme=programme, commune=commune),
        Backing.objects.create(
            partnership=partnership,
            kind=Backing.Kind.LETTER,
            decided_on=YESTERDAY,
            file=ContentFile(b"%PDF-1.4", "geheim.pdf"),
        ),
        OfferedDocument.objects.create(
            registration=commune.registrations.get(),
            kind=Backing.Kind.LETTER,
            decided_on=YESTERDAY,
            file=ContentFile(b"%PDF-1.4", "geheim.pdf"),
        ),
        Contact.objects.create(commune=commune, name=f"Geheim {agency.slug}"),
        Outreach.objects.create(commune=commune, result=f"Geheim {agency.slug}"),
        Activity.objects.create(patron=patron, hours=Decimal(1), what="Infostand"),
        (day := AppointmentDay.objects.create(programme=programme, on=YESTERDAY, place="Rathaus", signed_by="S")),
        DayPlace.objects.create(day=day, patron=patron, commune=commune),
        Story.objects.create(
            patron=patron,
            status=Story.Status.HANDED_IN,
            title="Geschichte",
            body="Text",
            photo=ContentFile(b"JPEG", "foto.jpg"),
            photo_alt="Lampe",
        ),
        Post.objects.create(
            agency=agency,
            programme=programme,
            author=patron,
            board=topic.pk,
            title=f"Geheim {agency.slug}",
            body="Text",
        ),
        factories.saving(measure),
        MeasureReview.objects.create(
            measure=measure, reason=MeasureReview.Reason.UNUSUAL, found={"kg": "5", "population": 1}
        ),
        application,
        CallWindow.objects.create(funding_programme=funding),
        ApplicationDocument.objects.create(
            application=application, what=f"Geheim {agency.slug}", file=ContentFile(b"%PDF-1.4", "geheim.pdf")
        ),
        ProjectPartner.objects.create(project=project, commune=commune),
        Milestone.objects.create(project=project, title="Schritt", due_on=YESTERDAY),
        CostItem.objects.create(project=project, what="Lampen", amount=Decimal(5)),
        FinancingPart.objects.create(project=project, amount=Decimal(5)),
        Supporter.objects.create(project=project, name=f"Geheim {agency.slug}"),
        ProjectPhoto.objects.create(project=project, alt="Lampe", file=ContentFile(b"JPEG", "foto.jpg")),
        ProjectDocument.objects.create(project=project, title="Angebot", file=ContentFile(b"%PDF-1.4", "geheim.pdf")),
        Idea.objects.create(
            programme=programme,
            commune=commune,
            title="Idee",
            text="Text",
            status=Idea.Status.RELEASED,
            released_at=now,
            author=f"Geheim {agency.slug}",
            photo=ContentFile(b"JPEG", "foto.jpg"),
            photo_alt="Bank",
        ),
        Enrolment.objects.create(session=session, patron=patron),
        TrainingMaterial.objects.create(session=session, title="Folien", file=ContentFile(b"%PDF-1.4", "geheim.pdf")),
        Deadline.objects.create(title="Frist", due_on=YESTERDAY, owner=world.patron_account, subject=project),
        Task.objects.create(title="Aufgabe", due_on=YESTERDAY, owner=manager),
        OutboxMail.objects.create(
            template="reminder",
            recipient=f"geheim-{agency.slug}@example.org",
            language="de",
            subject_line="Betreff",
            text="Text",
            message_id=f"<{agency.slug}@example.org>",
            status=OutboxMail.Status.FAILED,
        ),
        Suppression.objects.create(address=f"geheim-{agency.slug}@example.org", reason="550 5.1.1"),
    ]


def _documents(report: Report, ordered_by: User) -> list[models.Model]:
    """Make a failed job, and a document that the municipality and its patron may have."""
    job = Job.objects.create(
        kind=Job.Kind.COMMUNE_REPORT, status=Job.Status.FAILED, ordered_by=ordered_by, subject=report
    )
    return [job, _document(Document.Kind.COMMUNE_REPORT, report)]


def _document(kind: str, subject: models.Model) -> Document:
    """Store a file about something."""
    document = Document(kind=kind, title="Bericht", sha256="0" * 64, size=8, subject=subject)
    document.file.save("bericht.pdf", ContentFile(b"%PDF-1.4"), save=False)
    document.save()
    return document


def _plan(programme: Programme, agency: Agency) -> list[models.Model]:
    """Make a phase plan with a task, and let the agency carry it out."""
    plan = PhasePlan.objects.create(programme=programme, title="Plan")
    planned = PlannedTask.objects.create(plan=plan, phase=programme.phases.get(), title="Geplant")
    running = RunningPlan.objects.create(plan=plan, title=f"Geheim {agency.slug}")
    RunningMilestone.objects.create(running=running, on=YESTERDAY)
    return [plan, planned, running]
