"""The timeline of a municipality on the desk: its newest events as a card, and all of them as a page."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.desk import object_url
from agencies.permissions import VIEW, allows
from communes.models import Commune
from communes.timeline import Kind, kinds_for, latest, timeline

NEWEST = 8


def timeline_card(request: HttpRequest, commune: Commune | None) -> dict[str, Any]:
    """Return what `admin/communes/timeline_card.html` shows on the page of a municipality, or of one of its cases.

    Nothing for those who may not see what happened. One query.
    """
    if commune is None or not allows(request.user, "outreach", VIEW):
        return {}
    return {
        "events": latest(commune, request.user, NEWEST),
        "timeline_url": reverse("admin:communes_commune_timeline", args=[commune.pk]),
    }


def timeline_page(request: HttpRequest, commune: Commune) -> HttpResponse:
    """Show all that happened in a municipality. The caller has checked the right."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in Kind.values else ""
    context = {
        **admin.site.each_context(request),
        "title": _("What happened"),
        "opts": Commune._meta,
        "original": commune,
        "commune": commune,
        "events": timeline(commune, request.user, kind=kind, page=request.GET.get("page", 1)),
        "kinds": kinds_for(request.user),
        "kind": kind,
        "back": object_url(commune),
    }
    return render(request, "admin/communes/timeline.html", context)
