"""Certificates of attendance: their words are fixed when they are issued, and whoever has one can prove it."""

from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.formats import date_format

from trainings.attendance.models import CertifiedTraining, TrainingCertificate
from trainings.attendance.presence import dates_at, hours_of, present_at
from trainings.calendars.invitations import place_of
from trainings.models import Enrolment, FurtherDate, Slot, TrainingSession


def issue(enrolment: Enrolment) -> TrainingCertificate:
    """Return the certificate of somebody who has attended, made now if there is none, in the person's language.

    To be called in the context of the enrolment's agency. `enrolment` was loaded `with_people`.
    """
    session = enrolment.session
    with translation.override(enrolment.language):
        values = {
            "name": str(enrolment.person),
            "training": _title(session),
            "contents": _contents(session),
            "trainers": session.trainers,
            "venue": place_of(session)[:200],
            **_times(enrolment),
        }
    certificate, _made = TrainingCertificate.objects.get_or_create(enrolment=enrolment, defaults=values)
    return certificate


def is_issued(enrolment: Enrolment) -> bool:
    """Whether there is a certificate, be it revoked."""
    return TrainingCertificate.objects.filter(enrolment=enrolment).exists()


def put_right(enrolment: Enrolment) -> None:
    """Bring a certificate that was issued, if there is one, to what is known of the person now.

    It is revoked when the person has not taken part. When the hours have changed, it counts as issued anew: its paper
    is made once more when the list is closed.
    """
    certificate = TrainingCertificate.objects.filter(enrolment=enrolment).first()
    if certificate is None:
        return
    if enrolment.status != Enrolment.Status.ATTENDED:
        TrainingCertificate.objects.filter(pk=certificate.pk, revoked_at=None).update(revoked_at=Now())
        return
    with translation.override(enrolment.language):
        times = _times(enrolment)
    certificate.revoked_at = None
    if certificate.hours != times["hours"] or certificate.held_on != times["held_on"]:
        certificate.issued_at = timezone.now()
        for name, value in times.items():
            setattr(certificate, name, value)
    certificate.save()


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


def _times(enrolment: Enrolment) -> dict[str, Any]:
    """Return the first day, all days in words, and the hours of the dates at which somebody was."""
    dates = dates_at(enrolment.session, present_at(enrolment))
    first = dates[0] if dates else enrolment.session
    return {"held_on": timezone.localdate(first.starts_at), "days": _days(dates), "hours": hours_of(dates)}


def _days(dates: list[TrainingSession | FurtherDate]) -> str:
    """Return the days of some dates, in words."""
    days = dict.fromkeys(timezone.localdate(one.starts_at) for one in dates)
    return ", ".join(date_format(day, "DATE_FORMAT") for day in days)[:200]


def _contents(session: TrainingSession) -> str:
    """Return what was learned: the goals of the series, and the parts of a conference's programme."""
    slots = [str(slot) for slot in session.slots.all() if slot.kind != Slot.Kind.BREAK and not slot.is_chosen]
    return "\n".join([*session.series.goals_text.splitlines(), *slots]).strip()
