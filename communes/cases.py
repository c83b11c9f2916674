"""Everything known about a registration, for the one screen on which staff decide about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, DateTimeField, F, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce
from django.utils.module_loading import import_string

from agencies.models import Transition
from communes.distance import km_from
from communes.models import Commune, Contact, Outreach, Partnership, Registration
from deadlines.models import Job, OutboxMail
from klikks.links import without_tokens

NEAR_KM = 60
NEIGHBOURS, CONTACTS = 5, 8
LABELS: dict[str, dict[str, Any]] = {
    "move": dict(Registration.Status.choices),
    "mail": dict(OutboxMail.Status.choices),
    "outreach": dict(Outreach.Channel.choices),
    "letter": dict(Job.Status.choices),
}


@dataclass(frozen=True)
class Event:
    """Something that happened: a `move`, a `mail`, a `letter`, or an `outreach` to the municipality.

    `label` names the state or channel, `ref` is the row's key.
    """

    kind: str
    at: datetime
    title: str
    text: str
    status: str
    who: str
    ref: str

    @property
    def label(self) -> str:
        """The state or channel in words."""
        return str(LABELS[self.kind].get(self.status, self.status))


@dataclass(frozen=True)
class Case:
    """A registration with what surrounds it. `facts` are what rooms above know: label and value."""

    registration: Registration
    others: list[Registration]
    partnerships: list[Partnership]
    neighbours: list[Any]
    contacts: list[Contact]
    events: list[Event]
    facts: list[tuple[str, str]]


def case_of(registration: Registration) -> Case:
    """Return what is known about a registration and its municipality; four queries, and one a fact from above."""
    commune = registration.commune
    partnerships = _partnerships(commune)
    return Case(
        registration=registration,
        others=list(
            Registration.objects.filter(commune=commune)
            .exclude(pk=registration.pk)
            .select_related("programme", "commune")
            .order_by("-received_at")
        ),
        partnerships=[each for each in partnerships if each.commune_id == commune.pk],
        neighbours=[each for each in partnerships if each.commune_id != commune.pk][:NEIGHBOURS],
        contacts=list(_contacts(commune)[:CONTACTS]),
        events=timeline(registration),
        facts=[import_string(name)(commune) for name in settings.CASE_FACTS],
    )


def timeline(registration: Registration) -> list[Event]:
    """Return what happened with a registration, and the outreach to its municipality, the newest first; one query."""
    about = {"subject_type": ContentType.objects.get_for_model(Registration), "subject_id": registration.pk}
    parts = [
        _events(
            Transition.objects.filter(**about),
            "move",
            at=F("at"),
            title=F("source"),
            text=F("reason"),
            status=F("target"),
            who=F("by__membership__name"),
        ),
        _events(
            OutboxMail.objects.filter(**about),
            "mail",
            at=F("created_at"),
            title=F("subject_line"),
            text=F("text"),
            status=F("status"),
            who=F("recipient"),
        ),
        _events(
            Job.objects.filter(kind=Job.Kind.REGISTRATION_LETTER, **about),
            "letter",
            at=F("ordered_at"),
            title=KT("parameters__subject_line"),
            text=KT("parameters__text"),
            status=F("status"),
            who=F("ordered_by__membership__name"),
            ref=F("key"),
        ),
        _events(
            Outreach.objects.filter(commune=registration.commune_id),
            "outreach",
            at=Cast("on", DateTimeField()),
            title=F("next_step"),
            text=F("result"),
            status=F("channel"),
            who=F("by__name"),
        ),
    ]
    rows = parts[0].union(*parts[1:], all=True).order_by("-event_at", "-event_ref")
    return [Event(kind, at, title, without_tokens(text), *rest) for kind, at, title, text, *rest in rows]


def _events(rows: QuerySet[Any], kind: str, *, at: Any, ref: Any = None, **columns: Any) -> QuerySet[Any]:
    """Return rows of one table as the columns of an event."""
    texts = {
        f"event_{name}": Coalesce(Cast(value, TextField()), Value("", TextField())) for name, value in columns.items()
    }
    annotated = rows.order_by().annotate(
        event_kind=Value(kind, CharField()), event_at=at, **texts, event_ref=Cast(ref or F("pk"), TextField())
    )
    names = ("kind", "at", "title", "text", "status", "who", "ref")
    return annotated.values_list(*(f"event_{name}" for name in names))


def _partnerships(commune: Commune) -> list[Any]:
    """Return the municipality's partnerships of all times, and open ones nearby with their `km`, the nearest first."""
    known = Q(commune=commune)
    rows = Partnership.objects.select_related("commune", "programme", "manager")
    if commune.latitude is None or commune.longitude is None:
        return list(rows.filter(known))
    near = rows.annotate(km=km_from(("commune__latitude", "commune__longitude"), commune))
    open_ones = Q(pk__in=Partnership.objects.open().values("pk"), km__lte=NEAR_KM)
    return list(near.filter(known | open_ones).order_by("km", "pk")[: NEIGHBOURS + 5])


def _contacts(commune: Commune) -> QuerySet[Contact]:
    """Return the people of a municipality, and those of its district."""
    here = Q(commune=commune)
    if commune.district_id:
        here |= Q(district=commune.district_id)
    return Contact.objects.filter(here).order_by("district", "name")
