"""Letters on paper: what a mail would say, on the agency's letterhead, for town halls that do not work by e-mail."""

import re
from datetime import datetime
from typing import Any

from django.utils import timezone

from agencies.models import Participation
from communes.models import Registration
from deadlines.outbox import Words
from reports.documents import render


def letter(registration: Registration, words: Words, written_at: datetime, **options: Any) -> bytes:
    """Return the PDF of a letter to whoever registered a municipality; the address fits a window envelope (DIN 5008).

    `options` go to the renderer (`progress`).
    """
    agency, programme = registration.agency, registration.programme
    participation = Participation.objects.filter(agency=agency, programme=programme).first()
    return render(
        "letter.html",
        {
            "address": _address(registration),
            "paragraphs": [part.strip() for part in re.split(r"\n\s*\n", words.text.replace("\r\n", "\n"))],
            "written_on": timezone.localdate(written_at),
            "programme": programme,
            "grant_reference": participation.grant_reference if participation else "",
        },
        title=words.subject_line,
        agency=agency,
        language=registration.language,
        **options,
    )


def _address(registration: Registration) -> list[str]:
    """Return the lines of the address; the reference data know a town hall's postcode, but not its street."""
    commune = registration.commune
    postcode = commune.postcodes[0] if commune.postcodes else ""
    return [commune.official_name, registration.contact_name, f"{postcode} {commune.name}".strip()]
