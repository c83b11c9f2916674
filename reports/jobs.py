"""What the worker does for this room; named in `settings.JOB_HANDLERS`. Each may run twice and stores one document."""

from collections.abc import Callable

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from communes.models import Registration
from deadlines import jobs
from deadlines.models import Job, RunningPlan
from deadlines.outbox import Words
from deadlines.plans.gantt import gantt
from deadlines.plans.selectors import timeline_of
from patrons.appointment_days import appoint_at
from patrons.models import Appointment, AppointmentDay, DayPlace, Patron
from reports import attendance, services
from reports.certificates import (
    appointment_certificate,
    appointment_title,
    day_certificates,
    day_title,
    thanks_certificate,
    thanks_title,
)
from reports.commune_report import commune_report, report_title
from reports.documents import Palette, render
from reports.insight.page import insight
from reports.letters import letter
from reports.models import Document, Report
from reports.services import store_document
from trainings.models import TrainingSession

Progress = Callable[[int], None]


class SubjectGone(ValidationError):
    """What the document is about was deleted before the job ran."""


def render_appointment_certificate(job: Job, progress: Progress) -> None:
    """Make the certificate of an appointment, in the patron's language."""
    if _is_stored(job):
        return
    progress(10)
    appointment = Appointment.objects.select_related("patron__programme", "commune").filter(pk=job.subject_id).first()
    if appointment is None:
        raise SubjectGone(_("The appointment of this certificate no longer exists."))
    pdf = appointment_certificate(appointment, progress=progress)
    with translation.override(appointment.patron.language):
        title = appointment_title(appointment)
    progress(95)
    store_document(Document.Kind.APPOINTMENT_CERTIFICATE, title, pdf, appointment, job)


def render_thanks_certificate(job: Job, progress: Progress) -> None:
    """Make the thank-you certificate of a patron, and mail it in the same transaction in which it is stored."""
    if _is_stored(job):
        return
    progress(10)
    patron = Patron.objects.select_related("programme").filter(pk=job.subject_id).first()
    if patron is None:
        raise SubjectGone(_("The patron of this certificate no longer exists."))
    with_hours = bool(job.parameters.get("with_hours"))
    pdf = thanks_certificate(patron, with_hours=with_hours, progress=progress)
    with translation.override(patron.language):
        title = thanks_title(patron)
    progress(95)
    services.store_and_mail_thanks(title, pdf, patron, job)


def hold_appointment_day(job: Job, progress: Progress) -> None:
    """Appoint everybody who has a place on an appointment day, make the certificates, and one PDF to print them all.

    Each person is a transaction of its own, and who is appointed is not appointed again: killed at any moment, the
    next attempt goes on where this one stopped. Who cannot be appointed keeps the reason at the place on the day.
    """
    if _is_stored(job):
        return
    day = AppointmentDay.objects.filter(pk=job.subject_id).first()
    if day is None or job.ordered_by is None:
        raise SubjectGone(_("The appointment day no longer exists, or nobody answers for it any more."))
    _appoint_all(day, job.ordered_by, progress)
    appointed = Appointment.objects.valid().filter(day_place__day=day)
    if not appointed.exists():
        raise ValidationError(
            _("Nobody could be appointed. The reason stands beside each name of the appointment day.")
        )
    _make_certificates([appointment.pk for appointment in appointed], progress)
    pdf = day_certificates(day, progress=lambda percent: progress(70 + percent // 4))
    progress(95)
    store_document(Document.Kind.APPOINTMENT_DAY, day_title(day), pdf, day, job)


def _appoint_all(day: AppointmentDay, by: User, progress: Progress) -> None:
    """Appoint whoever can be appointed; from 0 to 20 percent."""
    waiting = list(DayPlace.objects.filter(day=day, appointment__isnull=True).values_list("pk", flat=True))
    for number, place in enumerate(waiting):
        progress(20 * number // len(waiting))
        appoint_at(place, by=by)


def _make_certificates(appointments: list[int], progress: Progress) -> None:
    """Run the jobs of the certificates that nobody has made yet; from 20 to 70 percent."""
    orders = Job.objects.filter(
        kind=Job.Kind.APPOINTMENT_CERTIFICATE,
        status=Job.Status.QUEUED,
        subject_type=ContentType.objects.get_for_model(Appointment),
        subject_id__in=appointments,
    )
    waiting = list(orders.order_by("pk").values_list("pk", flat=True))
    for number, order in enumerate(waiting):
        progress(20 + 50 * number // len(waiting))
        jobs.run(order)


def render_commune_report(job: Job, progress: Progress) -> None:
    """Make the report about a municipality, in the language of the person who ordered it."""
    if _is_stored(job):
        return
    progress(10)
    report = Report.objects.select_related("commune", "programme").filter(pk=job.subject_id).first()
    if report is None:
        raise SubjectGone(_("The order of this report no longer exists."))
    pdf = commune_report(report, progress=progress)
    progress(95)
    store_document(Document.Kind.COMMUNE_REPORT, report_title(report), pdf, report, job)


def render_insight(job: Job, progress: Progress) -> None:
    """Make the document of insight into a programme, in the language of whoever ordered it."""
    if _is_stored(job):
        return
    progress(10)
    report = Report.objects.select_related("programme").filter(pk=job.subject_id).first()
    if report is None:
        raise SubjectGone(_("The order of this report no longer exists."))
    agency = Agency.objects.get(pk=report.agency_id)
    title = _("Insight: %(programme)s") % {"programme": report.programme}
    context = insight(report.programme, agency, Palette.of(agency.colour))
    pdf = render(
        "insight.html", context, title=title, agency=agency, language=get_language() or "de", progress=progress
    )
    progress(95)
    store_document(Document.Kind.INSIGHT, title, pdf, report, job)


def render_phase_plan(job: Job, progress: Progress) -> None:
    """Make the timeline of a running phase plan on A3, in the language of whoever ordered it."""
    if _is_stored(job):
        return
    progress(10)
    running = RunningPlan.objects.select_related("plan__programme").filter(pk=job.subject_id).first()
    if running is None:
        raise SubjectGone(_("This phase plan no longer exists."))
    timeline = timeline_of(running)
    context = {"running": running, "timeline": timeline, "drawing": gantt(timeline), "today": timezone.localdate()}
    agency = Agency.objects.get(pk=running.agency_id)
    language = get_language() or "de"
    pdf = render("phase_plan.html", context, title=running.title, agency=agency, language=language, progress=progress)
    progress(95)
    store_document(Document.Kind.PHASE_PLAN, running.title, pdf, running, job)


def render_registration_letter(job: Job, progress: Progress) -> None:
    """Make the letter to a municipality whose words the order holds, in the language of whoever registered it."""
    if _is_stored(job):
        return
    progress(10)
    rows = Registration.objects.select_related("commune__district", "programme", "agency")
    registration = rows.filter(pk=job.subject_id).first()
    if registration is None:
        raise SubjectGone(_("The registration of this letter no longer exists."))
    words = Words(job.parameters["subject_line"], job.parameters["text"])
    pdf = letter(registration, words, job.ordered_at, progress=progress)
    progress(95)
    store_document(Document.Kind.LETTER, words.subject_line, pdf, registration, job)


def render_attendance_list(job: Job, progress: Progress) -> None:
    """Make the list of a training to print and sign, in the language of whoever ordered it."""
    if _is_stored(job):
        return
    progress(10)
    session = TrainingSession.objects.filter(pk=job.subject_id).first()
    if session is None:
        raise SubjectGone(_("The training of this list no longer exists."))
    pdf = attendance.attendance_list(session, progress=progress)
    progress(95)
    store_document(Document.Kind.ATTENDANCE_LIST, attendance.list_title(session), pdf, session, job)


def certify_participants(job: Job, progress: Progress) -> None:
    """Make and mail the certificates of those of an agency's people who have attended a training.

    Each is a transaction of its own: killed at any moment, the next attempt goes on where this one stopped.
    """
    session = TrainingSession.objects.filter(pk=job.subject_id).first()
    if session is None:
        raise SubjectGone(_("The training of these certificates no longer exists."))
    people = attendance.to_certify(session)
    for number, key in enumerate(people):
        progress(100 * number // len(people))
        attendance.certify(key)


def _is_stored(job: Job) -> bool:
    """Whether an earlier run of the job has finished its work."""
    return Document.objects.filter(job=job).exists()
