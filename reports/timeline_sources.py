"""What this room adds to the timeline of a municipality."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet

from communes.models import Commune
from communes.timeline import Kind, Source, columns
from patrons.models import Appointment
from reports.models import Document, Report


def documents(commune: Commune) -> QuerySet[Any]:
    """Reports about the municipality, and the certificates of its patrons."""
    type_of = ContentType.objects.get_for_model
    reports, appointments = Report.objects.filter(commune=commune), Appointment.objects.filter(commune=commune)
    rows = Document.objects.filter(
        Q(subject_type=type_of(Report), subject_id__in=reports.values("pk"))
        | Q(subject_type=type_of(Appointment), subject_id__in=appointments.values("pk"))
    )
    return columns(rows, "document", at="created_at", code="kind", title="title")


SOURCES = [
    Source(
        "document",
        Kind.DOCUMENT,
        "document",
        "reports_document",
        documents,
        lambda code: str(Document.Kind(code).label),
    ),
]
