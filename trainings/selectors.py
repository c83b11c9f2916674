"""Reads of trainings for those who take part."""

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.utils import timezone

from patrons.models import Patron
from trainings.models import TrainingSeries, TrainingSession


def coming_sessions(patron: Patron, *, limit: int = 3) -> QuerySet[TrainingSession]:
    """Return the next sessions a patron may attend, those of the own agency and those open to all; one query.

    Each carries `enrolment_status`: the patron's own status, None if not on the list.
    """
    for_patrons = [TrainingSeries.Audience.PATRONS, TrainingSeries.Audience.NETWORK, TrainingSeries.Audience.CONFERENCE]
    own = FilteredRelation("enrolments", condition=Q(enrolments__patron=patron) & ~Q(enrolments__status="cancelled"))
    return (
        TrainingSession.objects.filter(
            Q(agency_id=patron.agency_id) | Q(series__across_agencies=True),
            series__programme_id=patron.programme_id,
            series__audience__in=for_patrons,
            ends_at__gt=timezone.now(),
        )
        .annotate(own=own, enrolment_status=F("own__status"))
        .select_related("series")
        .order_by("starts_at")[:limit]
    )
