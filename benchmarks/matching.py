"""Ten thousand patrons ranked for one municipality, beside the look-up of a row by its primary key."""

import re
from datetime import date
from random import Random

from django.db import connections, transaction
from django.utils import timezone

from agencies.models import Agency, Membership, Participation, Programme, State, User
from agencies.models.accounts import Role
from benchmarks.measure import Result, side_by_side
from communes.models import Commune, Partnership, searchable
from klikks.tenancy import agency_context
from patrons.matching import rank_patrons, suggest_matches
from patrons.models import Appointment, Patron

PATRONS = 10_000
SLUG = "bench-matching"
LONGEST_MS = 100.0
TOPICS = ("energy", "buildings", "mobility", "nature", "lighting")


def matching(scale: float) -> Result:
    """Measure the suggestions for a municipality; they must also take the database less than 100 ms."""
    rounds = max(int(100 * scale), 10)
    agency = _agency()
    with agency_context(agency):
        commune = Partnership.objects.select_related("commune").get().commune
        patron = Patron.objects.order_by("pk").first()
        assert patron is not None
        found, baseline = side_by_side(
            lambda: suggest_matches(commune), lambda: Patron.objects.get(pk=patron.pk), rounds=rounds
        )
        in_database = min(_execution_ms(commune) for _round in range(5))
    return Result(
        "matching",
        f"patrons for a municipality, among {PATRONS:,}",
        "look-up of one row by primary key",
        found,
        baseline,
        200 if in_database < LONGEST_MS else 0,
        rounds,
        {"in the database": f"{in_database:.0f} ms (bar {LONGEST_MS:.0f} ms)"},
    )


def patrons_manager() -> User:
    """Return the regional manager of the agency with 10,000 patrons."""
    agency, email = _agency(), f"{SLUG}@example.org"
    with agency_context(agency):
        user = User.objects.filter(email=email).first()
        if user is None:
            user = User.objects.create_user(email, agency=agency)
            Membership.objects.create(user=user, name="Eva Muster", role=Role.REGIONAL_MANAGER)
    return user


def _execution_ms(commune: Commune) -> float:
    """Return how long PostgreSQL says the ranking took, in ms."""
    plan = rank_patrons(commune, list(TOPICS[:2]))[:10].explain(analyze=True)
    said = re.search(r"Execution Time: ([\d.]+) ms", plan)
    assert said is not None
    return float(said[1])


def _agency() -> Agency:
    """Return an agency of its own with 10,000 patrons around one partner municipality; make it unless it is there.

    A tenth of them are in office elsewhere, with planned hours.
    """
    made = Agency.objects.filter(slug=SLUG).first()
    if made is not None:
        return made
    today, random = timezone.localdate(), Random(SLUG)
    with transaction.atomic():
        agency = Agency.objects.create(slug=SLUG, name=SLUG, short_name=SLUG, state=State.objects.get(code="DE-RP"))
        programme = Programme.objects.create(
            slug=SLUG, name=SLUG, starts_on=date(2022, 3, 1), ends_on=today.replace(year=today.year + 2)
        )
        with agency_context(agency):
            Participation.objects.create(agency=agency, programme=programme)
            places = list(Commune.objects.that_can_register().filter(state_id="DE-RP", latitude__isnull=False))
            Partnership.objects.create(programme=programme, commune=places[0], status="official", since=today)
            patrons = Patron.objects.bulk_create(
                _patron(agency, programme, number, places, random) for number in range(PATRONS)
            )
            Appointment.objects.bulk_create(
                Appointment(
                    agency=agency,
                    patron=patron,
                    commune=random.choice(places[1:]),
                    appointed_on=date(2024, 1, 1),
                    signed_by="Erika Muster",
                    hours_a_month=4,
                )
                for patron in patrons
                if patron.status == Patron.Status.ACTIVE
            )
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE patrons_patron, patrons_appointment")
    return agency


def _patron(agency: Agency, programme: Programme, number: int, places: list[Commune], random: Random) -> Patron:
    return Patron(
        agency=agency,
        programme=programme,
        status="active" if number % 10 == 0 else "talk_held",
        first_name="Erika",
        last_name=f"Muster {number}",
        sort_name=searchable(f"Muster {number} Erika"),
        email=f"{SLUG}-{number}@example.org",
        home=random.choice(places),
        reach_km=random.choice([10, 20, 40]),
        hours_a_month=random.choice([4, 8, 12, 20]),
        topics=random.sample(TOPICS, 2),
        confirmed_at=timezone.now(),
    )
