"""KlikK aktiv: the pilot with exactly its published totals.

Published: 44 patrons, 37 municipalities, 178 projects, 15,000 t CO2e avoided a year, about 20 million euro of
investment. The single projects are invented; their savings come from the portal's own calculation and add up.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from agencies.models import Agency, Programme, User
from communes.models import Commune, Partnership
from klikks.tenancy import agency_context
from patrons.models import Appointment, Patron
from projects.measures.calculation import calculate
from projects.measures.kinds import MeasureKind
from projects.measures.services import frozen
from projects.models import Measure, Project, ProjectLead, Saving
from website.demo.people import Person

COMMUNES, PATRONS, PROJECTS, AWARENESS = 37, 44, 178, 20
KG_A_YEAR = Decimal(15_000_000)
INVESTMENT = Decimal(20_000_000)
# All savings are calculated with the factors of one day, so that the sum stays exact when newer factors are published.
COUNTED_ON = date(2019, 12, 31)

# kind, topic, title, share of the heat or electricity that remains
WORK = [
    (MeasureKind.LED_STREET_LIGHTING, "lighting", "LED-Straßenbeleuchtung {commune}", Decimal("0.3")),
    (MeasureKind.PV_OWN_USE, "energy", "Solarstrom auf der Kita {commune}", None),
    (MeasureKind.HEAT_SAVING_OIL, "buildings", "Dämmung des Dorfgemeinschaftshauses {commune}", Decimal("0.4")),
    (MeasureKind.HEAT_SAVING_GAS, "buildings", "Heizungsoptimierung im Rathaus {commune}", Decimal("0.7")),
    (MeasureKind.POWER_SAVING, "energy", "Energiemanagement in der Grundschule {commune}", Decimal("0.6")),
    (MeasureKind.PV_OWN_USE, "energy", "Solarstrom auf dem Bauhof {commune}", None),
    (MeasureKind.HEAT_SAVING_OIL, "buildings", "Nahwärme für den Ortskern {commune}", Decimal("0.2")),
]
CAMPAIGNS = [
    ("mobility", "Mitfahrbank {commune}"),
    ("nature", "Blühstreifen und Hecken in {commune}"),
    ("awareness", "Energieabend für Hausbesitzer:innen in {commune}"),
    ("consumption", "Repair-Café {commune}"),
]


def build_pilot(
    agency: Agency, programme: Programme, communes: list[Commune], crowd: Iterator[Person], by: User
) -> None:
    """Fill the finished pilot with its municipalities, patrons and projects."""
    random = Random(2018)  # noqa: S311  (the demo shall look the same everywhere)
    communes = communes[:COMMUNES]
    with agency_context(agency):
        _partnerships(programme, communes, random)
        patrons = [_patron(programme, communes[i % COMMUNES], next(crowd), random) for i in range(PATRONS)]
        _projects(programme, communes, patrons, random, by)


def _partnerships(programme: Programme, communes: list[Commune], random: Random) -> None:
    for commune in communes:
        since = date(2018, 3, 1) + timedelta(days=random.randrange(500))
        Partnership.objects.create(
            programme=programme,
            commune=commune,
            status=Partnership.Status.ENDED,
            since=since,
            ended_on=programme.ends_on,
            created_at=noon(since),
        )


def _patron(programme: Programme, commune: Commune, person: Person, random: Random) -> Patron:
    appointed_on = date(2018, 6, 1) + timedelta(days=random.randrange(600))
    patron = Patron.objects.create(
        programme=programme,
        status=Patron.Status.FAREWELL,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        home=commune,
        phone=person.phone,
        matched_commune=commune,
        received_at=noon(appointed_on - timedelta(days=90)),
        consented_at=noon(appointed_on - timedelta(days=90)),
        confirmed_at=noon(appointed_on - timedelta(days=89)),
    )
    Appointment.objects.create(
        patron=patron,
        commune=commune,
        appointed_on=appointed_on,
        ended_on=programme.ends_on,
        place=commune.name,
        signed_by=f"Ortsgemeinde {commune}",
    )
    return patron


def _projects(programme: Programme, communes: list[Commune], patrons: list[Patron], random: Random, by: User) -> None:
    kwh = iter(_kwh_saved(random))
    investments = iter(_investments(random))
    for number in range(PROJECTS):
        commune = communes[number % COMMUNES]
        done_on = date(2019, 1, 15) + timedelta(days=random.randrange(1000))
        topic, title = CAMPAIGNS[number % len(CAMPAIGNS)]
        work = None
        if number >= AWARENESS:
            kind, saved = next(kwh)
            work = next(item for item in WORK[number % len(WORK) :] + WORK if item[0] == kind)
            topic, title = work[1], work[2]
        project = Project.objects.create(
            programme=programme,
            commune=commune,
            topic_id=topic,
            title=title.format(commune=commune),
            status=Project.Status.DONE,
            starts_on=done_on - timedelta(days=200),
            ends_on=done_on,
            done_on=done_on,
            investment=next(investments),
            public_summary=f"{title.format(commune=commune)}: im Pilotvorhaben KlikK aktiv von einer Klimaschutzpatin "
            "oder einem Klimaschutzpaten angestoßen und umgesetzt.",
            created_at=noon(done_on - timedelta(days=260)),
            released_at=noon(done_on),
        )
        ProjectLead.objects.create(project=project, patron=patrons[number % PATRONS])
        measure = Measure.objects.create(
            project=project,
            kind=work[0] if work else MeasureKind.AWARENESS,
            status=Measure.Status.DONE,
            done_on=done_on,
            inputs=_inputs(saved, work[3]) if work else {},
            created_at=noon(done_on - timedelta(days=220)),
        )
        if work:
            freeze(measure, by, COUNTED_ON)


def _inputs(saved: int, remaining: Decimal | None) -> dict[str, str]:
    """Return the numbers somebody would have entered for this yearly saving in kWh."""
    if remaining is None:
        return {"kwh_used": str(saved)}
    after = (saved * remaining / (1 - remaining)).quantize(Decimal(1))
    return {"kwh_before": str(saved + after), "kwh_after": str(after)}


def noon(day: date) -> datetime:
    """Return noon of a day in Berlin."""
    return timezone.make_aware(datetime.combine(day, time(12)))


def freeze(measure: Measure, by: User, on: date | None = None) -> Saving:
    """Calculate and store the measure's saving, with the factors of a day (today if None)."""
    saving = frozen(measure, calculate(measure.kind, measure.inputs, on), Saving.Quality.CALCULATED, by)
    saving.calculated_at = measure.created_at
    saving.save()
    return saving


def _kwh_saved(random: Random) -> list[tuple[str, int]]:
    """Return kind and whole kWh saved a year of each counted project, so that their kg add up exactly.

    All but two are drawn; the last two, one of natural gas and one of electricity, take up the remainder.
    """
    factors = {
        kind: calculate(
            kind, {"kwh_used": "1"} if remaining is None else {"kwh_before": "2", "kwh_after": "1"}, COUNTED_ON
        )
        .factors.popitem()[1]
        .value
        for kind, _topic, _title, remaining in WORK
    }
    drawn = PROJECTS - AWARENESS - 2
    weights = [random.uniform(0.2, 2.0) for _ in range(drawn)]
    share = KG_A_YEAR * Decimal("0.99") / Decimal(str(sum(weights)))
    saved = []
    for number, weight in enumerate(weights):
        kind = WORK[number % len(WORK)][0]
        saved.append((kind, int(share * Decimal(str(weight)) / factors[kind] / 1000) * 1000))
    rest = KG_A_YEAR - sum(factors[kind] * kwh for kind, kwh in saved)
    gas, power = factors[MeasureKind.HEAT_SAVING_GAS], factors[MeasureKind.POWER_SAVING]
    gas_kwh = next(kwh for kwh in range(1, 20_000) if (rest - gas * kwh) % power == 0)
    power_kwh = int((rest - gas * gas_kwh) / power)
    return [*saved, (MeasureKind.HEAT_SAVING_GAS, gas_kwh), (MeasureKind.POWER_SAVING, power_kwh)]


def _investments(random: Random) -> list[Decimal]:
    """Return an amount in euro for each project; together the published sum."""
    weights = [random.uniform(0.1, 2.0) for _ in range(PROJECTS)]
    amounts = [Decimal(int(float(INVESTMENT) * weight / sum(weights) / 100) * 100) for weight in weights]
    amounts[-1] += INVESTMENT - sum(amounts)
    return amounts
