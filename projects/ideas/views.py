"""The page on which citizens send an idea for a network of towns."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Programme
from agencies.permissions import permission_required
from projects.ideas import services as ideas
from projects.ideas.forms import IdeaForm

IDEAS_AN_HOUR = 10


@permission_required("idea", "send")
@require_http_methods(["GET", "HEAD", "POST"])
def send_idea(request: HttpRequest, slug: str) -> HttpResponse:
    """Offer the form for an idea; the coordinating office reads it before anybody else does."""
    programme = get_object_or_404(Programme, slug=slug, kind=Programme.Kind.TWINNING)
    form = IdeaForm(request.POST or None, programme=programme)
    status = 200
    if form.is_bound and form.is_trapped:
        return redirect("website:network", slug=slug)
    if form.is_bound and form.is_valid():
        if form.is_too_often(request, "idea", IDEAS_AN_HOUR):
            form.add_error(None, _("This form was sent very often from here. Please try again in an hour."))
            status = 429
        elif _noted(form, programme):
            messages.success(request, _("Thank you! We read your idea, and then it stands here for all to see."))
            return redirect("website:network", slug=slug)
    return render(request, "projects/send_idea.html", {"form": form, "programme": programme}, status=status)


def _noted(form: IdeaForm, programme: Programme) -> bool:
    """Hand the idea to the service; what it refuses is shown in the form."""
    try:
        ideas.send_idea(programme=programme, language=(get_language() or "de")[:2], **form.idea)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return False
    return True
