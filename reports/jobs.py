"""What the worker does for this room; named in `settings.JOB_HANDLERS`. Each may run twice and stores one document."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from communes.models import Registration
from deadlines.models import Job
from deadlines.outbox import Words
from patrons.models import Appointment
from reports.certificates import appointment_certificate, appointment_title
from reports.commune_report import commune_report, report_title
from reports.letters import letter
from reports.models import Document, Report
from reports.services import store_document

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


def _is_stored(job: Job) -> bool:
    """Whether an earlier run of the job has finished its work."""
    return Document.objects.filter(job=job).exists()
