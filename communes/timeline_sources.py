"""What this room adds to the timeline of a municipality."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from agencies.models import Transition
from communes.models import Backing, Commune, Outreach, Partnership, Registration
from communes.timeline import Kind, Source, columns


def outreach(commune: Commune) -> QuerySet[Any]:
    """Calls, visits, mails, letters and events."""
    rows = Outreach.objects.filter(commune=commune)
    code = Concat("channel", Value(" "), "outcome", output_field=CharField())
    return columns(rows, "outreach", at="on", code=code, title="contact__name", text="result", who="by__name")


def outreach_words(code: str) -> str:
    """Say how somebody was approached, and with what result."""
    channel, _blank, outcome = code.partition(" ")
    words = str(Outreach.Channel(channel).label)
    return f"{words}: {Outreach.Outcome(outcome).label}" if outcome else words


def registered(commune: Commune) -> QuerySet[Any]:
    """That a registration came in."""
    rows = Registration.objects.filter(commune=commune)
    return columns(rows, "registered", at="received_at", title="contact_name", text="message")


def moves_of(model: type[Registration] | type[Partnership], commune: Commune, source: str) -> QuerySet[Any]:
    """The moves of the municipality's registrations or partnerships through their life cycle."""
    rows = Transition.objects.filter(
        subject_type=ContentType.objects.get_for_model(model),
        subject_id__in=model.objects.filter(commune=commune).values("pk"),
    )
    return columns(rows, source, at="at", key="subject_id", code="target", text="reason", who="by__membership__name")


def backings(commune: Commune) -> QuerySet[Any]:
    """Council resolutions and letters of support, on the day they are dated."""
    rows = Backing.objects.filter(partnership__commune=commune)
    return columns(rows, "backing", at="decided_on", code="kind", title="reference")


SOURCES = [
    Source("outreach", Kind.OUTREACH, "outreach", "communes_outreach", outreach, outreach_words),
    Source(
        "registered",
        Kind.DECISION,
        "registration",
        "communes_registration",
        registered,
        lambda code: _("Registration received"),
    ),
    Source(
        "registration",
        Kind.DECISION,
        "registration",
        "communes_registration",
        lambda commune: moves_of(Registration, commune, "registration"),
        lambda code: _("Registration: %(status)s") % {"status": Registration.Status(code).label},
    ),
    Source(
        "partnership",
        Kind.DECISION,
        "partnership",
        "communes_partnership",
        lambda commune: moves_of(Partnership, commune, "partnership"),
        lambda code: _("Partnership: %(status)s") % {"status": Partnership.Status(code).label},
    ),
    Source(
        "backing",
        Kind.DOCUMENT,
        "backing",
        "communes_backing",
        backings,
        lambda code: str(Backing.Kind(code).label),
    ),
]
