"""Reads about patrons, for the portal and for the page that verifies a certificate. Each says how often it asks."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, models, transaction
from django.db.models import Q, Sum
from django.utils import timezone

from agencies.models import User
from communes.models import Contact, Partnership
from deadlines.models import Job
from patrons.models import Activity, Appointment, Patron, Verification

LATEST_HOURS = 30


@dataclass(frozen=True)
class Certificate:
    """The certificate of an appointment: the stored document once there is one, and the job that makes it."""

    job: Job
    document: models.Model | None


@dataclass(frozen=True)
class Office:
    """A municipality as its patron sees it: the appointment with its certificate, who helps, who else serves."""

    appointment: Appointment
    certificate: Certificate | None
    partnership: Partnership | None
    contacts: list[Contact]
    others: list[Appointment]


@dataclass(frozen=True)
class Service:
    """For how long and where somebody was patron. `since` is the day of the first appointment."""

    since: date
    until: date
    communes: list[str]


@dataclass(frozen=True)
class Hours:
    """What a patron has logged: the latest entries, and the sums of this year and of all time."""

    latest: list[Activity]
    this_year: Decimal
    in_all: Decimal


def account_at(partnership: Partnership) -> User | None:
    """Return the account of the patron in office at a partner municipality who was appointed first; one query."""
    offices = Appointment.objects.open().filter(commune=partnership.commune_id, patron__user__isnull=False)
    office = offices.select_related("patron__user").order_by("appointed_on", "pk").first()
    return office.patron.user if office else None


def patron_of(user: User) -> Patron | None:
    """Return the patron an account belongs to, with programme and place of residence; one query."""
    return Patron.objects.select_related("programme", "home").filter(user=user).first()


def appointments_of(patron: Patron) -> list[Appointment]:
    """Return a patron's appointments with their municipalities, those in force first; one query."""
    appointments = Appointment.objects.filter(patron=patron).select_related("commune__district", "commune__state")
    return list(appointments.order_by(models.F("ended_on").desc(nulls_first=True), "-appointed_on", "-pk"))


def certificates_of(appointments: list[Appointment]) -> dict[int, Certificate]:
    """Return the newest certificate of each appointment, by the appointment's primary key; one query.

    A certificate that is stored counts more than a newer job that is still at work or has failed.
    """
    jobs = Job.objects.filter(
        kind=Job.Kind.APPOINTMENT_CERTIFICATE,
        subject_type=ContentType.objects.get_for_model(Appointment),
        subject_id__in=[appointment.pk for appointment in appointments],
    ).select_related("document")
    found: dict[int, Certificate] = {}
    for job in jobs.order_by("ordered_at", "pk"):
        document = _document_of(job)
        before = found.get(job.subject_id or 0)
        if document is not None or before is None or before.document is None:
            found[job.subject_id or 0] = Certificate(job, document)
    return found


def offices_of(user: User) -> list[Office]:
    """Return the municipalities in which the patron of an account serves today; four queries, one if there are none."""
    serves_in = Appointment.objects.open().filter(patron__user=user).values("commune")
    everybody = list(
        Appointment.objects.open()
        .filter(commune__in=serves_in)
        .select_related("patron", "commune__district", "commune__state")
        .order_by("appointed_on", "pk")
    )
    mine = [appointment for appointment in everybody if appointment.patron.user_id == user.pk]
    if not mine:
        return []
    places = [appointment.commune_id for appointment in mine]
    certificates = certificates_of(mine)
    partnerships = {
        partnership.commune_id: partnership
        for partnership in Partnership.objects.open()
        .filter(commune__in=places, programme=mine[0].patron.programme_id)
        .select_related("manager__user")
    }
    contacts = list(Contact.objects.filter(commune__in=places))
    return [
        Office(
            appointment,
            certificates.get(appointment.pk),
            partnerships.get(appointment.commune_id),
            [contact for contact in contacts if contact.commune_id == appointment.commune_id],
            [other for other in everybody if other not in mine and other.commune_id == appointment.commune_id],
        )
        for appointment in mine
    ]


def hours_of(patron: Patron) -> Hours:
    """Return what a patron has logged; two queries."""
    activities = Activity.objects.filter(patron=patron)
    sums = activities.aggregate(
        this_year=Sum("hours", filter=Q(on__year=timezone.localdate().year)), in_all=Sum("hours")
    )
    return Hours(list(activities[:LATEST_HOURS]), sums["this_year"] or Decimal(0), sums["in_all"] or Decimal(0))


def sum_of_hours(patron: Patron) -> Decimal:
    """Return the sum of all hours a patron has logged; one query."""
    return Activity.objects.filter(patron=patron).aggregate(sum=Sum("hours"))["sum"] or Decimal(0)


def time_of_service(patron: Patron) -> Service:
    """Return for how long and where a patron has served; today where nothing has ended; one query."""
    appointments = list(Appointment.objects.valid().filter(patron=patron).select_related("commune"))
    today = timezone.localdate()
    return Service(
        min((appointment.appointed_on for appointment in appointments), default=today),
        max((appointment.ended_on or today for appointment in appointments), default=today),
        list(dict.fromkeys(str(appointment.commune) for appointment in reversed(appointments))),
    )


def verify(code: str) -> Verification | None:
    """Return what the certificate with this code discloses, or None for a code that was never given.

    Needs no agency: the view lets through the one row whose code the transaction names.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('klikks.verification_code', %s, true)", [code])
        return Verification.objects.filter(code=code).first()


def _document_of(job: Job) -> models.Model | None:
    """Return the file a job has made; it belongs to a room above, which the job only knows by name."""
    try:
        return job.document
    except ObjectDoesNotExist:
        return None
