"""Phase plans on the staff desk."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RelatedDropdownFilter

from agencies.desk import DeskAdmin, object_url
from agencies.models import Phase, Programme
from deadlines.models import PhasePlan, PlannedTask
from deadlines.views import reader


class PlannedTaskInline(TabularInline):
    """The tasks of a plan, in the order of their days."""

    model = PlannedTask
    extra = 0
    fields = ("title", "phase", "days")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only the phases of the plan's programme."""
        if db_field.name == "phase":
            plan_id = request.resolver_match.kwargs.get("object_id")  # type: ignore[union-attr]
            kwargs["queryset"] = Phase.objects.filter(programme__phase_plans=plan_id)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(PhasePlan)
class PhasePlanAdmin(DeskAdmin):
    """A programme's templates of tasks by phase; kept by the agency that coordinates the programme."""

    list_display = ("title", "programme")
    list_filter: ClassVar = [("programme", RelatedDropdownFilter)]
    list_select_related = ("programme",)
    search_fields = ("title",)
    fields = ("title", "programme")
    inlines = (PlannedTaskInline,)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the role may change plans, and the reader's agency coordinates this one's programme."""
        return super().has_change_permission(request, obj) and self._coordinates(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the role may delete plans, and the reader's agency coordinates this one's programme."""
        return super().has_delete_permission(request, obj) and self._coordinates(request, obj)

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

    def _coordinates(self, request: HttpRequest, plan: PhasePlan | None) -> bool:
        return plan is None or _coordinated(request).filter(pk=plan.programme_id).exists()


def _coordinated(request: HttpRequest) -> QuerySet[Programme]:
    """Return the programmes that the reader's agency coordinates."""
    return Programme.objects.filter(
        participations__agency_id=reader(request).agency_id, participations__coordinates=True
    )
