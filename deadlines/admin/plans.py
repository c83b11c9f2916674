"""Phase plans on the staff desk: the templates, kept by the agency that coordinates the programme."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import action

from agencies.desk import DeskAdmin, action_page, chip, object_url
from agencies.models import Phase, Programme
from agencies.permissions import CHANGE, allows
from deadlines.admin.base import link
from deadlines.models import PhasePlan, PlanMilestone, PlannedTask
from deadlines.plans import services as plans
from deadlines.plans.forms import ShiftForm
from deadlines.views import reader


def coordinates(request: HttpRequest, plan: PhasePlan | None) -> bool:
    """Whether the reader's agency coordinates the programme of a plan; asked once a request."""
    if plan is None:
        return True
    known: dict[int, bool] = request.__dict__.setdefault("_coordinates", {})
    if plan.programme_id not in known:
        known[plan.programme_id] = _coordinated(request).filter(pk=plan.programme_id).exists()
    return known[plan.programme_id]


class PlanPartMixin:
    """What milestones and tasks of a plan share: they are chosen among those of the plan, and never deleted here."""

    extra = 0
    can_delete = False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only what belongs to the plan; asked for once a request, however many rows there are."""
        plan_id = request.resolver_match.kwargs.get("object_id")  # type: ignore[union-attr]
        if db_field.name == "phase":
            kwargs["queryset"] = Phase.objects.filter(programme__phase_plans=plan_id)
        if db_field.name == "milestone":
            kwargs["queryset"] = PlanMilestone.objects.filter(plan=plan_id)
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        if db_field.name == "milestone" and isinstance(field, ModelChoiceField):
            field.empty_label = _t("Start")
        if db_field.name in {"phase", "milestone"} and isinstance(field, ModelChoiceField):
            known = request.__dict__.setdefault("_choices_of_plan", {})
            if db_field.name not in known:
                known[db_field.name] = list(iter(field.choices))  # type: ignore[arg-type]
            field.choices = known[db_field.name]
        return field


class PlanMilestoneInline(PlanPartMixin, TabularInline):
    """The milestones of a plan."""

    model = PlanMilestone
    fields = ("title", "days")


class PlannedTaskInline(PlanPartMixin, TabularInline):
    """The tasks of a plan by phase; how each is done stands on its own page."""

    model = PlannedTask
    fields = ("title", "phase", "milestone", "days", "doer", "is_retired")
    show_change_link = True


@admin.register(PhasePlan)
class PhasePlanAdmin(DeskAdmin):
    """A programme's templates of tasks by phase; kept by the agency that coordinates the programme."""

    list_display = ("title", "programme", "audience")
    list_filter: ClassVar = [("programme", RelatedDropdownFilter), ("audience", ChoicesDropdownFilter)]
    list_select_related = ("programme",)
    search_fields = ("title",)
    fields = ("title", "programme", "audience")
    inlines = (PlanMilestoneInline, PlannedTaskInline)
    actions_detail = ("shift_all",)

    class Media:
        css: ClassVar = {"all": ("css/plans.css",)}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the role may change plans, and the reader's agency coordinates this one's programme."""
        return super().has_change_permission(request, obj) and coordinates(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the role may delete plans, and the reader's agency coordinates this one's programme."""
        return super().has_delete_permission(request, obj) and coordinates(request, obj)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Ask for the tasks once the plan has a programme, and with it phases."""
        return self.inlines if obj else ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Keep the programme of a plan: its tasks belong to that programme's phases."""
        return ("programme",) if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only programmes that the reader's agency coordinates."""
        if db_field.name == "programme":
            kwargs["queryset"] = _coordinated(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Go on to the plan's page, where its tasks are added."""
        return redirect(object_url(obj))

    def has_shift_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Whether the role may move running plans."""
        return allows(request.user, "runningplan", CHANGE)

    @action(description=_("Shift all running plans"), url_path="shift", permissions=["shift"], icon="move_down")
    def shift_all(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Shift all plans of the agency that follow this template."""
        plan = PhasePlan.objects.get(pk=object_id)

        def do(typed: dict[str, Any]) -> str:
            count = plans.shift_all(plan, by=reader(request), **typed)
            words = ngettext("%(count)d running plan is shifted.", "%(count)d running plans are shifted.", count)
            return words % {"count": count}

        return action_page(
            request, title=_t("Shift all running plans"), form=ShiftForm, do=do, back=object_url(plan), intro=str(plan)
        )


@admin.register(PlannedTask)
class PlannedTaskAdmin(PlanPartMixin, DeskAdmin):
    """A task of a template with all that helps to do it."""

    list_display = ("title", "plan", "phase", "counted", "days", "doer", "retired")
    list_filter: ClassVar = [("plan", RelatedDropdownFilter), ("doer", ChoicesDropdownFilter)]
    list_select_related = ("plan", "phase", "milestone")
    search_fields = ("title",)
    fields = (
        "of_plan", "title", ("phase", "doer"), ("milestone", "days", "takes_days"), "how", "materials", "experience",
        "is_retired",
    )  # fmt: skip
    readonly_fields = ("of_plan",)
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Tasks are added on the page of their plan."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Running plans refer to it: it is marked as no longer needed instead."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the role may change plans, and the reader's agency coordinates this one's programme."""
        return super().has_change_permission(request, obj) and coordinates(request, obj.plan if obj else None)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the phases and milestones of the task's plan."""
        key = request.resolver_match.kwargs.get("object_id")  # type: ignore[union-attr]
        if db_field.name == "phase":
            kwargs["queryset"] = Phase.objects.filter(programme__phase_plans__tasks=key)
        if db_field.name == "milestone":
            kwargs["queryset"] = PlanMilestone.objects.filter(plan__tasks=key)
        field = DeskAdmin.formfield_for_foreignkey(self, db_field, request, **kwargs)
        if db_field.name == "milestone" and isinstance(field, ModelChoiceField):
            field.empty_label = _t("Start")
        return field

    @admin.display(description=_("phase plan"))
    def of_plan(self, planned: PlannedTask) -> str:
        """Link to the plan."""
        return link(object_url(planned.plan), str(planned.plan))

    @admin.display(description=_("status"), ordering="is_retired")
    def retired(self, planned: PlannedTask) -> str | SafeString:
        """Show what is no longer needed."""
        return chip("", _t("no longer needed")) if planned.is_retired else "–"

    @admin.display(description=_("counted from"))
    def counted(self, planned: PlannedTask) -> str:
        """Name the milestone from which it is counted."""
        return str(planned.milestone or _t("Start"))


def _coordinated(request: HttpRequest) -> QuerySet[Programme]:
    """Return the programmes that the reader's agency coordinates."""
    return Programme.objects.filter(
        participations__agency_id=reader(request).agency_id, participations__coordinates=True
    )
