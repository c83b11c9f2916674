"""The public pages and the start pages of the portal."""

from datetime import date
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from agencies.models import DataSource, User
from agencies.permissions import allows, permission_required
from klikks.humans import new_puzzle
from klikks.tenancy import account_context
from projects.models import EmissionFactor
from website.patron_start import start_of
from website.selectors import coming_windows, networks, results

TEXTS_UPDATED = date(2026, 7, 1)


@permission_required("site", "view")
def home(request: HttpRequest) -> HttpResponse:
    """Show the start page: what the programme is, what it has reached, and the two doors into it."""
    context = {"results": results(), "windows": coming_windows(), "networks": networks()}
    return render(request, "website/home.html", context)


@permission_required("account", "view")
def start(request: HttpRequest) -> HttpResponse:
    """Send each role to its own start page."""
    if allows(request.user, "desk", "view"):
        return redirect("admin:index")
    if allows(request.user, "municipality", "view"):
        return redirect("municipality:index")
    return redirect("website:portal" if allows(request.user, "portal", "view") else "website:home")


@permission_required("portal", "view")
def portal(request: HttpRequest) -> HttpResponse:
    """Show a patron what comes next."""
    start = start_of(cast(User, request.user))
    return render(
        request, "website/portal.html", {"start": start, "today": timezone.localdate(), "quick_hours": (1, 2, 4)}
    )


@permission_required("site", "view")
@require_safe
@never_cache
def proof_of_work(request: HttpRequest) -> JsonResponse:
    """Hand out the puzzle that a browser solves while somebody fills in a public form."""
    return JsonResponse(new_puzzle())


@permission_required("site", "view")
def data_sources(request: HttpRequest) -> HttpResponse:
    """Show where the data come from and under which licence."""
    context = {"sources": DataSource.objects.all(), "factors": EmissionFactor.objects.all()}
    return render(request, "website/data_sources.html", context)


@permission_required("site", "view")
def privacy(request: HttpRequest) -> HttpResponse:
    """Show what happens to personal data."""
    return _text_page(request, "privacy", _("Privacy"))


@permission_required("site", "view")
def imprint(request: HttpRequest) -> HttpResponse:
    """Show who answers for the portal."""
    return _text_page(request, "imprint", _("Imprint"))


@permission_required("site", "view")
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show how accessible the portal is and whom to tell about barriers."""
    return _text_page(request, "accessibility", _("Accessibility"))


@permission_required("account", "view")
def address(request: HttpRequest) -> HttpResponse:
    """Stand in for the account library's page of addresses: the agency changes an address, having checked it."""
    return redirect("mfa_index")


@require_POST
@permission_required("site", "view")
def language(request: HttpRequest) -> HttpResponse:
    """Show the portal in another language from now on, and remember it with the account."""
    response = set_language(request)
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and chosen in dict(settings.LANGUAGES):
        with account_context(account_id=request.user.pk):
            User.objects.filter(pk=request.user.pk).update(language=chosen)
    return response


def _text_page(request: HttpRequest, name: str, title: str) -> HttpResponse:
    """Show a text of the operator in the reader's language; `templates/website/texts/` has one file a language."""
    context = {"title": title, "text": f"website/texts/{name}.{get_language()}.html", "updated": TEXTS_UPDATED}
    return render(request, "website/text_page.html", context)
