"""Reads of trainings for those who take part."""

from django.db.models import BooleanField, Case, F, FilteredRelation, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from patrons.models import Patron
from trainings.models import Enrolment, TrainingSeries, TrainingSession


def coming_sessions(patron: Patron, *, limit: int | None = 3) -> QuerySet[TrainingSession]:
    """Return the next sessions a patron may attend, those of the own agency and those open to all; one query.

    Each carries `enrolment_status`: the patron's own status, None if not on the list, and `is_full`: whether all
    places are taken, counted over all agencies. Without a limit the rows can be narrowed further.
    """
    for_patrons = [TrainingSeries.Audience.PATRONS, TrainingSeries.Audience.NETWORK, TrainingSeries.Audience.CONFERENCE]
    own = FilteredRelation("enrolments", condition=Q(enrolments__patron=patron) & ~Q(enrolments__status="cancelled"))
    taken = Coalesce(F("taken_places__taken"), 0)
    sessions = (
        TrainingSession.objects.filter(
            Q(agency_id=patron.agency_id) | Q(series__across_agencies=True),
            series__programme_id=patron.programme_id,
            series__audience__in=for_patrons,
            ends_at__gt=timezone.now(),
        )
        .annotate(
            own=own,
            enrolment_status=F("own__status"),
            is_full=Case(When(places__lte=taken, then=Value(True)), default=False, output_field=BooleanField()),
        )
        .select_related("series")
        .order_by("starts_at")
    )
    return sessions if limit is None else sessions[:limit]


def past_enrolments(patron: Patron) -> QuerySet[Enrolment]:
    """Return what a patron has taken part in, the latest first; one query."""
    attended = Enrolment.objects.filter(patron=patron, status=Enrolment.Status.ATTENDED)
    return attended.select_related("session__series").order_by("-session__starts_at")
