"""The directory of patrons of all states, and what one shows there."""

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import User
from agencies.permissions import permission_required
from klikks import links
from klikks.link_pages import unlisted
from klikks.tenancy import agency_context
from patrons.exchange import selectors, services
from patrons.exchange.digest import LINK_LASTS, LINK_PURPOSE
from patrons.exchange.forms import ProfileForm
from patrons.exchange.models import Profile

PEOPLE_A_PAGE = 24
LONGEST_SEARCH = 80


@permission_required("directory", "view")
@require_safe
@never_cache
def directory(request: HttpRequest) -> HttpResponse:
    """List the patrons of all states who show themselves, by name, topic and state."""
    patron = selectors.taking_part(cast(User, request.user))
    if patron is None:
        return render(request, "patrons/directory.html", {"patron": None})
    asked = {name: request.GET.get(name, "").replace("\0", "")[:LONGEST_SEARCH] for name in ("name", "topic", "state")}
    page = Paginator(selectors.people(patron, **asked), PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    topics = selectors.topics_of(patron)
    names = {topic.value: topic.label for topic in topics}
    context = {
        "patron": patron,
        "page": page,
        "rows": [(face, [names.get(topic, topic) for topic in face.topics]) for face in page],
        "asked": asked,
        "is_filtered": any(asked.values()),
        "topics": topics,
        "states": selectors.states_of(patron),
        "is_listed": getattr(patron, "profile", Profile()).is_listed,
    }
    return render(request, "patrons/directory.html", context)


@permission_required("profile", "change_own")
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Let patrons decide what others see of them, and how often the digest comes."""
    user = cast(User, request.user)
    patron = selectors.taking_part(user)
    if patron is None:
        return render(request, "patrons/profile.html", {"patron": None})
    form = ProfileForm(request.POST or None, instance=getattr(patron, "profile", None))
    if form.is_bound and form.is_valid():
        services.change_profile(patron, by=user, **form.cleaned_data)
        messages.success(request, _("Saved. This is what others see of you from now on."))
        return redirect("patrons:directory")
    return render(request, "patrons/profile.html", {"patron": patron, "form": form})


# Mail programs send to this address without any page of ours (RFC 8058); it does nothing but what its token says.
@csrf_exempt
@permission_required("digest", "choose")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def digest(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever has the mailed link choose how often the digest comes; the button does it, a scanner's visit not."""
    try:
        link = links.read(LINK_PURPOSE, token, max_age=LINK_LASTS)
        with agency_context(link.agency_id):
            profile = Profile.objects.get(pk=link.pk)
            one_click = Profile.Digest.OFF if request.POST.get("List-Unsubscribe") == "One-Click" else ""
            chosen = request.POST.get("digest", one_click)
            if chosen in Profile.Digest:
                profile = services.choose_digest(profile, chosen)
    except (links.LinkExpired, Profile.DoesNotExist):
        words = _("This link is too old. Please sign in and choose under “What others see of me”.")
        return _refused(request, words, 410)
    except links.LinkInvalid as refusal:
        return _refused(request, refusal.messages[0], 404)
    rhythms = [(value, label, value == profile.digest) for value, label in Profile.Digest.choices]
    context = {"profile": profile, "rhythms": rhythms, "chosen": request.method == "POST" and chosen == profile.digest}
    return unlisted(render(request, "patrons/digest.html", context))


def _refused(request: HttpRequest, words: str, status: int) -> HttpResponse:
    return unlisted(render(request, "patrons/digest.html", {"problem": words}, status=status))
