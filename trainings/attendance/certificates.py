"""Certificates of attendance: their words are fixed when they are issued, and whoever has one can prove it."""

from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.formats import date_format

from trainings.attendance.models import CertifiedTraining, TrainingCertificate
from trainings.calendars.invitations import place_of
from trainings.models import Enrolment, Slot, TrainingSession

SECONDS_AN_HOUR = 3600


def issue(enrolment: Enrolment) -> TrainingCertificate:
    """Return the certificate of somebody who has attended, made now if there is none, in the person's language.

    To be called in the context of the enrolment's agency. `enrolment` was loaded `with_people`.
    """
    session = enrolment.session
    with translation.override(enrolment.language):
        values = {
            "name": str(enrolment.person),
            "training": _title(session),
            "held_on": timezone.localdate(session.starts_at),
            "days": _days(session),
            "hours": hours_of(session),
            "contents": _contents(session),
            "trainers": session.trainers,
            "venue": place_of(session)[:200],
        }
    certificate, _made = TrainingCertificate.objects.get_or_create(enrolment=enrolment, defaults=values)
    return certificate


def hours_of(session: TrainingSession) -> Decimal:
    """Return how many hours all dates of a session last, to a tenth."""
    return Decimal(round(session.duration.total_seconds() / SECONDS_AN_HOUR, 1)).quantize(Decimal("0.1"))


def verify(code: str) -> CertifiedTraining | None:
    """Return what the certificate with this code discloses, or None for a code that was never given.

    Needs no agency: the view lets through the one row whose code the transaction names.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('klikks.verification_code', %s, true)", [code])
        return CertifiedTraining.objects.filter(code=code).first()


def _title(session: TrainingSession) -> str:
    series = str(session.series)
    return series if session.name == series else f"{series}: {session.name}"


def _days(session: TrainingSession) -> str:
    """Return the days on which a session was held, in words."""
    days = dict.fromkeys(timezone.localdate(one.starts_at) for one in session.dates)
    return ", ".join(date_format(day, "DATE_FORMAT") for day in days)[:200]


def _contents(session: TrainingSession) -> str:
    """Return what was learned: the goals of the series, and the parts of a conference's programme."""
    slots = [str(slot) for slot in session.slots.all() if slot.kind != Slot.Kind.BREAK and not slot.is_chosen]
    return "\n".join([*session.series.goals_text.splitlines(), *slots]).strip()
