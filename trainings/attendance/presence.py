"""At which dates of a training somebody was, as the notes of the day say, and what follows from it.

A date is named by a number: the key of a further date, or FIRST for the session's own.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db.models import BigIntegerField, Case, Func, OuterRef, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from trainings.attendance.models import AttendanceEntry
from trainings.models import Enrolment, FurtherDate, TrainingSession

FIRST = 0
SECONDS_AN_HOUR = 3600


def number_of(one: TrainingSession | FurtherDate) -> int:
    """Return the number that names a date."""
    return FIRST if isinstance(one, TrainingSession) else one.pk


def date_of(session: TrainingSession, number: int) -> TrainingSession | FurtherDate:
    """Return the date of a session that a number names. Raises ValidationError for one that was taken away."""
    for one in session.dates:
        if number_of(one) == number:
            return one
    raise ValidationError(_("This date was taken away. Please load the page once more."))


def date_today(session: TrainingSession) -> TrainingSession | FurtherDate:
    """Return the date that is on now: the latest whose day has come, before that the first."""
    come = [one for one in session.dates if timezone.localdate(one.starts_at) <= timezone.localdate()]
    return max(come, key=lambda one: one.starts_at, default=session)


def date_nearest(session: TrainingSession, at: datetime) -> TrainingSession | FurtherDate:
    """Return the date that somebody means who is in the room at a moment: the one that runs, or else the nearest."""

    def distance(one: TrainingSession | FurtherDate) -> timedelta:
        return max(one.starts_at - at, at - one.ends_at, timedelta())

    return min(session.dates, key=distance)


def with_presence(enrolments: QuerySet[Any]) -> QuerySet[Any]:
    """Add `present` to enrolments of the context's agency: the numbers of the dates at which each person was."""
    notes = AttendanceEntry.objects.filter(enrolment=OuterRef("pk")).order_by("date_id", "-noted_at", "-pk")
    number = Case(When(is_present=True, then=Coalesce("date_id", FIRST, output_field=BigIntegerField())))
    latest = notes.distinct("date_id").annotate(number=number).values("number")
    # Of a date at which somebody was not, the number is missing.
    return enrolments.annotate(
        present=Func(
            ArraySubquery(latest), Value(None), function="array_remove", output_field=ArrayField(BigIntegerField())
        )
    )


def present_at(enrolment: Enrolment) -> list[int]:
    """Return the numbers of the dates at which somebody was; one query."""
    present: list[int] = (
        with_presence(Enrolment.objects.filter(pk=enrolment.pk)).values_list("present", flat=True).get()
    )
    return present


def dates_at(session: TrainingSession, numbers: Collection[int]) -> list[TrainingSession | FurtherDate]:
    """Return the dates of a session among some numbers, in order."""
    return [one for one in session.dates if number_of(one) in numbers]


def took_part(session: TrainingSession, numbers: Collection[int]) -> bool:
    """Whether somebody who was at some dates has taken part in the training."""
    return len(dates_at(session, numbers)) >= session.dates_needed


def hours_of(dates: Iterable[TrainingSession | FurtherDate]) -> Decimal:
    """Return how many hours some dates last together, to a tenth."""
    seconds = sum((one.ends_at - one.starts_at for one in dates), timedelta()).total_seconds()
    return Decimal(round(seconds / SECONDS_AN_HOUR, 1)).quantize(Decimal("0.1"))
