"""Checks that an uploaded logo is what it says: a PNG or an SVG, by its content and not by its name."""

import re
from base64 import b64encode
from xml.etree import ElementTree

from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

LARGEST_BYTES = 1024 * 1024
LARGEST_PIXELS = 4000
PNG_BEGINS = b"\x89PNG\r\n\x1a\n"
DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
SVG = "{http://www.w3.org/2000/svg}"
# A drawing needs none of these; they run code or load from elsewhere.
FORBIDDEN = {"script", "foreignObject", "iframe", "image", "use", "animate", "set", "a", "style"}


def checked_logo(upload: File) -> str:
    """Return the ending that a logo's content deserves: "png" or "svg".

    Raises ValidationError with a mend for anything else, for what is too large, and for drawings that carry code.
    """
    if upload.size > LARGEST_BYTES:
        raise ValidationError(_("This file is larger than 1 MB. Please choose a smaller one."))
    content = upload.read()
    upload.seek(0)
    if content.startswith(PNG_BEGINS):
        _check_png(upload)
        return "png"
    _check_svg(content)
    return "svg"


def as_data_address(content: bytes) -> str:
    """Return a stored logo as an address that needs no request of its own."""
    kind = "png" if content.startswith(PNG_BEGINS) else "svg+xml"
    return f"data:image/{kind};base64,{b64encode(content).decode()}"


def _check_png(upload: File) -> None:
    try:
        with Image.open(upload) as picture:
            picture.verify()
            size = picture.size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise ValidationError(_("This PNG file is damaged. Please export it once more.")) from None
    finally:
        upload.seek(0)
    if max(size) > LARGEST_PIXELS:
        raise ValidationError(_("This picture is wider or higher than 4,000 pixels. Please make it smaller."))


def _check_svg(content: bytes) -> None:
    wrong_kind = ValidationError(_("This is neither a PNG nor an SVG file. Please export the logo as one of these."))
    if DOCTYPE.search(content):
        raise ValidationError(_("This SVG file has a document type, which can hide code. Please export it without."))
    try:
        drawing = ElementTree.fromstring(content)  # noqa: S314  # nosec B314  (no document type, so no entities)
    except ElementTree.ParseError:
        raise wrong_kind from None
    if drawing.tag != f"{SVG}svg":
        raise wrong_kind
    for part in drawing.iter():
        name = str(part.tag).rpartition("}")[2]
        if name in FORBIDDEN or any(_is_active(key, value) for key, value in part.attrib.items()):
            raise ValidationError(
                _("This SVG file contains code or loads parts (%(part)s). Please export it as a plain drawing.")
                % {"part": name}
            )


def _is_active(key: str, value: str) -> bool:
    """Whether an attribute runs code or loads something."""
    name = key.rpartition("}")[2].lower()
    loads = "url(" in value and not re.search(r"url\(\s*['\"]?#", value)
    return name.startswith("on") or (name in {"href", "src"} and not value.startswith("#")) or loads
