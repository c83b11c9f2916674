"""Certificates and the report, beside bare WeasyPrint on the same HTML and CSS.

Ours is the whole way from the database to the bytes. Bare WeasyPrint gets the finished HTML and reads fonts and
stylesheets anew for each document, as anybody would write it first.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from unittest.mock import patch

import pikepdf
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from agencies.models import Agency, Programme
from benchmarks.data import REPORTED
from benchmarks.measure import Result, timed
from communes.models import Commune
from klikks.tenancy import agency_context
from patrons.models import Appointment
from reports.certificates import appointment_certificate
from reports.commune_report import commune_report
from reports.documents import pdf
from reports.models import Report


def certificates(scale: float) -> Result:
    """Measure a hundred certificates."""
    count = max(int(100 * scale), 5)
    with agency_context(Agency.objects.get(slug="rlp")):
        found = list(Appointment.objects.select_related("patron__programme", "commune").order_by("pk")[:count])
        found *= -(-count // len(found))
        pages = [_html(lambda one=one: appointment_certificate(one)) for one in found[:count]]
        appointment_certificate(found[0])
        _bare(pages[0])
        ours = bare = 0.0
        for one, page in zip(found[:count], pages, strict=True):
            bare += timed(lambda page=page: _bare(page))
            ours += timed(lambda one=one: appointment_certificate(one))
    return Result(
        "certificates", f"{count} certificates", f"{count} bare WeasyPrint runs in one process", ours, bare, 1.0, count
    )


def report(scale: float) -> Result:
    """Measure a report of about sixty pages."""
    rounds = max(int(5 * scale), 1)
    with agency_context(Agency.objects.get(slug="rlp")):
        order = Report(
            agency=Agency.objects.get(slug="rlp"),
            kind=Report.Kind.COMMUNE,
            commune=Commune.objects.get(official_name=REPORTED),
            programme=Programme.objects.get(slug="klikks"),
            starts_on=date(2022, 3, 1),
            ends_on=date(2025, 2, 28),
        )
        page = _html(lambda: commune_report(order))
        pages = len(pikepdf.open(io.BytesIO(commune_report(order))).pages)
        _bare(page)
        pairs = [(timed(lambda: _bare(page)), timed(lambda: commune_report(order))) for _round in range(rounds)]
    bare, ours = (min(pair[side] for pair in pairs) for side in (0, 1))
    return Result(
        "report",
        f"municipality report of {pages} pages",
        "bare WeasyPrint on the same HTML and CSS",
        ours,
        bare,
        1.15,
        rounds,
    )


def _bare(html: str) -> bytes:
    """Print a page as WeasyPrint alone does."""
    fonts, fetcher = FontConfiguration(), pdf.LocalFetcher()
    sheets = [CSS(url=f"static:{name}", url_fetcher=fetcher, font_config=fonts) for name in pdf.STYLESHEETS]
    made: bytes = HTML(string=html, url_fetcher=fetcher).write_pdf(
        stylesheets=sheets, font_config=fonts, pdf_variant="pdf/ua-1"
    )
    return made


def _html(make: Callable[[], bytes]) -> str:
    """Return the HTML of a document instead of printing it."""
    with _caught() as caught:
        make()
    return caught[0]


@contextmanager
def _caught() -> Iterator[list[str]]:
    caught: list[str] = []

    def catch(html: str, **_options: object) -> bytes:
        caught.append(html)
        return b""

    with patch.object(pdf, "print_pdf", catch):
        yield caught
