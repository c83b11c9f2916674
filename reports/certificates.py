"""Certificates on paper."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.text import get_text_list
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from agencies.models import Agency, Participation, Programme
from agencies.texts import text_block
from patrons.models import Appointment, AppointmentDay, Patron
from patrons.selectors import sum_of_hours, time_of_service
from reports.documents import Logo, qr_code, render, signature_of

# The words are set as large as the one page allows. For each density of print.css: signs that fit in a line and the
# height in mm of a line and of the gap after it, for the name, the municipality, a short line and prose.
ROOM_MM = 118
DENSITIES: dict[str, dict[str, tuple[int, float, float]]] = {
    "": {"name": (26, 13.4, 11), "commune": (40, 8.9, 4), "line": (64, 7.2, 4), "prose": (66, 6.3, 9)},
    "is-long": {"name": (35, 10.2, 7), "commune": (50, 7.2, 4), "line": (72, 6.4, 3), "prose": (78, 5.8, 6)},
    "is-dense": {},
}


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a certificate and what it is: the `name`, the `commune`, a short `line` or `prose`."""

    text: str
    role: str


@dataclass(frozen=True)
class Page:
    """One certificate: its heading and words, who signed where and when, and how it is proven (a thank-you is not)."""

    language: str
    heading: str
    programme: Programme
    grant_reference: str
    paragraphs: list[Paragraph]
    place: str
    on: date
    signed_by: str
    signed_function: str
    signature: Logo | None
    qr: str = ""
    code: str = ""

    @property
    def density(self) -> str:
        """The roomiest density in which the words fit on the page; the tightest if none does."""
        return next(
            name for name, sizes in DENSITIES.items() if not sizes or _height(self.paragraphs, sizes) <= ROOM_MM
        )


def appointment_title(appointment: Appointment) -> str:
    """Return the title of an appointment's certificate, in the active language."""
    return _("Certificate of appointment: %(patron)s, %(commune)s") % {
        "patron": appointment.patron,
        "commune": appointment.commune,
    }


def thanks_title(patron: Patron) -> str:
    """Return the title of a thank-you certificate, in the active language."""
    return _("Thank-you certificate: %(patron)s") % {"patron": patron}


def day_title(day: AppointmentDay) -> str:
    """Return the title of the certificates of an appointment day, in the active language."""
    return _("Certificates of the appointment day %(day)s") % {"day": day}


def appointment_certificate(appointment: Appointment, **options: Any) -> bytes:
    """Return the PDF of an appointment's certificate, in the patron's language; one page.

    `options` go to the renderer (`progress`).
    """
    language = appointment.patron.language
    agency = Agency.objects.get(pk=appointment.agency_id)
    with translation.override(language):
        page = _appointment_page(appointment, agency, _grant_references(agency))
        return _printed([page], appointment_title(appointment), f"{appointment.patron}, {appointment.commune}", agency,
                        language, **options)  # fmt: skip


def day_certificates(day: AppointmentDay, **options: Any) -> bytes:
    """Return one PDF with the certificates of all who were appointed on a day, a page each, to be printed at once."""
    agency = Agency.objects.get(pk=day.agency_id)
    language = get_language() or "de"
    grants = _grant_references(agency)
    appointments = Appointment.objects.valid().filter(day_place__day=day).select_related("patron__programme", "commune")
    pages = []
    for appointment in appointments.order_by("patron__sort_name", "pk"):
        with translation.override(appointment.patron.language):
            pages.append(_appointment_page(appointment, agency, grants))
    return _printed(pages, day_title(day), str(day), agency, language, **options)


def thanks_certificate(patron: Patron, *, with_hours: bool, **options: Any) -> bytes:
    """Return the PDF with which an agency thanks a patron at the farewell, in the patron's language; one page.

    `with_hours`: whether the hours stand on it, which the patron has decided.
    """
    agency = Agency.objects.get(pk=patron.agency_id)
    with translation.override(patron.language):
        page = _thanks_page(patron, agency, _grant_references(agency), with_hours)
        return _printed([page], thanks_title(patron), str(patron), agency, patron.language, **options)


def _printed(pages: list[Page], title: str, description: str, agency: Agency, language: str, **options: Any) -> bytes:
    verify_page = settings.BASE_URL + reverse("patrons:verify")
    return render(
        "certificates.html",
        {"pages": pages, "about": description, "verify_page": verify_page.partition("//")[2]},
        title=title,
        agency=agency,
        language=language,
        **options,
    )


def _appointment_page(appointment: Appointment, agency: Agency, grants: dict[int, str]) -> Page:
    programme = appointment.patron.programme
    verify_url = settings.BASE_URL + reverse("patrons:verify", args=[appointment.code])
    words = text_block(
        "certificate/appointment",
        appointment.patron.language,
        name=_one_line(appointment.patron),
        commune=_one_line(appointment.commune),
        programme=programme,
        agency=agency.name,
        date=formats.date_format(appointment.appointed_on, "DATE_FORMAT"),
        place=appointment.place,
    )
    return Page(
        language=appointment.patron.language,
        heading=_("Certificate of appointment"),
        programme=programme,
        grant_reference=grants.get(programme.pk, ""),
        paragraphs=_paragraphs(words, appointment.patron, appointment.commune),
        place=appointment.place,
        on=appointment.appointed_on,
        signed_by=appointment.signed_by,
        signed_function=appointment.signed_function,
        signature=signature_of(agency, appointment.signed_by),
        qr=qr_code(verify_url, _("QR code: address of the page that confirms this certificate")),
        code=" ".join(appointment.code[place : place + 4] for place in range(0, len(appointment.code), 4)),
    )


def _thanks_page(patron: Patron, agency: Agency, grants: dict[int, str], with_hours: bool) -> Page:
    service = time_of_service(patron)
    communes = get_text_list(service.communes, _("and"))
    hours = sum_of_hours(patron) if with_hours else Decimal(0)
    words = text_block(
        "certificate/thanks",
        patron.language,
        name=_one_line(patron),
        commune=communes,
        programme=patron.programme,
        agency=agency.name,
        since=formats.date_format(service.since, "DATE_FORMAT"),
        until=formats.date_format(service.until, "DATE_FORMAT"),
        hours=_hours_in_words(hours) if hours else "",
    )
    signer = agency.signature_name or agency.name
    return Page(
        language=patron.language,
        heading=_("Thank you"),
        programme=patron.programme,
        grant_reference=grants.get(patron.programme_id, ""),
        paragraphs=_paragraphs(words, patron, communes),
        place="",
        on=timezone.localdate(),
        signed_by=signer,
        signed_function=agency.name if signer != agency.name else "",
        signature=signature_of(agency, signer),
    )


def _hours_in_words(hours: Decimal) -> str:
    number = formats.number_format(hours.normalize())
    words = ngettext(
        "In this time you gave %(number)s hour of your own.",
        "In this time you gave %(number)s hours of your own.",
        1 if hours == 1 else 2,
    )
    return words % {"number": number}


def _grant_references(agency: Agency) -> dict[int, str]:
    """Return the grant references of an agency by programme."""
    return dict(Participation.objects.filter(agency=agency).values_list("programme_id", "grant_reference"))


def _one_line(subject: object) -> str:
    return " ".join(str(subject).split())


def _paragraphs(words: str, name: object, commune: object) -> list[Paragraph]:
    """Return an agency's words; a paragraph that is nothing but the name or the municipality is set large."""
    roles = {_one_line(name): "name", _one_line(commune): "commune"}
    texts = [" ".join(text.split()) for text in words.replace("\r\n", "\n").split("\n\n") if text.strip()]
    return [Paragraph(text, roles.get(text, "prose" if len(text) > 100 else "line")) for text in texts]


def _height(paragraphs: list[Paragraph], sizes: dict[str, tuple[int, float, float]]) -> float:
    """Return about how many mm the words need in one density."""
    return sum(
        -(-len(paragraph.text) // signs) * line + gap
        for paragraph in paragraphs
        for signs, line, gap in [sizes[paragraph.role]]
    )
