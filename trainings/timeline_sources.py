"""What this room adds to the timeline of a municipality."""

from typing import Any

from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Coalesce, Concat, NullIf
from django.utils.translation import gettext as _

from communes.models import Commune
from communes.timeline import Kind, Source, columns
from patrons.models import Appointment
from trainings.models import Enrolment


def attended(commune: Commune) -> QuerySet[Any]:
    """The trainings that patrons of the municipality have attended."""
    serving = Appointment.objects.filter(commune=commune).values("patron")
    rows = Enrolment.objects.filter(status=Enrolment.Status.ATTENDED, patron__in=serving)
    title = Coalesce(NullIf("session__title", Value("")), "session__series__title", output_field=TextField())
    who = Concat("patron__first_name", Value(" "), "patron__last_name", output_field=TextField())
    return columns(rows, "training", at="session__starts_at", title=title, who=who)


SOURCES = [
    Source(
        "training", Kind.TRAINING, "enrolment", "trainings_enrolment", attended, lambda code: _("Training attended")
    ),
]
