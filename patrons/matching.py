"""Who fits where: suggestions with their reasons, ranked by the database.

Places within reach come first. Among them, points count: up to three for nearness (three next door, none at the edge
of the reach), one for each shared topic (at most three), one where nobody serves yet, one for the municipality's
language, and up to one for the free hours of a patron (one from twenty a month on): those given as possible, minus
those planned for other appointments where they are known. Beyond the reach only the distance counts. Topics of a
municipality are those of its projects. Distances run along the great circle between the centres.

Ten thousand patrons are ranked for a municipality in one pass over the table (`script/bench matching`): what costs a
look-up a row is asked only for patrons in office, and what is only shown is read for those who are shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    FloatField,
    Func,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Greatest, Least
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Topic
from communes.distance import km_from
from communes.models import Commune, Partnership
from patrons.models import SPOKEN_LANGUAGES, Appointment, Patron

NEXT_DOOR_KM = 0.5
NEAR_KM = 25
NEARNESS_POINTS = 3.0
MOST_TOPICS = 3
PLENTY_OF_HOURS = 20.0
# The language of a municipality, by its country; elsewhere every language will do.
LANGUAGES = {"DE": "de", "AT": "de", "PT": "pt", "LT": "lt", "PL": "pl", "FR": "fr", "TR": "tr", "UA": "uk"}


@dataclass(frozen=True)
class Suggestion:
    """A patron and a municipality that may fit, and why. `km` is None where one of the places has no position."""

    patron: Patron
    commune: Commune
    km: float | None
    reasons: tuple[str, ...]

    @property
    def is_within_reach(self) -> bool:
        """Whether the patron would travel as far."""
        return self.km is not None and self.km <= self.patron.reach_km


class SharedTopics(Func):
    """How many topics two arrays share."""

    template = "cardinality(ARRAY(SELECT unnest(%(expressions)s)))"
    arg_joiner = ") INTERSECT SELECT unnest("
    output_field = IntegerField()


def suggest_matches(commune: Commune, limit: int = 10) -> list[Suggestion]:
    """Return the patrons who fit a municipality best, the best first; six queries.

    Looks among those who wait for a municipality or serve another one, in the programmes in which the municipality is
    a partner (in all programmes as long as it is none).
    """
    wanted = _topics_of(commune)
    patrons = _with_details(rank_patrons(commune, wanted)[:limit])
    names = topic_names(topic for patron in patrons for topic in patron.topics)
    return [
        Suggestion(patron, commune, patron.km, tuple(_reasons_for_patron(patron, commune, wanted, names)))
        for patron in patrons
    ]


def suggest_communes(patron: Patron, limit: int = 10) -> list[Suggestion]:
    """Return the partner municipalities that fit a patron best, the best first; two queries.

    Leaves out those in which the patron serves.
    """
    communes = list(_rank_communes(patron)[:limit])
    names = topic_names(patron.topics)
    return [
        Suggestion(patron, commune, commune.km, tuple(_reasons_for_commune(commune, patron, names)))
        for commune in communes
    ]


def count_near(commune: Commune) -> int:
    """Return how many patrons, in office or waiting for a municipality, live within `NEAR_KM` km; one query."""
    status = Patron.Status
    patrons = Patron.objects.filter(
        status__in=[status.CONFIRMED, status.TALK_HELD, status.MATCHED, status.APPOINTED, status.ACTIVE]
    )
    return patrons.annotate(km=km_from(("home__latitude", "home__longitude"), commune)).filter(km__lte=NEAR_KM).count()


def near_as_fact(commune: Commune) -> tuple[str, str]:
    """Say how many patrons live near a municipality: for the page on which staff decide about it."""
    label = _("Climate patrons within %(km)s km") % {"km": NEAR_KM}
    return label, number_format(count_near(commune))


def topic_names(slugs: Iterable[str]) -> dict[str, str]:
    """Return the names of topics in the reader's language, by their short names."""
    return {topic.pk: str(topic) for topic in Topic.objects.filter(pk__in=set(slugs))}


def _candidates(commune: Commune) -> QuerySet[Patron]:
    status = Patron.Status
    serves_here = Appointment.objects.open().filter(patron=OuterRef("pk"), commune=commune)
    candidates = Patron.objects.filter(
        ~Exists(serves_here), status__in=[status.CONFIRMED, status.TALK_HELD, status.APPOINTED, status.ACTIVE]
    )
    programmes = list(Partnership.objects.open().filter(commune=commune).values_list("programme_id", flat=True))
    return candidates.filter(programme__in=programmes) if programmes else candidates


def _topics_of(commune: Commune) -> list[str]:
    """Return the topics on which a municipality works."""
    found = Commune.objects.filter(pk=commune.pk).aggregate(topics=_project_topics())
    return found["topics"]


def _project_topics() -> ArrayAgg:
    return ArrayAgg(
        "projects__topic", distinct=True, filter=Q(projects__isnull=False) & ~Q(projects__status="dropped"), default=[]
    )


def rank_patrons(commune: Commune, wanted: list[str]) -> QuerySet[Any]:
    """Return all who may serve in a municipality that works on the topics `wanted`, the best first.

    As dictionaries of `pk`, `km` and `free_hours`: rows of people are wide, and only a few of them are shown.
    """
    serving = Appointment.objects.open().filter(patron=OuterRef("pk")).order_by()
    taken = serving.values("patron").annotate(hours=Sum("hours_a_month")).values("hours")
    in_office = Q(status__in=Patron.IN_OFFICE)
    reach = Greatest(F("reach_km"), 1)
    return (
        _candidates(commune)
        .annotate(
            km=km_from(("home__latitude", "home__longitude"), commune),
            shared=SharedTopics(F("topics"), Cast(Value(wanted), ArrayField(CharField()))),
            serves_nowhere=Case(When(in_office & Exists(serving), then=0), default=1),
            free_hours=Greatest(
                F("hours_a_month") - Case(When(in_office, then=Coalesce(Subquery(taken), 0)), default=0), 0
            ),
        )
        .annotate(
            points=_within(
                Q(km__lte=F("reach_km")),
                _nearness(reach)
                + Least(F("shared"), MOST_TOPICS)
                + F("serves_nowhere")
                + _flag(_speaks(commune))
                + Least(F("free_hours") / PLENTY_OF_HOURS, 1.0),
            ),
        )
        .order_by(F("points").desc(nulls_last=True), "pk")
        .values("pk", "km", "free_hours")
    )


def _with_details(ranked: QuerySet[Any]) -> list[Any]:
    """Return the patrons of a ranking with all that is shown of them, each with its `km` and `free_hours`."""
    rows = list(ranked)
    offices = Prefetch("appointments", Appointment.objects.open().select_related("commune"))
    people = Patron.objects.select_related("home").prefetch_related(offices).in_bulk([row["pk"] for row in rows])
    patrons: list[Any] = [people[row["pk"]] for row in rows]
    for patron, row in zip(patrons, rows, strict=True):
        patron.km, patron.free_hours = row["km"], row["free_hours"]
    return patrons


def _rank_communes(patron: Patron) -> QuerySet[Any]:
    in_office = Q(appointments__isnull=False, appointments__ended_on__isnull=True)
    partner = Partnership.objects.open().filter(commune=OuterRef("pk"), programme=patron.programme_id)
    serves_here = Appointment.objects.open().filter(commune=OuterRef("pk"), patron=patron)
    return (
        Commune.objects.filter(Exists(partner), ~Exists(serves_here))
        .annotate(
            km=km_from(("latitude", "longitude"), patron.home),
            topics=_project_topics(),
            patron_count=Count("appointments", filter=in_office, distinct=True),
        )
        .annotate(
            points=_within(
                Q(km__lte=patron.reach_km),
                _nearness(Value(max(patron.reach_km, 1)))
                + Least(SharedTopics(F("topics"), Cast(Value(patron.topics), ArrayField(CharField()))), MOST_TOPICS)
                + _flag(Q(patron_count=0))
                + _flag(_understands(patron)),
            ),
        )
        .order_by(F("points").desc(nulls_last=True), "pk")
    )


def _nearness(reach: Combinable) -> Combinable:
    return NEARNESS_POINTS * (1.0 - Least(Coalesce(F("km") / reach, 1.0), 1.0))


def _within(reach: Q, points: Combinable) -> Case:
    """Count points within the reach; beyond it the nearer the better, always below zero. NULL without a distance."""
    return Case(When(reach, then=points), default=-1.0 - F("km"), output_field=FloatField())


def _flag(condition: Q) -> Case:
    return Case(When(condition, then=1), default=0)


def _reasons_for_patron(patron: Any, commune: Commune, wanted: Sequence[str], names: dict[str, str]) -> list[str]:
    """Say what speaks for a patron, and what against, as ranked (with `km` and `free_hours`)."""
    reasons = _way(patron, commune, patron.km)
    reasons += _shared(patron.topics, wanted, names)
    reasons.append(_hours(patron.hours_a_month, patron.free_hours))
    reasons += _language(patron, commune)
    places = sorted(appointment.commune.name for appointment in patron.appointments.all())
    if places:
        reasons.append(_("already in office in %(places)s") % {"places": ", ".join(places)})
    return reasons


def _reasons_for_commune(commune: Any, patron: Patron, names: dict[str, str]) -> list[str]:
    """Say what speaks for a municipality, as ranked (with `km`, `topics` and `patron_count`)."""
    reasons = _way(patron, commune, commune.km)
    reasons += _shared(patron.topics, commune.topics, names)
    if commune.patron_count:
        reasons.append(
            ngettext("has %(count)d climate patron", "has %(count)d climate patrons", commune.patron_count)
            % {"count": commune.patron_count}
        )
    else:
        reasons.append(_("has no climate patron yet"))
    return reasons + _language(patron, commune)


def _speaks(commune: Commune) -> Q:
    """Return the condition that a patron speaks the municipality's language."""
    language = LANGUAGES.get(commune.country, "")
    if not language:
        return Q(pk__isnull=False)
    return Q(languages__contains=[language]) | Q(languages=[], language=language)


def _understands(patron: Patron) -> Q:
    """Return the condition that a municipality's language is one the patron speaks."""
    spoken = patron.languages or [patron.language]
    return Q(country__in=[country for country, language in LANGUAGES.items() if language in spoken]) | ~Q(
        country__in=LANGUAGES
    )


def _language(patron: Patron, commune: Commune) -> list[str]:
    """Say which languages a patron speaks where that matters: several of them, or not the municipality's."""
    spoken, wanted = patron.languages or [patron.language], LANGUAGES.get(commune.country, "")
    names = {code: str(name) for code, name in SPOKEN_LANGUAGES}
    if wanted and wanted not in spoken:
        return [_("does not speak %(language)s") % {"language": names[wanted]}]
    if len(spoken) < 2:
        return []
    return [_("speaks %(languages)s") % {"languages": ", ".join(names[code] for code in spoken)}]


def _hours(possible: int, free: int) -> str:
    """Say how many hours a month somebody has, and how many of them are free."""
    if free < possible:
        return _("%(free)d of %(count)d hours a month free") % {"free": free, "count": possible}
    return ngettext("%(count)d hour a month", "%(count)d hours a month", possible) % {"count": possible}


def _way(patron: Patron, commune: Commune, km: float | None) -> list[str]:
    if patron.home_id == commune.pk:
        return [_("place of residence")]
    if km is None:
        return [_("distance unknown")]
    away = _("next door") if km < NEXT_DOOR_KM else _("%(km)s km away") % {"km": number_format(round(km))}
    if km <= patron.reach_km:
        return [away]
    return [away, _("farther than the %(km)s km wished for") % {"km": patron.reach_km}]


def _shared(topics: Sequence[str], wanted: Sequence[str], names: dict[str, str]) -> list[str]:
    shared = sorted(names.get(topic, topic) for topic in set(topics) & set(wanted))
    if not shared:
        return []
    label = ngettext("shared topic: %(topics)s", "shared topics: %(topics)s", len(shared))
    return [label % {"topics": ", ".join(shared)}]
