"""The patron's pages of the plan of a project: costs and who pays them, and the forms of single rows."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from agencies.permissions import permission_required, user_of
from projects.models import CostItem, FinancingPart, Milestone, Project, Supporter
from projects.planning import milestones, services
from projects.planning.forms import CostItemForm, FinancingPartForm, MilestoneForm, SupporterForm
from projects.planning.plan import plan_of, with_plan
from projects.rights import led_project
from projects.selectors import projects_led_by


@dataclass(frozen=True)
class RowKind:
    """A kind of row: its model and form, the page that lists it with the place there, and its headings."""

    model: type[services.PlanRow]
    form: type[forms.ModelForm]
    page: str
    place: str
    adding: Promise
    changing: Promise


KINDS = {
    "milestone": RowKind(
        Milestone,
        MilestoneForm,
        "projects:detail",
        "milestones",
        gettext_lazy("Add a milestone"),
        gettext_lazy("Change the milestone"),
    ),
    "supporter": RowKind(
        Supporter,
        SupporterForm,
        "projects:detail",
        "supporters",
        gettext_lazy("Who else helps?"),
        gettext_lazy("Change who helps"),
    ),
    "cost": RowKind(
        CostItem,
        CostItemForm,
        "projects:plan",
        "costs",
        gettext_lazy("Add costs"),
        gettext_lazy("Change the costs"),
    ),
    "financing": RowKind(
        FinancingPart,
        FinancingPartForm,
        "projects:plan",
        "financing",
        gettext_lazy("Who pays a part?"),
        gettext_lazy("Change who pays"),
    ),
}


@permission_required("project", "view_own")
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a project costs, who pays it, and whether the two agree."""
    project: Any = get_object_or_404(with_plan(projects_led_by(user_of(request))), pk=pk)
    context = {
        "project": project,
        "plan": plan_of(project),
        "costs": project.cost_items.all(),
        "parts": project.financing_parts.all(),
        "grants": project.funding_applications.filter(granted__isnull=False).select_related("funding_programme"),
    }
    return render(request, "projects/plan.html", context)


@permission_required("project", "change_own")
def add_row(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Add a row to the plan of a project."""
    project, row_kind = led_project(request, pk), KINDS[kind]
    form = row_kind.form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = services.add_row(project, row_kind.model, by=user_of(request), **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("“%s” is saved.") % added)
            return _back(row_kind, project)
    return _row_page(request, row_kind, project, form, row_kind.adding)


@permission_required("project", "change_own")
def change_row(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Change a row of the plan of a project, or remove it."""
    row_kind = KINDS[kind]
    own = row_kind.model._default_manager.filter(project__leads__patron__user=user_of(request))
    row: Any = get_object_or_404(own.select_related("project__commune"), pk=pk)
    project: Project = row.project
    if request.method == "POST" and "remove" in request.POST:
        services.remove_row(row, by=user_of(request))
        messages.success(request, _("“%s” is removed.") % row)
        return _back(row_kind, project)
    form = row_kind.form(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_row(row, by=user_of(request), **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        except ObjectDoesNotExist:
            messages.error(request, _("Somebody has just removed this. Nothing was changed."))
            return _back(row_kind, project)
        else:
            messages.success(request, _("Your changes are saved."))
            return _back(row_kind, project)
    return _row_page(request, row_kind, project, form, row_kind.changing, removable=True)


@permission_required("project", "change_own")
@require_POST
def tick(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a milestone is done, or is not after all."""
    own = Milestone.objects.filter(project__leads__patron__user=user_of(request))
    milestone = get_object_or_404(own.select_related("project"), pk=pk)
    ticked = milestones.tick(milestone, by=user_of(request), done="open" not in request.POST)
    if ticked.done_on:
        messages.success(request, _("Done: “%(title)s”. Thank you!") % {"title": ticked.title})
    return _back(KINDS["milestone"], milestone.project)


def _row_page(
    request: HttpRequest,
    row_kind: RowKind,
    project: Project,
    form: forms.ModelForm,
    title: Promise,
    *,
    removable: bool = False,
) -> HttpResponse:
    context = {
        "project": project,
        "form": form,
        "title": title,
        "removable": removable,
        "back": _address(row_kind, project),
    }
    return render(request, "projects/row.html", context)


def _back(row_kind: RowKind, project: Project) -> HttpResponse:
    return redirect(_address(row_kind, project))


def _address(row_kind: RowKind, project: Project) -> str:
    return f"{reverse(row_kind.page, args=[project.pk])}#{row_kind.place}"
