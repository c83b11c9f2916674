"""Photos that people send: checked by content, turned upright, made smaller and stored without any metadata."""

import io
import uuid

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from klikks.uploads import SIGNATURES, check_upload

BEGINNINGS = tuple(signature for signature, (ending, _type) in SIGNATURES.items() if ending != "pdf")
LONGEST_SIDE = 1600
MOST_PIXELS = 50_000_000
QUALITY = 82


def clean_photo(upload: File) -> ContentFile:
    """Return an uploaded photo as a new JPEG of at most 1600 pixels: no place, no camera, no hidden content survives.

    Raises ValidationError for anything but a readable PNG or JPEG, and for files or pictures that are too large.
    """
    start = upload.read(16)
    upload.seek(0)
    if start and not start.startswith(BEGINNINGS):
        raise ValidationError(_("Please choose a photo as JPEG or PNG; this is something else."))
    check_upload(upload)
    try:
        with Image.open(upload, formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValidationError(_("This picture has more than 50 million pixels. Please make it smaller."))
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise ValidationError(_("This picture is damaged. Please save it once more, or choose another one.")) from None
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    flat = Image.new("RGB", upright.size, "white")
    flat.paste(upright, mask=upright.getchannel("A"))
    content = io.BytesIO()
    flat.save(content, "JPEG", quality=QUALITY, optimize=True)
    return ContentFile(content.getvalue(), name=f"{uuid.uuid4()}.jpg")


def photo_answer(name: str, caching: str) -> FileResponse:
    """Return a stored photo as an answer with this `Cache-Control`; "404 not found" where its file is missing."""
    try:
        file = default_storage.open(name, "rb")
    except OSError:
        raise Http404 from None
    response = FileResponse(file, content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = caching
    return response
