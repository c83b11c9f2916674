"""The page of insight on the staff's desk."""

from typing import cast

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from agencies.models import Agency, Programme, User
from agencies.permissions import VIEW, allows, permission_required
from reports.documents.colours import Palette
from reports.insight.page import insight
from reports.services import order_insight


@permission_required("figures", VIEW)
def insight_page(request: HttpRequest) -> HttpResponse:
    """Show what was planned, what came and what is to be expected; `?programme=`, for coordinators `?scope=all`.

    Posted, it orders the same as a PDF.
    """
    user = cast(User, request.user)
    agency = cast(Agency, user.agency)
    programmes = list(Programme.objects.filter(agencies=agency).order_by("-starts_on"))
    chosen = [each for each in programmes if each.slug == request.GET.get("programme")] or programmes
    may_see_all = allows(user, "figures", "view_all_agencies")
    scope = "all" if may_see_all and request.GET.get("scope") == "all" else "own"
    if request.method == "POST" and chosen:
        job = order_insight(chosen[0], by=user)
        return redirect("deadlines:job", key=job.key)
    context = {
        **admin.site.each_context(request),
        "title": _("Insight"),
        "programmes": programmes,
        "may_see_all": may_see_all,
        "may_order": allows(user, "report", "order") and scope == "own",
        "scope": scope,
        "linked": [name for name in ("commune", "project") if allows(user, name, VIEW)],
    }
    if chosen:
        of = None if scope == "all" else agency
        context |= insight(chosen[0], of, Palette.of(agency.colour))
    return render(request, "admin/reports/insight.html", context)
