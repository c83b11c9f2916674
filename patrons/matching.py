"""Who fits where: suggestions with their reasons, ranked by the database.

Places within reach come first. Among them, points count: up to three for nearness (three next door, none at the edge
of the reach), one for each shared topic (at most three), one where nobody serves yet, and up to one for the hours a
patron has (one from twenty a month on). Beyond the reach only the distance counts. Topics of a municipality are those
of its projects. Distances run along the great circle between the centres.
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
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Greatest, Least
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Topic
from communes.distance import km_between
from communes.models import Commune, Partnership
from patrons.models import Appointment, Patron

NEXT_DOOR_KM = 0.5
NEAR_KM = 25
NEARNESS_POINTS = 3.0
MOST_TOPICS = 3
PLENTY_OF_HOURS = 20.0


@dataclass(frozen=True)
class Suggestion:
    """A patron and a municipality that may fit, and why. `km` is None where one of the places has no position."""

    patron: Patron
    commune: Commune
    km: float | None
    reasons: tuple[str, ...]


class SharedTopics(Func):
    """How many topics two arrays share."""

    template = "cardinality(ARRAY(SELECT unnest(%(expressions)s)))"
    arg_joiner = ") INTERSECT SELECT unnest("
    output_field = IntegerField()


def suggest_matches(commune: Commune, limit: int = 10) -> list[Suggestion]:
    """Return the patrons who fit a municipality best, the best first; four queries.

    Looks among those who wait for a municipality or serve another one, in the programmes in which the municipality is
    a partner (in all programmes as long as it is none).
    """
    wanted = _topics_of(commune)
    patrons = list(_rank_patrons(_candidates(commune), commune, wanted)[:limit])
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
    here = (Value(commune.latitude), Value(commune.longitude))
    near = patrons.annotate(km=km_between(F("home__latitude"), F("home__longitude"), *here)).filter(km__lte=NEAR_KM)
    return near.count()


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


def _rank_patrons(candidates: QuerySet[Patron], commune: Commune, wanted: list[str]) -> QuerySet[Any]:
    serving = Q(appointments__isnull=False, appointments__ended_on__isnull=True)
    reach = Greatest(F("reach_km"), 1)
    return (
        candidates.select_related("home")
        .annotate(
            km=km_between(F("home__latitude"), F("home__longitude"), Value(commune.latitude), Value(commune.longitude)),
            shared=SharedTopics(F("topics"), Cast(Value(wanted), ArrayField(CharField()))),
            serves=ArrayAgg("appointments__commune__name", filter=serving, default=[]),
            serves_count=Count("appointments", filter=serving),
        )
        .annotate(
            points=_within(
                Q(km__lte=F("reach_km")),
                _nearness(reach)
                + Least(F("shared"), MOST_TOPICS)
                + _flag(Q(serves_count=0))
                + Least(F("hours_a_month") / PLENTY_OF_HOURS, 1.0),
            ),
        )
        .order_by("-points", F("km").asc(nulls_last=True), "pk")
    )


def _rank_communes(patron: Patron) -> QuerySet[Any]:
    here = patron.home
    in_office = Q(appointments__isnull=False, appointments__ended_on__isnull=True)
    partner = Partnership.objects.open().filter(commune=OuterRef("pk"), programme=patron.programme_id)
    serves_here = Appointment.objects.open().filter(commune=OuterRef("pk"), patron=patron)
    return (
        Commune.objects.filter(Exists(partner), ~Exists(serves_here))
        .annotate(
            km=km_between(F("latitude"), F("longitude"), Value(here.latitude), Value(here.longitude)),
            topics=_project_topics(),
            patron_count=Count("appointments", filter=in_office, distinct=True),
        )
        .annotate(
            points=_within(
                Q(km__lte=patron.reach_km),
                _nearness(Value(max(patron.reach_km, 1)))
                + Least(SharedTopics(F("topics"), Cast(Value(patron.topics), ArrayField(CharField()))), MOST_TOPICS)
                + _flag(Q(patron_count=0)),
            ),
        )
        .order_by("-points", F("km").asc(nulls_last=True), "pk")
    )


def _nearness(reach: Combinable) -> Combinable:
    return NEARNESS_POINTS * (1.0 - Least(Coalesce(F("km") / reach, 1.0), 1.0))


def _within(reach: Q, points: Combinable) -> Case:
    """Count points within the reach only; beyond it, and where there is no distance, -1."""
    return Case(When(reach, then=points), default=-1.0, output_field=FloatField())


def _flag(condition: Q) -> Case:
    return Case(When(condition, then=1), default=0)


def _reasons_for_patron(patron: Any, commune: Commune, wanted: Sequence[str], names: dict[str, str]) -> list[str]:
    """Say what speaks for a patron, as ranked (with `km` and `serves`)."""
    reasons = _way(patron, commune, patron.km)
    reasons += _shared(patron.topics, wanted, names)
    reasons.append(
        ngettext("%(count)d hour a month", "%(count)d hours a month", patron.hours_a_month)
        % {"count": patron.hours_a_month}
    )
    if patron.serves:
        reasons.append(_("already in office in %(places)s") % {"places": ", ".join(sorted(patron.serves))})
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
    return reasons


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
