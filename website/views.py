"""The public pages and the start pages of the portal."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from agencies.models import DataSource, User
from agencies.permissions import allows, permission_required
from klikks.tenancy import account_context


@permission_required("site", "view")
def home(request: HttpRequest) -> HttpResponse:
    """Show the start page."""
    return render(request, "website/home.html")


@permission_required("account", "view")
def start(request: HttpRequest) -> HttpResponse:
    """Send each role to its own start page."""
    if allows(request.user, "desk", "view"):
        return redirect("admin:index")
    return redirect("website:portal" if allows(request.user, "portal", "view") else "website:home")


@permission_required("portal", "view")
def portal(request: HttpRequest) -> HttpResponse:
    """Show a patron what comes next."""
    return render(request, "website/portal.html")


@permission_required("site", "view")
def data_sources(request: HttpRequest) -> HttpResponse:
    """Show where the data come from."""
    return render(request, "website/data_sources.html", {"sources": DataSource.objects.all()})


@permission_required("site", "view")
def privacy(request: HttpRequest) -> HttpResponse:
    """Show what happens to personal data."""
    return render(request, "website/privacy.html")


@permission_required("site", "view")
def imprint(request: HttpRequest) -> HttpResponse:
    """Show who answers for the portal."""
    return render(request, "website/imprint.html")


@permission_required("site", "view")
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show how accessible the portal is and whom to tell about barriers."""
    return render(request, "website/accessibility.html")


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
