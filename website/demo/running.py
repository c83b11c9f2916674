"""KlikKS: eight agencies at work, with cases in every state of the life cycles, so that each list has something in it.

Dates that must lie ahead are counted from the day the demo is loaded.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from agencies.models import Agency, Membership, Programme, User
from communes.models import Backing, Commune, Contact, Outreach, ParticipationWindow, Partnership, Registration
from deadlines.models import Deadline, Task
from deadlines.services import set_deadline
from klikks.tenancy import agency_context
from patrons import services as patrons
from patrons.models import Activity, Appointment, Patron
from projects import services as projects
from projects.kinds import MeasureKind
from projects.models import FundingApplication, FundingProgramme, Measure, Project, ProjectLead
from trainings.models import Enrolment, TrainingSeries, TrainingSession
from website.demo.accounts import DEMO_PASSWORD
from website.demo.people import Person
from website.demo.pilot import freeze

PARTNERS = {"rlp": 12, "bw": 8, "be": 3, "mv": 7, "nds": 17, "nrw": 9, "sl": 4, "th": 11}
COACHINGS = [
    (date(2022, 6, 15), "Coaching 1: Kommunen und Pat:innen finden und aktivieren"),
    (date(2022, 11, 16), "Coaching 2: Pat:innen begleiten und qualifizieren"),
    (date(2023, 5, 24), "Coaching 3: Projekte umsetzen und verstetigen"),
]
PROJECTS = [
    ("lighting", "LED-Straßenbeleuchtung im Ortskern", MeasureKind.LED_STREET_LIGHTING, 48_000, 14_500, "92000"),
    ("energy", "Solarstrom auf dem Rathausdach", MeasureKind.PV_OWN_USE, 21_000, None, "61000"),
    ("buildings", "Heizungsoptimierung in der Turnhalle", MeasureKind.HEAT_SAVING_GAS, 160_000, 118_000, "18500"),
    ("buildings", "Dämmung des Feuerwehrhauses", MeasureKind.HEAT_SAVING_OIL, 74_000, 39_000, "143000"),
    ("energy", "Energiemanagement in der Grundschule", MeasureKind.POWER_SAVING, 61_000, 47_000, "9500"),
    ("awareness", "Stromsparcheck für alle Haushalte", MeasureKind.AWARENESS, None, None, "3000"),
]


def make_windows(programme: Programme, agencies: dict[str, Agency]) -> None:
    """Open the historical participation windows and one that is open on the day the demo is loaded."""
    today = timezone.localdate()
    closes = date(today.year + (today > date(today.year, 3, 1)), 3, 31)
    for slug in PARTNERS:
        with agency_context(agencies[slug]):
            ParticipationWindow.objects.create(
                agency=agencies[slug],
                programme=programme,
                opens_on=date(2022, 3, 1),
                closes_on=date(2023, 3, 31),
                places=17 if slug == "nds" else None,
            )
            ParticipationWindow.objects.create(
                agency=agencies[slug], programme=programme, opens_on=today - timedelta(days=30), closes_on=closes
            )


def make_coachings(programme: Programme, agency: Agency) -> None:
    """Make the three coachings for the regional managers of all states, and a coming training for patrons."""
    with agency_context(agency):
        coaching = TrainingSeries.objects.create(
            agency=agency,
            programme=programme,
            title="Coaching der Regionalmanager:innen",
            audience=TrainingSeries.Audience.REGIONAL_MANAGERS,
            goals="Kommunen und Pat:innen erkennen und aktivieren, Akteure kartieren, die Ansprache im Rollenspiel üben, "
            "Aufgaben je Phase vereinbaren.",
            across_agencies=True,
        )
        for day, title in COACHINGS:
            session(coaching, day, title, hours=6, venue="Kaiserslautern")
        basics = TrainingSeries.objects.create(
            agency=agency,
            programme=programme,
            title="Grundlagen für Klimaschutzpat:innen",
            audience=TrainingSeries.Audience.PATRONS,
        )
        session(
            basics, timezone.localdate() + timedelta(days=18), "Grundlagen 1: Ihre Rolle im Ort", hours=2, places=20
        )
        session(
            basics, timezone.localdate() + timedelta(days=46), "Grundlagen 2: Fördermittel finden", hours=2, places=20
        )


def session(series: TrainingSeries, day: date, title: str, *, hours: int, **fields: object) -> TrainingSession:
    """Make a session that starts at ten in the morning, Berlin time."""
    starts_at = timezone.make_aware(datetime.combine(day, time(10)))
    return TrainingSession.objects.create(
        agency=series.agency,
        series=series,
        title=title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours),
        **fields,
    )


def make_work(
    agency: Agency,
    programme: Programme,
    communes: list[Commune],
    crowd: Iterator[Person],
    by: User,
    count: int,
) -> None:
    """Give an agency partner municipalities with contacts, patrons, projects and funding."""
    random = Random(agency.slug)  # noqa: S311  (the demo shall look the same everywhere)
    with agency_context(agency):
        manager = Membership.objects.filter(role="regional_manager").first()
        funding = FundingProgramme.objects.create(
            agency=agency,
            name="Kommunalrichtlinie (Beispieleintrag der Demo)",
            funder="Nationale Klimaschutzinitiative",
            who_may_apply="Kommunen",
            rate=Decimal(25),
            closes_on=timezone.localdate() + timedelta(days=75),
        )
        for number, commune in enumerate(communes[:count]):
            _partner(programme, commune, manager, next(crowd), number)
            patron = _patron(programme, commune, next(crowd), random)
            _projects(programme, commune, patron, funding, by, number, random)


def _partner(programme: Programme, commune: Commune, manager: Membership | None, mayor: Person, number: int) -> None:
    since = date(2022, 9, 1) + timedelta(days=17 * number)
    partnership = Partnership.objects.create(
        programme=programme, commune=commune, status=Partnership.Status.OFFICIAL, since=since, manager=manager
    )
    Backing.objects.create(
        partnership=partnership, kind=Backing.Kind.RESOLUTION, decided_on=since - timedelta(days=20), reference="TOP 5"
    )
    contact = Contact.objects.create(
        commune=commune, function=Contact.Function.MAYOR, name=mayor.name, email=mayor.email, phone="+49 6131 0000000"
    )
    Outreach.objects.create(
        commune=commune,
        contact=contact,
        by=manager,
        on=since - timedelta(days=60),
        result="Erstgespräch, Interesse an Straßenbeleuchtung und Nahwärme.",
    )


def _patron(programme: Programme, commune: Commune, person: Person, random: Random) -> Patron:
    appointed_on = date(2023, 1, 10) + timedelta(days=random.randrange(500))
    patron = Patron.objects.create(
        programme=programme,
        status=Patron.Status.ACTIVE,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        home=commune,
        matched_commune=commune,
        topics=random.sample(["energy", "buildings", "mobility", "nature"], 2),
        hours_a_month=random.choice([4, 6, 8, 12]),
        confirmed_at=timezone.now(),
    )
    Appointment.objects.create(
        patron=patron, commune=commune, appointed_on=appointed_on, place=commune.name, signed_by=f"Gemeinde {commune}"
    )
    for month in range(3):
        Activity.objects.create(
            patron=patron,
            on=appointed_on + timedelta(days=30 * month + 5),
            hours=Decimal(random.choice(["1.5", "2", "3", "4"])),
            what=random.choice(["Gespräch im Gemeinderat", "Infostand", "Begehung", "Förderantrag vorbereitet"]),
        )
    return patron


def _projects(
    programme: Programme,
    commune: Commune,
    patron: Patron,
    funding: FundingProgramme,
    by: User,
    number: int,
    random: Random,
) -> None:
    for offset in range(2):
        topic, title, kind, before, after, investment = PROJECTS[(number * 2 + offset) % len(PROJECTS)]
        done = random.random() < 0.5
        done_on = date(2023, 9, 1) + timedelta(days=random.randrange(500))
        project = Project.objects.create(
            programme=programme,
            commune=commune,
            topic_id=topic,
            title=title,
            status=Project.Status.DONE if done else Project.Status.UNDER_WAY,
            starts_on=done_on - timedelta(days=150),
            ends_on=done_on if done else timezone.localdate() + timedelta(days=random.randrange(20, 200)),
            done_on=done_on if done else None,
            investment=Decimal(investment),
            public_summary=f"{title} in {commune}.",
            released_at=timezone.now() if done else None,
        )
        ProjectLead.objects.create(project=project, patron=patron)
        inputs = {"kwh_used": str(before)} if after is None else {"kwh_before": str(before), "kwh_after": str(after)}
        measure = Measure.objects.create(
            project=project,
            kind=kind,
            status=Measure.Status.DONE if done else Measure.Status.PLANNED,
            done_on=done_on if done else None,
            inputs=inputs if before else {},
        )
        if before:
            freeze(measure, by)
        if random.random() < 0.6:
            amount = Decimal(investment) * Decimal("0.25")
            FundingApplication.objects.create(
                project=project,
                funding_programme=funding,
                status=FundingApplication.Status.GRANTED if done else FundingApplication.Status.SUBMITTED,
                applied_for=amount,
                granted=amount if done else None,
                submitted_on=done_on - timedelta(days=120),
                decided_on=done_on - timedelta(days=60) if done else None,
            )


def make_open_cases(
    agency: Agency, programme: Programme, communes: list[Commune], crowd: Iterator[Person], by: User
) -> None:
    """Give an agency registrations and volunteers in every open state, deadlines and tasks."""
    states = [
        Registration.Status.CONFIRMED,
        Registration.Status.CONFIRMED,
        Registration.Status.IN_REVIEW,
        Registration.Status.ASKED_BACK,
        Registration.Status.WAITING_LIST,
        Registration.Status.INTERESTED,
    ]
    now = timezone.now()
    with agency_context(agency):
        manager = Membership.objects.get(user=by)
        for days, (commune, status) in enumerate(zip(communes, states, strict=False), start=1):
            person = next(crowd)
            Registration.objects.create(
                programme=programme,
                commune=commune,
                status=status,
                contact_name=person.name,
                contact_function="Bürgermeisterei",
                email=person.email,
                message="Wir haben über den Landkreis von Ihrem Angebot gehört und möchten gerne mitmachen.",
                received_at=now - timedelta(days=days * 3),
                confirmed_at=None if status == Registration.Status.INTERESTED else now - timedelta(days=days * 3),
                question="Gibt es schon einen Ratsbeschluss?" if status == Registration.Status.ASKED_BACK else "",
                assigned_to=manager,
            )
        for commune, patron_status in zip(
            communes[6:], [Patron.Status.CONFIRMED, Patron.Status.TALK_HELD] * 2, strict=False
        ):
            person = next(crowd)
            Patron.objects.create(
                programme=programme,
                status=patron_status,
                first_name=person.first_name,
                last_name=person.last_name,
                email=person.email,
                home=commune,
                topics=["energy", "mobility"],
                motivation="Ich habe Zeit und möchte im Ort etwas bewegen.",
                confirmed_at=now - timedelta(days=5),
            )
        today = timezone.localdate()
        for partnership, days in zip(Partnership.objects.official()[:4], [-3, 0, 2, 9], strict=False):
            set_deadline(
                partnership,
                Deadline.Kind.FOLLOW_UP,
                title=f"Nachfassen: {partnership.commune}",
                due_on=today + timedelta(days=days),
                owner=by,
            )
        Task.objects.create(title="Zwischennachweis vorbereiten", due_on=today + timedelta(days=20), owner=by)


def make_helga(agency: Agency, programme: Programme, commune: Commune, by: User) -> None:
    """Take the patron of the demo's login through interest, talk, match and appointment by the real services."""
    with agency_context(agency):
        helga = Patron.objects.create(
            programme=programme,
            status=Patron.Status.CONFIRMED,
            first_name="Helga",
            last_name="Brandt",
            email="patin@example.org",
            phone="+49 6131 0000001",
            home=commune,
            topics=["energy", "buildings"],
            motivation="Nach dreißig Jahren als Lehrerin möchte ich im Ort etwas weitergeben.",
            confirmed_at=timezone.now(),
        )
        patrons.hold_talk(helga, by=by)
        helga.refresh_from_db()
        patrons.match(helga, commune, by=by)
        helga.refresh_from_db()
        patrons.appoint(
            helga,
            commune,
            by=by,
            on=timezone.localdate() - timedelta(days=40),
            place=commune.name,
            signed_by="Silke Morgenroth",
            signed_function="Ortsbürgermeisterin",
        )
        helga.refresh_from_db()
        helga.user.set_password(DEMO_PASSWORD)
        helga.user.save()
        project = projects.create_project(
            by=helga.user,
            programme=programme,
            commune=commune,
            topic_id="lighting",
            title="Neue Lampen für den Dorfplatz",
            ends_on=timezone.localdate() + timedelta(days=3),
            investment=Decimal(24_000),
        )
        projects.add_measure(
            project,
            by=helga.user,
            kind=MeasureKind.LED_STREET_LIGHTING,
            title="",
            inputs={"kwh_before": "18500", "kwh_after": "6200"},
        )
        Activity.objects.create(
            patron=helga, on=timezone.localdate() - timedelta(days=6), hours=Decimal(2), what="Infostand"
        )
        for coming in TrainingSession.objects.filter(starts_at__gt=timezone.now())[:1]:
            Enrolment.objects.create(session=coming, patron=helga)
