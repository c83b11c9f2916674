"""The public pages and the start pages of the portal."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from agencies.models import DataSource
from agencies.permissions import permission_required


@permission_required("site", "view")
def home(request: HttpRequest) -> HttpResponse:
    """Show the start page."""
    return render(request, "website/home.html")


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
    """Show the portal in another language from now on."""
    return set_language(request)
