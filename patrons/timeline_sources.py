"""What this room adds to the timeline of a municipality."""

from typing import Any

from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from communes.models import Commune
from communes.timeline import Kind, Source, columns
from patrons.models import Appointment

NAME = Concat("patron__first_name", Value(" "), "patron__last_name", output_field=TextField())


def appointed(commune: Commune) -> QuerySet[Any]:
    """The official appointments of patrons."""
    rows = Appointment.objects.filter(commune=commune)
    return columns(rows, "appointed", at="appointed_on", title=NAME, text="place", who="signed_by")


def ended(commune: Commune) -> QuerySet[Any]:
    """The ends of appointments."""
    rows = Appointment.objects.filter(commune=commune, ended_on__isnull=False)
    return columns(rows, "appointment_ended", at="ended_on", title=NAME, text="end_reason")


SOURCES = [
    Source(
        "appointed",
        Kind.APPOINTMENT,
        "appointment",
        "patrons_appointment",
        appointed,
        lambda code: _("Appointed as climate patron"),
    ),
    Source(
        "appointment_ended",
        Kind.APPOINTMENT,
        "appointment",
        "patrons_appointment",
        ended,
        lambda code: _("Appointment ended"),
    ),
]
