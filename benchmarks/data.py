"""The data set *today*: 8 agencies, 150 municipalities, 300 patrons, 2,000 projects, and the whole register."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from agencies.models import Agency, Membership, Programme, User
from agencies.models.accounts import Role
from communes.models import (
    Backing,
    Commune,
    Contact,
    Outreach,
    ParticipationWindow,
    Partnership,
    Registration,
    searchable,
)
from deadlines.models import Deadline
from klikks.tenancy import agency_context
from patrons.models import Activity, Appointment, Patron
from projects.measures.calculation import calculate
from projects.measures.factors import load_factors
from projects.measures.kinds import MeasureKind
from projects.measures.services import frozen
from projects.models import Measure, Project, ProjectLead, Saving
from website.demo import programmes
from website.demo.people import Person, people

COMMUNES, PATRONS, PROJECTS = 150, 300, 2000
# So many of them lie in one municipality that its report has about sixty pages.
REPORTED_PROJECTS = 536
REPORTED = "Berichtsdorf"
MANAGER = "bench@example.org"


def build() -> None:
    """Build the data set unless it is there. Takes about half a minute."""
    call_command("load_reference", if_empty=True, verbosity=0)
    if Programme.objects.filter(slug="klikks").exists():
        return
    with transaction.atomic():
        load_factors()
        programmes.make_topics()
        agencies = programmes.make_agencies()
        programme = programmes.make_klikks(agencies)
        crowd = _endless_people()
        for agency in agencies.values():
            if agency.state_id:
                with agency_context(agency):
                    _fill(agency, programme, crowd)


def manager() -> User:
    """Return the regional manager of the first agency."""
    with agency_context(Agency.objects.get(slug="rlp")):
        return User.objects.get(email=MANAGER)


def _fill(agency: Agency, programme: Programme, crowd: Iterator[Person]) -> None:
    """Give an agency its eighth of everything; the first agency also gets a municipality with a long report."""
    random = Random(agency.slug)
    first = agency.slug == "rlp"
    by = User.objects.create_user(MANAGER if first else f"bench-{agency.slug}@example.org", agency=agency)
    member = Membership.objects.create(user=by, role=Role.REGIONAL_MANAGER, name=f"Regional {agency.short_name}")
    today = timezone.localdate()
    ParticipationWindow.objects.create(
        agency=agency, programme=programme, opens_on=today - timedelta(days=30), closes_on=today + timedelta(days=30)
    )
    places = list(
        Commune.objects.that_can_register().filter(state_id=agency.state_id).order_by("ags")[: COMMUNES // 8 + 1]
    )
    _partnerships(programme, places, member, crowd, random)
    patrons = _patrons(agency, programme, places, PATRONS // 8 + 1, crowd, random)
    _projects(agency, programme, places, patrons, (PROJECTS - REPORTED_PROJECTS) // 8, by, random)
    if first:
        village = Commune.objects.create(official_name=REPORTED, ags="07999999", state_id="DE-RP", population=900)
        _partnerships(programme, [village], member, crowd, random)
        _projects(agency, programme, [village], patrons, REPORTED_PROJECTS, by, random)
        _waiting(agency, programme, places, crowd)


def _endless_people() -> Iterator[Person]:
    while True:
        yield from people()


def _partnerships(
    programme: Programme,
    places: list[Commune],
    member: Membership,
    crowd: Iterator[Person],
    random: Random,
) -> None:
    for place in places:
        since = date(2022, 9, 1) + timedelta(days=random.randrange(600))
        partnership = Partnership.objects.create(
            programme=programme, commune=place, status="official", since=since, manager=member
        )
        Backing.objects.create(partnership=partnership, kind="resolution", decided_on=since - timedelta(days=20))
        person = next(crowd)
        contact = Contact.objects.create(commune=place, function="mayor", name=person.name, email=person.email)
        Outreach.objects.create(commune=place, contact=contact, by=member, on=since, result="Erstgespräch")
        Deadline.objects.create(
            subject=partnership,
            kind="follow_up",
            title=f"Nachfassen {place}",
            due_on=timezone.localdate() + timedelta(days=random.randrange(-10, 90)),
            owner=member.user,
        )


def _patrons(
    agency: Agency, programme: Programme, places: list[Commune], count: int, crowd: Iterator[Person], random: Random
) -> list[Patron]:
    made = []
    for number in range(count):
        person, place = next(crowd), places[number % len(places)]
        made.append(
            Patron(
                agency=agency,
                programme=programme,
                status="active",
                first_name=person.first_name,
                last_name=person.last_name,
                sort_name=searchable(f"{person.last_name} {person.first_name}"),
                email=f"{agency.slug}-{number}@example.org",
                home=place,
                matched_commune=place,
                confirmed_at=timezone.now(),
            )
        )
    Patron.objects.bulk_create(made)
    Appointment.objects.bulk_create(
        Appointment(
            agency=agency,
            patron=patron,
            commune_id=patron.home_id,
            appointed_on=date(2023, 1, 1) + timedelta(days=random.randrange(600)),
            place=str(patron.home),
            signed_by="Erika Muster",
        )
        for patron in made
    )
    Activity.objects.bulk_create(
        Activity(agency=agency, patron=patron, on=date(2024, 1, 1 + week), hours=Decimal(2), what="Infostand")
        for patron in made
        for week in range(5)
    )
    return made


def _projects(
    agency: Agency,
    programme: Programme,
    places: list[Commune],
    patrons: list[Patron],
    count: int,
    by: User,
    random: Random,
) -> None:
    projects = []
    for number in range(count):
        done_on = date(2023, 1, 1) + timedelta(days=random.randrange(700))
        done = number % 3 > 0
        projects.append(
            Project(
                agency=agency,
                programme=programme,
                commune=places[number % len(places)],
                topic_id=("lighting", "energy", "buildings", "mobility")[number % 4],
                title=f"LED-Straßenbeleuchtung, Abschnitt {number + 1}",
                status="done" if done else "under_way",
                starts_on=done_on - timedelta(days=100),
                ends_on=done_on,
                done_on=done_on if done else None,
                investment=Decimal(random.randrange(2_000, 90_000)),
                public_summary="Neue Lampen sparen Strom und schonen Insekten.",
            )
        )
    Project.objects.bulk_create(projects)
    ProjectLead.objects.bulk_create(
        ProjectLead(agency=agency, project=project, patron=patrons[number % len(patrons)])
        for number, project in enumerate(projects)
    )
    measures = [
        Measure(
            agency=agency,
            project=project,
            kind=MeasureKind.LED_STREET_LIGHTING,
            title=f"Leuchtentausch {number + 1}",
            status="done" if project.done_on else "planned",
            done_on=project.done_on,
            inputs={"kwh_before": "18500", "kwh_after": "6200"},
        )
        for number, project in enumerate(projects)
    ]
    Measure.objects.bulk_create(measures)
    result = calculate(MeasureKind.LED_STREET_LIGHTING, {"kwh_before": 18500, "kwh_after": 6200})
    savings = [frozen(measure, result, Saving.Quality.CALCULATED, by) for measure in measures]
    for saving in savings:
        saving.agency = agency
    Saving.objects.bulk_create(savings)


def _waiting(agency: Agency, programme: Programme, places: list[Commune], crowd: Iterator[Person]) -> None:
    """Give the opening page registrations and volunteers that wait."""
    others = Commune.objects.that_can_register().filter(state_id=agency.state_id).order_by("-ags")[:20]
    for place in others:
        person = next(crowd)
        Registration.objects.create(
            programme=programme,
            commune=place,
            status="confirmed",
            contact_name=person.name,
            email=person.email,
            confirmed_at=timezone.now(),
        )
        Patron.objects.create(
            programme=programme,
            status="confirmed",
            first_name=person.first_name,
            last_name=person.last_name,
            email=f"waiting-{place.ags}@example.org",
            home=places[0],
            confirmed_at=timezone.now(),
        )
