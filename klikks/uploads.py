"""What may be uploaded: PDF, PNG and JPEG, told by their content, whatever their name says."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.template.defaultfilters import filesizeformat
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

SIGNATURES = {
    b"%PDF-": ("pdf", "application/pdf"),
    b"\x89PNG\r\n\x1a\n": ("png", "image/png"),
    b"\xff\xd8\xff": ("jpg", "image/jpeg"),
}
LONGEST_NAME = 60


def check_upload(file: File) -> str:
    """Return a safe file name with the ending of the file's real kind.

    Raises ValidationError when the file is empty, larger than `UPLOAD_MAX_BYTES`, or no PDF, PNG or JPEG.
    """
    if not file.size:
        raise ValidationError(_("The file is empty."))
    if file.size > settings.UPLOAD_MAX_BYTES:
        raise ValidationError(
            _("The file is too large: %(size)s. At most %(limit)s are possible.")
            % {"size": filesizeformat(file.size), "limit": filesizeformat(settings.UPLOAD_MAX_BYTES)}
        )
    file.seek(0)
    start = file.read(16)
    file.seek(0)
    ending = next((kind[0] for signature, kind in SIGNATURES.items() if start.startswith(signature)), None)
    if ending is None:
        raise ValidationError(_("Please choose a PDF, PNG or JPEG file; this one is something else."))
    stem = (file.name or "").replace("\\", "/").rsplit("/", maxsplit=1)[-1].rsplit(".", maxsplit=1)[0]
    return f"{get_valid_filename(stem[:LONGEST_NAME] or 'file')}.{ending}"


def content_type_of(name: str) -> str:
    """Return the content type of a file that `check_upload` has named."""
    ending = name.rsplit(".", maxsplit=1)[-1]
    return next((kind[1] for kind in SIGNATURES.values() if kind[0] == ending), "application/octet-stream")


def download(stored: str, missing: str = "", caching: str = "") -> FileResponse:
    """Return a stored upload as a download, never as a page of ours, with this `Cache-Control` if one is given.

    Answers "404 not found", with the words of `missing`, where its file is gone.
    """
    name = stored.rsplit("/", maxsplit=1)[-1]
    try:
        file = default_storage.open(stored, "rb")
    except OSError:
        raise Http404(missing) from None
    answer = FileResponse(file, as_attachment=True, filename=name, content_type=content_type_of(name))
    answer["X-Content-Type-Options"] = "nosniff"
    if caching:
        answer["Cache-Control"] = caching
    return answer
