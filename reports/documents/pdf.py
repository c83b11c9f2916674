"""From a template to a PDF/UA-1, in the agency's colours."""

import base64
import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.db.models.fields.files import FieldFile
from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from agencies.models import Agency
from reports.documents.colours import Palette

STYLESHEETS = ("css/tokens.css", "css/print.css")
FONTS = {
    "sans": ("fontpkg_source_sans_3", "SourceSans3[wght].ttf"),
    "sans-italic": ("fontpkg_source_sans_3", "SourceSans3-Italic[wght].ttf"),
    "serif": ("fontpkg_source_serif_4", "SourceSerif4[opsz,wght].ttf"),
    "serif-italic": ("fontpkg_source_serif_4", "SourceSerif4-Italic[opsz,wght].ttf"),
}


@dataclass(frozen=True)
class Logo:
    """A picture's address inside a document, and whose logo it is."""

    address: str
    name: str


OUR_LOGO = Logo("static:img/logo-print.svg", "klikks")


class NotOurs(ValueError):
    """A document asked for something that is neither a static file nor one of our fonts."""


class LocalFetcher(URLFetcher):
    """Opens `static:` and `font:` addresses and data inside the document; refuses files and every network address."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False)

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """Return what an address of a document names. Raises ValueError for anything that is not ours."""
        scheme, _separator, name = url.partition(":")
        if scheme == "static":
            return _response(url, _static_file(name))
        if scheme == "font":
            return _response(url, _font(name))
        return super().fetch(url, headers)


def render(
    template: str,
    context: Mapping[str, Any],
    *,
    title: str,
    agency: Agency,
    language: str,
    progress: Callable[[int], None] = lambda percent: None,
) -> bytes:
    """Return the PDF of `templates/documents/<template>` in one language.

    The template also gets `title`, `language`, `agency`, its `logo` and `palette`.
    `progress` is told 40 and 80 percent: when the text is written, and when the pages are laid out.
    """
    with translation.override(language):
        values = {
            **context,
            "title": title,
            "language": language,
            "agency": agency,
            "logo": logo_of(agency),
            "palette": Palette.of(agency.colour),
        }
        html = render_to_string(f"documents/{template}", values)
    progress(40)
    return print_pdf(html, progress=progress)


def print_pdf(html: str, *, progress: Callable[[int], None] = lambda percent: None) -> bytes:
    """Return the PDF/UA-1 of an HTML page, with our stylesheets."""
    fonts, stylesheets = _looks()
    pages = HTML(string=html, url_fetcher=LocalFetcher()).render(
        font_config=fonts, stylesheets=stylesheets, pdf_variant="pdf/ua-1"
    )
    progress(80)
    pdf: bytes = pages.write_pdf(pdf_variant="pdf/ua-1")
    return pdf


def logo_of(agency: Agency) -> Logo:
    """Return the agency's logo; that of klikks if it has none or the file is gone."""
    address = _data_address(agency.logo)
    return Logo(address, agency.name) if address else OUR_LOGO


def signature_of(agency: Agency, name: str) -> Logo | None:
    """Return the stored signature of the person called `name`; None if the agency has none of this person."""
    if not agency.signature_name or agency.signature_name.casefold() != name.strip().casefold():
        return None
    address = _data_address(agency.signature)
    return Logo(address, name) if address else None


def _data_address(picture: FieldFile) -> str:
    """Return a stored picture as an address inside the document; empty if there is none or the file is gone."""
    if not picture:
        return ""
    try:
        with picture.open("rb") as file:
            content = base64.b64encode(file.read()).decode()
    except OSError:
        return ""
    kind = mimetypes.guess_type(str(picture.name))[0] or "image/png"
    return f"data:{kind};base64,{content}"


@cache
def _looks() -> tuple[FontConfiguration, list[CSS]]:
    """Return fonts and stylesheets, read once a process: documents are often made by the hundred."""
    fonts = FontConfiguration()
    fetcher = LocalFetcher()
    return fonts, [CSS(url=f"static:{name}", url_fetcher=fetcher, font_config=fonts) for name in STYLESHEETS]


def _static_file(name: str) -> tuple[str, bytes]:
    try:
        path = finders.find(name)
    except SuspiciousFileOperation:
        path = None
    if not isinstance(path, str):
        raise NotOurs(name)
    with open(path, "rb") as file:
        return name, file.read()


def _font(name: str) -> tuple[str, bytes]:
    if name not in FONTS:
        raise NotOurs(name)
    package, file_name = FONTS[name]
    return file_name, (files(package) / "files" / file_name).read_bytes()


def _response(url: str, found: tuple[str, bytes]) -> URLFetcherResponse:
    name, content = found
    return URLFetcherResponse(url, content, {"Content-Type": mimetypes.guess_type(name)[0] or "font/ttf"})
