"""Reads of trainings for those who take part."""

from typing import Any

from django.db.models import BooleanField, Case, F, FilteredRelation, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from communes.models import MunicipalAccess
from patrons.models import Patron
from trainings.models import Enrolment, Slot, TrainingMaterial, TrainingSeries, TrainingSession


def with_room(sessions: QuerySet[TrainingSession]) -> QuerySet[Any]:
    """Add `taken` and `is_full` to sessions: how many places are taken over all agencies, and whether all are."""
    taken = Coalesce(F("taken_places__taken"), 0)
    is_full = Case(When(places__lte=taken, then=Value(True)), default=False, output_field=BooleanField())
    return sessions.annotate(taken=taken, is_full=is_full)


def public_sessions() -> QuerySet[Any]:
    """Return the sessions to come that everybody may read about, the nearest first, with `taken` and `is_full`."""
    sessions = TrainingSession.objects.filter(
        series__audience__in=TrainingSeries.PUBLIC, over_at__gt=timezone.now(), cancelled_at=None
    )
    return with_room(sessions).select_related("series__programme", "agency").order_by("starts_at", "pk")


def shown_in_public() -> QuerySet[Any]:
    """Return the sessions that have a public page, also those held or cancelled, with their dates and programme."""
    sessions = TrainingSession.objects.filter(series__audience__in=TrainingSeries.PUBLIC)
    return with_room(with_programme(sessions)).select_related("series__programme", "agency", "host__commune")


def with_programme(sessions: QuerySet[TrainingSession]) -> QuerySet[TrainingSession]:
    """Load the further dates and the programme of sessions, with how many places of each slot are taken."""
    slots = Slot.objects.annotate(taken=Coalesce(F("taken_slot__taken"), 0))
    return sessions.prefetch_related("further_dates", Prefetch("slots", slots))


def coming_sessions(patron: Patron, *, limit: int | None = 3) -> QuerySet[Any]:
    """Return the next sessions a patron may attend, those of the own agency and those open to all; one query.

    Each carries `enrolment_status`: the patron's own status, None if not on the list, `enrolment`: its key, and
    `is_full`: whether all places are taken, counted over all agencies. Without a limit the rows can be narrowed
    further.
    """
    own = FilteredRelation("enrolments", condition=Q(enrolments__patron=patron) & ~Q(enrolments__status="cancelled"))
    sessions = TrainingSession.objects.filter(
        Q(agency_id=patron.agency_id) | Q(series__across_agencies=True),
        series__programme_id=patron.programme_id,
        series__audience__in=TrainingSeries.FOR_PATRONS,
        over_at__gt=timezone.now(),
        cancelled_at=None,
    )
    found = (
        with_room(sessions)
        .annotate(own=own, enrolment_status=F("own__status"), enrolment=F("own__pk"))
        .select_related("series")
        .order_by("starts_at")
    )
    return found if limit is None else found[:limit]


def sessions_for_municipality(own: MunicipalAccess) -> QuerySet[Any]:
    """Return the sessions to come for which a municipality may enrol its people, with `is_full`; one query."""
    sessions = TrainingSession.objects.filter(
        Q(agency_id=own.agency_id) | Q(series__across_agencies=True),
        series__audience__in=TrainingSeries.FOR_MUNICIPALITIES,
        starts_at__gt=timezone.now(),
        cancelled_at=None,
    )
    return with_room(sessions).select_related("series").order_by("starts_at", "pk")


def people_of_municipality(own: MunicipalAccess) -> QuerySet[Enrolment]:
    """Return whom a municipality has enrolled for sessions to come, by session and name; one query."""
    enrolments = Enrolment.objects.live().with_people().filter(guest__commune=own.commune_id)
    return enrolments.filter(session__over_at__gt=timezone.now()).order_by("session__starts_at", "guest__name")


def other_dates(session: TrainingSession) -> QuerySet[Any]:
    """Return the other sessions of a series to come that take registrations, with `is_full`; one query."""
    today = timezone.localdate()
    sessions = TrainingSession.objects.filter(
        Q(register_from=None) | Q(register_from__lte=today),
        Q(register_until=None) | Q(register_until__gte=today),
        series=session.series_id,
        starts_at__gt=timezone.now(),
        cancelled_at=None,
    )
    return with_room(sessions.exclude(pk=session.pk)).select_related("series").order_by("starts_at")


def materials_for(enrolment: Enrolment) -> QuerySet[TrainingMaterial]:
    """Return what a participant may read: all once the session has begun, before that what is meant for before."""
    materials = TrainingMaterial.objects.filter(session=enrolment.session_id)
    if enrolment.status not in Enrolment.TAKES_PART:
        return materials.none()
    return materials if enrolment.session.has_begun else materials.filter(when=TrainingMaterial.When.BEFORE)
