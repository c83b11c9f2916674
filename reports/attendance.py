"""Papers of a training: the list to sign in the room, and certificates of attendance."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agencies.models import Agency, Participation
from deadlines import outbox
from klikks.tenancy import current_agency_id
from reports.documents import qr_code, render, signature_of
from reports.models import Document
from reports.services import attachment_of, store_document
from trainings.attendance.certificates import issue
from trainings.attendance.models import TrainingCertificate
from trainings.models import Attendee, Enrolment, TrainingSession

# Room for people who come unannounced.
EMPTY_LINES = 6


@dataclass(frozen=True)
class Signatory:
    """A line of the list: number, name, and where the person is from."""

    number: int
    name: str
    whence: str


def list_title(session: TrainingSession) -> str:
    """Return the title of a list of participants, in the active language."""
    return _("List of participants: %(session)s") % {"session": session}


def certificate_title(certificate: TrainingCertificate) -> str:
    """Return the title of a certificate of attendance, in the active language."""
    return _("Certificate of attendance: %(name)s, %(training)s") % {
        "name": certificate.name,
        "training": certificate.training,
    }


def attendance_list(session: TrainingSession, **options: Any) -> bytes:
    """Return the PDF of the list to sign, in the active language, with a column for each date.

    `options` go to the renderer (`progress`).
    """
    agency = Agency.objects.get(pk=current_agency_id())
    context = {"session": session, "lines": _signatories(session), "dates": session.dates, "empty": range(EMPTY_LINES)}
    language = get_language() or "de"
    return render(
        "attendance_list.html", context, title=list_title(session), agency=agency, language=language, **options
    )


def certificate_pdf(certificate: TrainingCertificate, **options: Any) -> bytes:
    """Return the PDF of a certificate of attendance, in the language of its person; one page."""
    enrolment = Enrolment.objects.with_people().get(pk=certificate.enrolment_id)
    organiser = enrolment.session.agency
    programme = enrolment.session.series.programme
    verify_url = settings.BASE_URL + reverse("trainings:verify", args=[certificate.code])
    verify_page = settings.BASE_URL + reverse("trainings:verify")
    participation = Participation.objects.filter(agency=organiser, programme=programme).first()
    with translation.override(enrolment.language):
        signer = organiser.signature_name or organiser.name
        context = {
            "certificate": certificate,
            "contents": [line.strip(" -–•") for line in certificate.contents.splitlines() if line.strip()],
            "hours": formats.number_format(certificate.hours.normalize()),
            "programme": programme,
            "grant_reference": participation.grant_reference if participation else "",
            "signed_by": signer,
            "signed_function": organiser.name if signer != organiser.name else "",
            "signature": signature_of(organiser, signer),
            "qr": qr_code(verify_url, _("QR code: address of the page that confirms this certificate")),
            "code": " ".join(certificate.code[place : place + 4] for place in range(0, len(certificate.code), 4)),
            "verify_page": verify_page.partition("//")[2],
        }
        title = certificate_title(certificate)
    return render(
        "attendance_certificate.html", context, title=title, agency=organiser, language=enrolment.language, **options
    )


@transaction.atomic
def certify(key: int) -> Document | None:
    """Issue the certificate of somebody who has attended, store it and mail it; the second run does nothing.

    One that was put right since takes the place of the paper before. `key` is the enrolment's, of the context's agency.
    Returns the document, or None where there was nothing to do.
    """
    enrolments = Enrolment.objects.with_people().select_for_update(of=("self",))
    enrolment = enrolments.filter(pk=key, status=Enrolment.Status.ATTENDED).first()
    if enrolment is None:
        return None
    certificate = issue(enrolment)
    papers = Document.objects.filter(kind=Document.Kind.TRAINING_CERTIFICATE, **_about(certificate))
    if papers.filter(created_at__gte=certificate.issued_at).exists():
        return None
    for outdated in papers:
        outdated.delete()
        transaction.on_commit(partial(outdated.file.storage.delete, str(outdated.file)))
    pdf = certificate_pdf(certificate)
    with translation.override(enrolment.language):
        title = certificate_title(certificate)
    document = store_document(Document.Kind.TRAINING_CERTIFICATE, title, pdf, certificate, None)
    if enrolment.email:
        context = {"name": certificate.name, "session": certificate.training}
        outbox.post(
            "training/certificate",
            to=enrolment.email,
            language=enrolment.language,
            context=context,
            subject=enrolment,
            attachment=attachment_of(document),
        )
    return document


def to_certify(session: TrainingSession) -> list[int]:
    """Return the keys of the context's agency's people who have attended a session, by name."""
    attended = Enrolment.objects.filter(session=session, status=Enrolment.Status.ATTENDED)
    return list(attended.order_by("pk").values_list("pk", flat=True))


def _about(certificate: TrainingCertificate) -> dict[str, Any]:
    return {"subject_type": ContentType.objects.get_for_model(certificate), "subject_id": certificate.pk}


def _signatories(session: TrainingSession) -> list[Signatory]:
    """Return whom the list names: everybody for the organiser, one's own people for other agencies."""
    own = Enrolment.objects.taking_part().with_people().filter(session=session)
    people = {one.pk: (str(one.person), one.guest.organisation if one.guest else "") for one in own}
    if session.agency_id == current_agency_id():
        others = Attendee.objects.filter(session=session).exclude(pk__in=people)
        people |= {one.pk: (one.name, one.agency_name) for one in others}
    by_name = sorted(people.values(), key=lambda person: (person[0].rpartition(" ")[2].casefold(), person[0]))
    return [Signatory(number, *person) for number, person in enumerate(by_name, 1)]
