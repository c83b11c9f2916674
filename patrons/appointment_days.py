"""What happens to appointment days: matched patrons get a place, and one click appoints all who can be appointed.

The job that does so is `reports.jobs.hold_appointment_day`, because it prints the certificates. Here is what it does
for one place, in one transaction: the appointment, the patron's account, the welcome mail and the order of the
certificate are there together or not at all, and a place that has its appointment is never done again.
"""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.permissions import ADD, DELETE, require
from deadlines import jobs
from deadlines.models import Job
from patrons.models import AppointmentDay, DayPlace, Patron
from patrons.services import check_day_of_appointment, make_appointment


def add_to_day(day: AppointmentDay, patrons: Collection[Patron], *, by: User) -> int:
    """Give matched patrons a place on a day, each for the municipality of the match; return how many are new.

    Who has a place already keeps it. Raises NotAllowed, and ValidationError naming those who are not matched.
    """
    require(by, "dayplace", ADD, day)
    unmatched = [patron for patron in patrons if patron.matched_commune_id is None]
    if unmatched:
        raise ValidationError(
            _("Please match these people to a municipality first: %(names)s")
            % {"names": ", ".join(str(patron) for patron in unmatched)}
        )
    with transaction.atomic():
        _locked(day)
        there = set(DayPlace.objects.filter(day=day).values_list("patron_id", "commune_id"))
        new = [
            DayPlace(agency_id=day.agency_id, day=day, patron=patron, commune_id=patron.matched_commune_id)
            for patron in patrons
            if (patron.pk, patron.matched_commune_id) not in there
        ]
        DayPlace.objects.bulk_create(new)
    return len(new)


@transaction.atomic
def take_off_day(place: DayPlace, *, by: User) -> None:
    """Take somebody off a day who is not appointed yet. Raises NotAllowed, and ValidationError for who is."""
    require(by, "dayplace", DELETE, place)
    place = DayPlace.objects.select_for_update().get(pk=place.pk)
    if place.appointment_id is not None:
        raise ValidationError(_("%(patron)s is appointed already.") % {"patron": place.patron})
    place.delete()


@transaction.atomic
def order_day(day: AppointmentDay, *, by: User) -> Job:
    """Order the job that appoints everybody on a day and prints the certificates; return it.

    A second click while the first job is at work gets the same job. Raises NotAllowed, and ValidationError for an
    empty day and a day that lies too far away.
    """
    require(by, "appointmentday", "hold", day)
    day = _locked(day)
    running = Job.objects.unfinished().filter(kind=Job.Kind.APPOINTMENT_DAY, subject_id=day.pk).first()
    if running is not None:
        return running
    check_day_of_appointment(day.on, day.programme)
    if not DayPlace.objects.filter(day=day).exists():
        raise ValidationError(_("Nobody has a place on this day yet. Please add the patrons first."))
    DayPlace.objects.filter(day=day, appointment__isnull=True).update(problem="")
    return jobs.order(Job.Kind.APPOINTMENT_DAY, subject=day, by=by)


def appoint_at(place_id: int, *, by: User) -> Job | None:
    """Appoint whoever has a place; return the job of the certificate, which the caller runs, or None.

    None stands for somebody who cannot be appointed (the place then says why), or who is appointed already.
    """
    try:
        with transaction.atomic():
            return _appoint_at(place_id, by)
    except ValidationError as refusal:
        DayPlace.objects.filter(pk=place_id).update(problem=" ".join(refusal.messages)[:500])
        return None


def _appoint_at(place_id: int, by: User) -> Job | None:
    places = DayPlace.objects.select_related("day", "patron", "commune")
    place = places.select_for_update(of=("self",)).filter(pk=place_id).first()
    if place is None or place.appointment_id is not None:
        return None
    day = place.day
    patron = Patron.objects.select_for_update().get(pk=place.patron_id)
    if patron.status == Patron.Status.MATCHED and patron.matched_commune_id != place.commune_id:
        raise ValidationError(
            _("%(patron)s is matched to another municipality by now. Please check the match.") % {"patron": patron}
        )
    place.appointment = make_appointment(
        patron,
        place.commune,
        by=by,
        on=day.on,
        place=day.place,
        signed_by=day.signed_by,
        signed_function=day.signed_function,
    )
    place.problem = ""
    place.save(update_fields=["appointment", "problem"])
    return jobs.prepare(Job.Kind.APPOINTMENT_CERTIFICATE, subject=place.appointment, by=by)


def _locked(day: AppointmentDay) -> AppointmentDay:
    """Return the day's row as it is now, locked."""
    return AppointmentDay.objects.select_for_update(of=("self",)).select_related("programme").get(pk=day.pk)
