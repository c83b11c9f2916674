"""The page on which staff see what a patron has learned."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from agencies.permissions import permission_required
from patrons.models import Patron
from trainings.learning.selectors import learning_record


@permission_required("patron", "view")
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a patron's learning record and what is missing to the qualifications of the programme."""
    patron = get_object_or_404(Patron, pk=pk)
    return render(request, "trainings/record.html", {"patron": patron, "record": learning_record(patron)})
