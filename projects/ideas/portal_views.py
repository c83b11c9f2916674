"""The patron's pages of ideas for the own municipality."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.permissions import permission_required, user_of
from projects.ideas import services as ideas
from projects.ideas.forms import TakeUpForm
from projects.ideas.selectors import ideas_to_take_up
from projects.models import Idea

IDEAS_A_PAGE = 12


@permission_required("idea", "view_own")
@require_safe
def my_ideas(request: HttpRequest) -> HttpResponse:
    """List the released ideas for the municipalities a patron serves."""
    page = Paginator(ideas_to_take_up(user_of(request)), IDEAS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "projects/ideas/portal.html", {"page": page})


@permission_required("idea", "take_up_own")
@require_http_methods(["GET", "HEAD", "POST"])
def take_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a patron make a project of an idea for a municipality he or she serves."""
    get_object_or_404(ideas_to_take_up(user_of(request)), pk=pk, is_adopted=False)
    found = get_object_or_404(Idea.objects.select_related("programme", "commune"), pk=pk)
    initial = {"title": found.title, "topic": found.topic_id}
    form = TakeUpForm(request.POST or None, programme=found.programme, initial=initial)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            project = ideas.take_up_idea(found, by=user_of(request), topic_id=data["topic"].pk, title=data["title"])
        except ValidationError as refusal:
            form.add_error(None, " ".join(refusal.messages))
        else:
            messages.success(request, _("The idea is your project now. Add what is to be done: your first measure."))
            return redirect(project)
    return render(request, "projects/ideas/take_up.html", {"form": form, "idea": found})
