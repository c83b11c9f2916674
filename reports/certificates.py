"""Certificates on paper."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext as _

from agencies.models import Agency, Participation
from agencies.texts import text_block
from patrons.models import Appointment
from reports.documents import qr_code, render

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


def appointment_title(appointment: Appointment) -> str:
    """Return the title of an appointment's certificate, in the active language."""
    return _("Certificate of appointment: %(patron)s, %(commune)s") % {
        "patron": appointment.patron,
        "commune": appointment.commune,
    }


def appointment_certificate(appointment: Appointment, **options: Any) -> bytes:
    """Return the PDF of an appointment's certificate, in the patron's language; one page.

    `options` go to the renderer (`progress`).
    """
    language = appointment.patron.language
    agency = Agency.objects.get(pk=appointment.agency_id)
    with translation.override(language):
        return render(
            "appointment_certificate.html",
            _context(appointment, agency, language),
            title=appointment_title(appointment),
            agency=agency,
            language=language,
            **options,
        )


def _context(appointment: Appointment, agency: Agency, language: str) -> dict[str, Any]:
    programme = appointment.patron.programme
    participation = Participation.objects.filter(agency=agency, programme=programme).first()
    verify_url = settings.BASE_URL + reverse("patrons:verify", args=[appointment.code])
    verify_page = settings.BASE_URL + reverse("patrons:verify")
    paragraphs = _paragraphs(appointment, agency, language)
    return {
        "appointment": appointment,
        "programme": programme,
        "grant_reference": participation.grant_reference if participation else "",
        "paragraphs": paragraphs,
        "density": next(
            name for name, sizes in DENSITIES.items() if not sizes or _height(paragraphs, sizes) <= ROOM_MM
        ),
        "code": " ".join(appointment.code[place : place + 4] for place in range(0, len(appointment.code), 4)),
        "verify_page": verify_page.partition("//")[2],
        "qr": qr_code(verify_url, _("QR code: address of the page that confirms this certificate")),
    }


def _paragraphs(appointment: Appointment, agency: Agency, language: str) -> list[Paragraph]:
    """Return the agency's words; a paragraph that is nothing but the name or the municipality is set large."""
    name, commune = (" ".join(str(it).split()) for it in (appointment.patron, appointment.commune))
    words = text_block(
        "certificate/appointment",
        language,
        name=name,
        commune=commune,
        programme=appointment.patron.programme,
        agency=agency.name,
        date=formats.date_format(appointment.appointed_on, "DATE_FORMAT"),
        place=appointment.place,
    )
    roles = {name: "name", commune: "commune"}
    texts = [" ".join(text.split()) for text in words.replace("\r\n", "\n").split("\n\n") if text.strip()]
    return [Paragraph(text, roles.get(text, "prose" if len(text) > 100 else "line")) for text in texts]


def _density(paragraphs: list[Paragraph]) -> str:
    """Return the roomiest density in which the words fit on the page; the tightest if none does."""
    return next(name for name, sizes in DENSITIES.items() if not sizes or _height(paragraphs, sizes) <= ROOM_MM)


def _height(paragraphs: list[Paragraph], sizes: dict[str, tuple[int, float, float]]) -> float:
    """Return about how many mm the words need in one density."""
    return sum(
        -(-len(paragraph.text) // signs) * line + gap
        for paragraph in paragraphs
        for signs, line, gap in [sizes[paragraph.role]]
    )
