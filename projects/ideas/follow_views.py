"""Pages that mailed links open: confirming and ending to follow an idea, and what authors may do with their own."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from agencies.permissions import permission_required
from klikks import links
from klikks.link_pages import link_refused, unlisted
from projects.exceptions import IdeaIsProject
from projects.ideas import authors, follows
from projects.ideas.forms import FollowForm
from projects.ideas.selectors import public_ideas
from projects.ideas.views import MAILS_A_DAY

FOLLOWS_AN_HOUR = 10


@permission_required("idea", "follow")
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Mail a link with which somebody confirms to follow an idea."""
    found = get_object_or_404(public_ideas(), pk=pk)
    if request.method != "POST":
        return redirect(found)
    form = FollowForm(request.POST)
    status = 200
    if form.is_trapped:
        return redirect(found)
    if form.is_valid():
        if refusal := form.refused_as_too_often(request, "idea-follow", FOLLOWS_AN_HOUR, "idea-mail", MAILS_A_DAY):
            form.add_error(None, refusal)
            status = 429
        else:
            follows.follow(found, email=form.cleaned_data["email"], language=(get_language() or "de")[:2])
            messages.success(request, _("Please look into your mailbox: the link in our mail confirms it."))
            return redirect(found)
    return render(request, "projects/ideas/idea.html", {"idea": found, "form": form}, status=status)


@permission_required("idea", "follow")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm_follow(request: HttpRequest, token: str) -> HttpResponse:
    """Ask before somebody follows an idea; the button confirms it, a mail scanner's visit does not."""
    try:
        found = follows.confirm_follow(token) if request.method == "POST" else follows.find_follow(token)
    except ValidationError as refusal:
        return _refused(request, refusal)
    if request.method == "POST":
        messages.success(request, _("Thank you, this is confirmed. We write as soon as something happens."))
        return redirect(found.idea)
    return unlisted(render(request, "projects/ideas/follow.html", {"idea": found.idea}))


# Mail programs send to this address without any page of ours, and it does nothing but what its token says.
@csrf_exempt
@permission_required("idea", "follow")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def unfollow(request: HttpRequest, token: str) -> HttpResponse:
    """End the mails about an idea; by the button, or by the one of a mail program."""
    try:
        if request.method == "POST":
            follows.unfollow(token)
        else:
            follows.find_unfollow(token)
    except ValidationError as refusal:
        return _refused(request, refusal)
    return unlisted(render(request, "projects/ideas/unfollow.html", {"ended": request.method == "POST"}))


@permission_required("idea", "follow")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def own_idea(request: HttpRequest, token: str) -> HttpResponse:
    """Show authors their idea by the mailed link, and let them take back their name or the whole idea."""
    try:
        found = authors.find_own(token)
        if "withdraw" in request.POST:
            authors.withdraw_by_link(token)
            messages.success(request, _("Your idea is deleted, with everything we knew about you."))
            return redirect("projects:ideas")
        if "forget" in request.POST:
            authors.forget_author_by_link(token)
            messages.success(request, _("Your name and address are deleted. The idea stays, without you."))
            return redirect("projects:ideas")
    except IdeaIsProject as refusal:
        messages.error(request, refusal.messages[0])
    except ValidationError as refusal:
        return _refused(request, refusal)
    return unlisted(render(request, "projects/ideas/own.html", {"idea": found}))


def _refused(request: HttpRequest, refusal: ValidationError) -> HttpResponse:
    """Say why a mailed link does not work."""
    status = 410 if isinstance(refusal, links.LinkExpired) else 404
    return link_refused(request, refusal, back="projects:ideas", back_text=_("Ideas from citizens"), status=status)
