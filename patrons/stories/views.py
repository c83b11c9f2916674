"""Experience reports: the patron's own ones, and the released ones for everybody."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Programme
from agencies.permissions import permission_required, user_of
from klikks.photos import photo_answer
from patrons.models import Patron, PublicStory, Story
from patrons.stories import services
from patrons.stories.forms import StoryForm

STORIES_A_PAGE = 12
TONES: dict[str, str] = {Story.Status.DRAFT: "", Story.Status.HANDED_IN: "warning", Story.Status.RELEASED: "success"}


@permission_required("story", "read")
@require_safe
def stories(request: HttpRequest, slug: str = "") -> HttpResponse:
    """List the released reports, of all programmes or of one, the newest first."""
    programme = get_object_or_404(Programme, slug=slug) if slug else None
    rows = PublicStory.objects.select_related("programme", "state")
    if programme:
        rows = rows.filter(programme=programme)
    page = Paginator(rows, STORIES_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "patrons/stories.html", {"page": page, "programme": programme})


@permission_required("story", "read")
@require_safe
def story(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a released report."""
    found = get_object_or_404(PublicStory.objects.select_related("programme", "state"), pk=pk)
    return render(request, "patrons/story.html", {"story": found})


@permission_required("story", "read")
@require_safe
def photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the photo of a released report."""
    name = get_object_or_404(PublicStory.objects.exclude(photo=""), pk=pk).photo
    return photo_answer(name, "public, max-age=3600")


@permission_required("story", "view_own")
@require_safe
@never_cache
def own_photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the photo of a report to its author."""
    return photo_answer(str(get_object_or_404(_own(request).exclude(photo=""), pk=pk).photo), "private, no-store")


@permission_required("story", "view_own")
@require_safe
@never_cache
def my_stories(request: HttpRequest) -> HttpResponse:
    """List the patron's own reports with where they stand."""
    rows = [(one, TONES[one.status]) for one in _own(request).order_by("-pk")]
    return render(request, "patrons/my_stories.html", {"rows": rows})


@permission_required("story", "add_own")
@require_http_methods(["GET", "HEAD", "POST"])
def write_story(request: HttpRequest) -> HttpResponse:
    """Begin a report."""
    patron = get_object_or_404(Patron.objects.serving().select_related("programme"), user=user_of(request))
    initial = {"language": (get_language() or "de")[:2]}
    form = StoryForm(request.POST or None, request.FILES or None, initial=initial)
    return _answer(request, form, patron, None)


@permission_required("story", "change_own")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit_story(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with a draft; a report that was handed in is only shown."""
    found = get_object_or_404(_own(request).select_related("patron__programme"), pk=pk)
    if found.status != Story.Status.DRAFT and request.method != "POST":
        return render(request, "patrons/my_story.html", {"story": found, "tone": TONES[found.status]})
    names = ("title", "body", "language", "photo_alt", "is_named")
    form = StoryForm(
        request.POST or None,
        request.FILES or None,
        initial={name: getattr(found, name) for name in names},
        has_photo=bool(found.photo),
    )
    return _answer(request, form, found.patron, found)


@permission_required("story", "change_own")
@require_POST
def take_home(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a report back that was handed in, to change it once more."""
    found = get_object_or_404(_own(request), pk=pk)
    services.take_home(found, by=user_of(request))
    return redirect("patrons:edit_story", pk=pk)


def _answer(request: HttpRequest, form: StoryForm, patron: Patron, draft: Story | None) -> HttpResponse:
    """Save a valid form as a draft and hand it in where the button says so; otherwise show the form."""
    if form.is_bound and form.is_valid():
        try:
            written = services.write(patron, by=user_of(request), story=draft, **form.cleaned_data)
            if "hand_in" in request.POST:
                services.hand_in(written, by=user_of(request))
        except ValidationError as refusal:
            form.add_error(None, " ".join(refusal.messages))
        else:
            if "hand_in" in request.POST:
                messages.success(
                    request, _("Thank you for your report! Your energy agency reads it and then writes to you.")
                )
            else:
                messages.success(request, _("Saved as a draft. Only you see it."))
            return redirect("patrons:my_stories")
    return render(request, "patrons/story_form.html", {"form": form, "story": draft})


def _own(request: HttpRequest) -> Any:
    """Return the reports of the patron who is signed in."""
    return Story.objects.filter(patron__user=user_of(request))
