"""What the public start page shows. Each function says how often it asks the database."""

from django.utils import timezone

from agencies.models import Programme
from communes.models import ParticipationWindow
from reports.figures import FigureValue, public_totals_of


def results() -> list[tuple[Programme, list[FigureValue]]]:
    """Return what each programme of volunteers has reached, the newest first; two queries.

    A programme that has reached nothing yet is left out.
    """
    programmes = list(Programme.objects.filter(kind=Programme.Kind.VOLUNTEERS))
    totals = public_totals_of(programmes)
    return [
        (programme, totals[programme.pk])
        for programme in programmes
        if any(value.total for value in totals[programme.pk])
    ]


def networks() -> list[Programme]:
    """Return the networks of twinned towns, the newest first; one query."""
    return list(Programme.objects.filter(kind=Programme.Kind.TWINNING, twinnings__isnull=False).distinct())


def coming_windows() -> list[ParticipationWindow]:
    """Return the participation windows that are open or will open, by programme and state; one query."""
    windows = ParticipationWindow.objects.filter(closes_on__gte=timezone.localdate(), agency__state__isnull=False)
    return list(
        windows.select_related("agency__state", "programme").order_by(
            "-programme__starts_on", "programme", "agency__state__name", "opens_on"
        )
    )
