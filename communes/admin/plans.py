"""The actions that let municipalities carry out a phase plan."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action

from agencies.desk import dressed, object_url
from agencies.permissions import VIEW, allows
from communes.admin.base import acting, found_or_404
from communes.models import Partnership
from communes.plans import apply_to, plans_for
from deadlines.plans.forms import ApplyForm

MOST = 200


class PlanActions:
    """Applies a phase plan to one partnership or to the chosen ones."""

    actions = ("apply_plan_many",)

    def has_plan_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may apply phase plans, and sees partnerships."""
        return allows(request.user, "runningplan", "apply") and allows(request.user, "partnership", VIEW)

    @action(description=_("Apply a phase plan"), url_path="apply-plan", icon="playlist_add", permissions=["plan"])
    def apply_plan(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Let this municipality carry out a phase plan."""
        partnership = found_or_404(self, request, object_id)  # type: ignore[arg-type]
        return _answer(request, [partnership], object_url(partnership), "", request.method == "POST")

    @action(description=_("Apply a phase plan"), permissions=["plan"])
    def apply_plan_many(self, request: HttpRequest, queryset: Any) -> HttpResponse:
        """Let the chosen municipalities carry out a phase plan."""
        chosen = list(queryset.select_related("commune", "programme", "manager__user").order_by("pk")[:MOST])
        back = reverse("admin:communes_partnership_changelist")
        return _answer(request, chosen, back, "apply_plan_many", "confirmed" in request.POST)


def _answer(
    request: HttpRequest, partnerships: list[Partnership], back: str, name: str, is_confirmed: bool
) -> HttpResponse:
    """Ask for the plan and the days of its milestones; once that is given, apply it and say to how many."""
    plans = plans_for(partnerships)
    form = ApplyForm(request.POST if is_confirmed else None, plans=plans) if plans else None
    if form and form.is_valid():
        plan, days = form.chosen()
        made, left = apply_to(partnerships, plan, by=acting(request), days=days)
        if made:
            words = ngettext("The plan runs in %(count)d municipality.", "The plan runs in %(count)d municipalities.",
                             len(made))  # fmt: skip
            messages.success(request, words % {"count": len(made)})
        if left:
            names = ", ".join(str(each.commune) for each in left)
            messages.warning(
                request, _t("It runs already, or belongs to another programme: %(names)s") % {"names": names}
            )
        return redirect(back)
    context = {
        **admin.site.each_context(request),
        "opts": Partnership._meta,
        "title": _t("Apply a phase plan"),
        "partnerships": partnerships,
        "form": dressed(form) if form else None,
        "action": name,
        "back": back,
        "checkbox": ACTION_CHECKBOX_NAME,
    }
    return render(request, "admin/communes/apply_plan.html", context)
