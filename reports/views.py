"""Handing out documents."""

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.permissions import permission_required
from communes.models import searchable
from reports.models import Document
from reports.selectors import documents_for


@permission_required("document", "download_own")
@require_safe
def download(request: HttpRequest, pk: int) -> FileResponse:
    """Send a document to somebody who may have it; for everybody else it does not exist."""
    document = get_object_or_404(documents_for(request.user), pk=pk)  # type: ignore[arg-type]
    try:
        file = document.file.open("rb")
    except OSError:
        raise Http404(_("The file of this document is missing. Please tell your agency.")) from None
    response = FileResponse(file, as_attachment=True, filename=readable_name(document), content_type="application/pdf")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def readable_name(document: Document) -> str:
    """Return the name under which a document is saved: what it is, about whom, and of which day."""
    return f"{slugify(searchable(document.title))[:80] or document.kind}-{document.created_at:%Y-%m-%d}.pdf"
