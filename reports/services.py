"""What happens to documents: they are ordered, and stored once."""

import hashlib
from base64 import b32encode
from contextlib import suppress
from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from agencies.models import Programme, User
from agencies.permissions import allows, require
from communes.access import accesses_of
from communes.models import Commune, Partnership, searchable
from deadlines import jobs, outbox
from deadlines.models import Job
from patrons.models import Appointment, AppointmentDay, Patron
from patrons.services import mail_certificates
from reports.figures import Period
from reports.models import Document, Report


class NotAPartner(ValidationError):
    """The municipality has no partnership with this agency in this programme."""


class PeriodOutside(ValidationError):
    """The period lies in the future, or wholly outside of the programme."""


@transaction.atomic
def order_commune_report(commune: Commune, programme: Programme, *, by: User, starts_on: date, ends_on: date) -> Job:
    """Order the report about a municipality for some days, first and last included; return the job that makes it.

    A second click while the first report is being made gets the same job. Staff order any of the agency's, people of
    a municipality their own. Raises NotAllowed, NotAPartner, PeriodOutside, and ValidationError for days in the wrong
    order.
    """
    if not _is_about_own_municipality(commune, by):
        require(by, "report", "order")
    _check_period(Period(starts_on, ends_on), programme)
    # The partnership's row is locked, so that two clicks at the same moment come one after the other.
    partnerships = Partnership.objects.filter(commune=commune, programme=programme).order_by("pk")
    if partnerships.select_for_update(of=("self",)).first() is None:
        raise NotAPartner(
            _("%(commune)s is not a partner municipality of your agency in this programme.") % {"commune": commune}
        )
    wanted = {"commune": commune, "programme": programme, "starts_on": starts_on, "ends_on": ends_on}
    running = _running_job(Report.objects.filter(kind=Report.Kind.COMMUNE, **wanted))
    if running is not None:
        return running
    report = Report.objects.create(kind=Report.Kind.COMMUNE, ordered_by=by, **wanted)
    return jobs.order(Job.Kind.COMMUNE_REPORT, subject=report, by=by)


@transaction.atomic
def order_insight(programme: Programme, *, by: User) -> Job:
    """Order insight into a programme as a PDF; return the job that makes it. A second click gets the same job.

    Raises NotAllowed.
    """
    require(by, "report", "order")
    wanted = {"programme": programme, "starts_on": programme.starts_on, "ends_on": programme.ends_on}
    running = _running_job(Report.objects.filter(kind=Report.Kind.INSIGHT, **wanted), Job.Kind.INSIGHT)
    if running is not None:
        return running
    report = Report.objects.create(kind=Report.Kind.INSIGHT, ordered_by=by, **wanted)
    return jobs.order(Job.Kind.INSIGHT, subject=report, by=by)


@transaction.atomic
def store_document(kind: str, title: str, pdf: bytes, subject: models.Model, job: Job | None) -> Document:
    """Store a rendered file, once for its job: the second run of a job gets the document of the first.

    `kind` is one of `Document.Kind`. The file's name can be read but not guessed; a job's file has the job's number in
    it, so that the next run writes over what a run that was killed has left. Raises OSError, or what the storage
    raises, when there is no room or no way to it; nothing is left behind then.
    """
    if job is not None:
        Job.objects.select_for_update().get(pk=job.pk)
        stored = Document.objects.filter(job=job).first()
        if stored is not None:
            return stored
    document = Document(
        kind=kind,
        title=title[:200],
        subject=subject,
        job=job,
        sha256=hashlib.sha256(pdf).hexdigest(),
        size=len(pdf),
    )
    number = b32encode(job.key.bytes[:10]).decode().lower() if job is not None else get_random_string(16)
    _write(document, f"{slugify(searchable(title))[:60]}-{number}.pdf", pdf)
    document.save()
    return document


def _write(document: Document, name: str, pdf: bytes) -> None:
    """Write the file of a document, in place of one that a run that died has left under the same name."""
    storage, path = document.file.storage, document.file.field.generate_filename(document, name)  # type: ignore[attr-defined]
    if storage.exists(path):
        storage.delete(path)
    try:
        document.file.save(name, ContentFile(pdf), save=False)
    except Exception:
        with suppress(Exception):  # the half of a file that had room
            storage.delete(path)
        raise


def _is_about_own_municipality(commune: Commune, by: User) -> bool:
    """Whether the account may order the reports of municipalities it has access to, and this is one of them."""
    return allows(by, "report", "order_own") and accesses_of(by).filter(commune=commune).exists()


@transaction.atomic
def store_and_mail_thanks(title: str, pdf: bytes, patron: Patron, job: Job) -> Document:
    """Store a thank-you certificate and mail it; the second run of a job does neither."""
    stored = Document.objects.filter(job=job).first()
    if stored is not None:
        return stored
    document = store_document(Document.Kind.THANKS_CERTIFICATE, title, pdf, patron, job)
    outbox.post(
        "patron/thanks",
        to=patron.email,
        language=patron.language,
        context={"name": str(patron)},
        subject=patron,
        attachment=attachment_of(document),
    )
    return document


@transaction.atomic
def mail_day(day: AppointmentDay, *, by: User) -> int:
    """Mail the certificates of an appointment day to their patrons, each once; return how many leave now.

    Raises NotAllowed.
    """
    return _mail_stored(list(Appointment.objects.valid().filter(day_place__day=day)), by)


def _mail_stored(appointments: list[Appointment], by: User) -> int:
    newest: dict[int, Document] = {}
    stored = Document.objects.filter(
        kind=Document.Kind.APPOINTMENT_CERTIFICATE,
        subject_type=ContentType.objects.get_for_model(Appointment),
        subject_id__in=[appointment.pk for appointment in appointments],
    )
    for document in stored.order_by("created_at", "pk"):
        newest[document.subject_id or 0] = document
    files = {key: attachment_of(document) for key, document in newest.items()}
    return mail_certificates(appointments, files, by=by)


def attachment_of(document: Document) -> outbox.Attachment:
    """Return a document as it goes with a mail."""
    return outbox.Attachment(str(document.file.name), readable_name(document))


def readable_name(document: Document) -> str:
    """Return the name under which a document is saved: what it is, about whom, and of which day."""
    return f"{slugify(searchable(document.title))[:80] or document.kind}-{document.created_at:%Y-%m-%d}.pdf"


def _check_period(period: Period, programme: Programme) -> None:
    """Refuse a period that begins in the future or does not touch the programme. Raises PeriodOutside."""
    if period.starts_on > timezone.localdate():
        raise PeriodOutside({"starts_on": _("This day has not come yet. Please choose an earlier first day.")})
    if period.ends_on < programme.starts_on or period.starts_on > programme.ends_on:
        raise PeriodOutside(
            _("The programme ran from %(first)s to %(last)s. Please choose days within it.")
            % {"first": date_format(programme.starts_on), "last": date_format(programme.ends_on)}
        )


def _running_job(reports: models.QuerySet[Report], kind: str = Job.Kind.COMMUNE_REPORT) -> Job | None:
    """Return the job that is making one of these reports right now, if there is one."""
    ordered = Job.objects.unfinished().filter(kind=kind)
    return ordered.filter(subject_id__in=reports.values("pk")).order_by("pk").first()
