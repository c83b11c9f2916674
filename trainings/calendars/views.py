"""Calendars to subscribe to, and the page that says how."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_POST, require_safe

from agencies.models import Agency
from agencies.permissions import permission_required, user_of
from klikks.limits import allow, allow_for
from klikks.link_pages import unlisted
from klikks.tenancy import agency_context
from trainings.calendars import services
from trainings.calendars.feeds import entries_of, entries_of_agency
from trainings.calendars.ics import as_file

# Programmes ask once an hour or less; several may stand behind one network address.
ASKED_A_MINUTE, ASKED_AN_HOUR = 120, 120


@permission_required("calendarfeed", "view_own")
@require_safe
def my_calendar(request: HttpRequest) -> HttpResponse:
    """Show the address of the own calendar and how programmes subscribe to it."""
    feed = services.feed_of(user_of(request))
    address = settings.BASE_URL + feed.get_absolute_url()
    public = settings.BASE_URL + reverse("trainings:public_calendar", args=[feed.agency.slug])
    context = {"feed": feed, "address": address, "subscribe": _as_subscription(address), "public": public}
    response = render(request, "trainings/calendar.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@permission_required("calendarfeed", "renew_own")
@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """Give the own calendar another address."""
    services.renew(user_of(request))
    messages.success(
        request, _("Your calendar has a new address. The old one shows nothing any more: please subscribe once more.")
    )
    return redirect("trainings:my_calendar")


@permission_required("calendar", "read")
@require_safe
@conditional_page
def private_calendar(request: HttpRequest, slug: str, secret: str) -> HttpResponse:
    """Send somebody's own calendar to whoever knows its address."""
    if not (allow(request, "calendar", ASKED_A_MINUTE, 60) and allow_for(secret, "calendar", ASKED_AN_HOUR, 3600)):
        return _too_often()
    agency = get_object_or_404(Agency, slug=slug)
    with agency_context(agency):
        reader = services.reader_of(secret)
        with translation.override(reader.language):
            name = _("klikks: my dates")
            response = _calendar(as_file(entries_of(reader), name=name))
    response["Cache-Control"] = "private, no-cache"
    return unlisted(response)


@permission_required("calendar", "read")
@require_safe
@conditional_page
def public_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """Send what an agency tells everybody: its public trainings and participation windows."""
    if not allow(request, "calendar", ASKED_A_MINUTE, 60):
        return _too_often()
    agency = get_object_or_404(Agency, slug=slug)
    response = _calendar(as_file(entries_of_agency(agency), name=f"klikks: {agency.short_name}"))
    response["Cache-Control"] = "public, max-age=900"
    return response


def _calendar(text: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="klikks.ics"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _too_often() -> HttpResponse:
    return HttpResponse(status=429, headers={"Retry-After": "3600"})


def _as_subscription(address: str) -> str:
    """Return an address as phones and calendar programmes subscribe to it."""
    return "webcal:" + address.partition(":")[2]
