"""Handing out documents."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.permissions import permission_required
from klikks.cache import remembered
from reports.calculations import calculation_for, calculation_pdf
from reports.selectors import documents_for
from reports.services import readable_name

MOST_SHOWN = 100
A_DAY = 24 * 60 * 60


@permission_required("portal", "view")
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show a patron the own certificates and the reports about the municipalities served."""
    documents = documents_for(request.user)[:MOST_SHOWN]  # type: ignore[arg-type]
    return render(request, "reports/mine.html", {"documents": documents})


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


@permission_required("saving", "read")
@require_safe
def calculation(request: HttpRequest, pk: int) -> HttpResponse:
    """Send how a saving was calculated as a PDF: of a released project to everybody, of others to who may see them."""
    saving = calculation_for(request.user, pk)  # type: ignore[arg-type]
    if saving is None:
        raise Http404
    language = get_language() or "de"
    pdf = remembered(f"calculation-{pk}-{language}", A_DAY, lambda: calculation_pdf(saving, language))
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="klikks-{pk}.pdf"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
