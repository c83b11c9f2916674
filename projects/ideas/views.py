"""Public pages of ideas: the released ones, and the form with which anybody sends one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Participation, Programme, Topic
from agencies.permissions import permission_required
from communes.models import Commune
from communes.search import matching
from klikks.photos import photo_answer
from projects.ideas import services as ideas
from projects.ideas.forms import FollowForm, IdeaForm
from projects.ideas.selectors import public_ideas
from projects.ideas.similar import similar_to
from projects.models import PublicIdea

IDEAS_AN_HOUR = 10
MAILS_A_DAY = 6
IDEAS_A_PAGE = 12


@permission_required("idea", "read")
@require_safe
def idea_list(request: HttpRequest, slug: str = "", agency: str = "") -> HttpResponse:
    """List the released ideas, of all programmes, of one, or of one agency in it; five queries at most.

    `?topic=` and `?place=` (name or postcode of a municipality) choose among them.
    """
    rows = PublicIdea.objects.select_related("commune", "topic", "programme", "agency")
    programme, office = None, None
    if agency:
        parts = Participation.objects.select_related("agency", "programme")
        part = get_object_or_404(parts, agency__slug=agency, programme__slug=slug)
        programme, office = part.programme, part.agency
        rows = rows.filter(agency=office)
    elif slug:
        programme = get_object_or_404(Programme, slug=slug)
    if programme:
        rows = rows.filter(programme=programme)
    topic, place = request.GET.get("topic", "")[:40], request.GET.get("place", "")[:80].strip()
    if topic:
        rows = rows.filter(topic=topic)
    if place:
        rows = rows.filter(commune__in=matching(Commune.objects.all(), place))
    page = Paginator(rows.order_by("-released_at", "-pk"), IDEAS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "programme": programme, "office": office, "topic": topic, "place": place}
    return render(request, "projects/ideas/list.html", {**context, "topics": Topic.objects.all()})


@permission_required("idea", "read")
@require_safe
def idea(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a released idea, with the form to follow it."""
    context = {"idea": get_object_or_404(public_ideas(), pk=pk), "form": FollowForm()}
    return render(request, "projects/ideas/idea.html", context)


@permission_required("idea", "read")
@require_safe
def photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the picture of a released idea."""
    name = get_object_or_404(PublicIdea.objects.exclude(photo=""), pk=pk).photo
    return photo_answer(name, "public, max-age=3600")


@permission_required("idea", "read")
@require_safe
@cache_control(private=True, max_age=300)
def similar(request: HttpRequest) -> HttpResponse:
    """Answer a title that is being typed with the public ideas and projects like it, as a part of a page."""
    return render(request, "projects/ideas/_similar.html", {"similar": similar_to(request.GET.get("q", ""))})


@permission_required("idea", "send")
@require_http_methods(["GET", "HEAD", "POST"])
def send_idea(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Offer the form for an idea, for any municipality or within one programme."""
    return _send(request, get_object_or_404(Programme, slug=slug) if slug else None)


@permission_required("idea", "send")
@require_http_methods(["GET", "HEAD", "POST"])
def send_to_network(request: HttpRequest, slug: str) -> HttpResponse:
    """Offer the form for an idea for a network of twinned towns."""
    return _send(request, get_object_or_404(Programme, slug=slug, kind=Programme.Kind.TWINNING))


def _send(request: HttpRequest, programme: Programme | None) -> HttpResponse:
    """Show the form for an idea, or take what was sent with it."""
    wanted = request.GET.get("commune", "")
    initial = {"commune": int(wanted)} if wanted.isdecimal() and len(wanted) < 18 else None
    form = IdeaForm(request.POST or None, request.FILES or None, programme=programme, initial=initial)
    status, asked = 200, []
    if form.is_bound and form.is_trapped:
        return redirect(_list_of(programme))
    if form.is_bound and form.is_valid():
        if form.similar:
            asked = form.similar
            form.ask_about_similar()
        elif refusal := form.refused_as_too_often(request, "idea", IDEAS_AN_HOUR, "idea-mail", MAILS_A_DAY):
            form.refuse(refusal)
            status = 429
        elif _noted(form):
            messages.success(request, _("Thank you! We read your idea, and then it stands here for all to see."))
            return redirect(_list_of(programme))
    context = {"form": form, "programme": programme, "similar": asked, "asked": bool(asked)}
    return render(request, "projects/send_idea.html", context, status=status)


def _list_of(programme: Programme | None) -> str:
    """Return the address of the page on which a programme's ideas stand."""
    if programme is None:
        return reverse("projects:ideas")
    is_network = programme.kind == Programme.Kind.TWINNING
    return reverse("website:network" if is_network else "projects:ideas", args=[programme.slug])


def _noted(form: IdeaForm) -> bool:
    """Hand the idea to the service; what it refuses is shown in the form."""
    try:
        ideas.send_idea(language=_language(), **form.idea)
    except ValidationError as refusal:
        form.refuse(refusal)
        return False
    return True


def _language() -> str:
    return (get_language() or "de")[:2]
