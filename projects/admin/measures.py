"""Measures, savings and emission factors on the staff's desk."""

from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display

from agencies.desk import action_page, chip, object_url
from agencies.permissions import VIEW, allows
from projects.admin.base import AmountsAdmin, DayForm, ReadOnlyAdmin, found, user_of
from projects.forms import DropForm
from projects.measures import services as measures
from projects.measures.calculation import explain
from projects.measures.forms import MeasureForm
from projects.measures.kinds import MeasureKind
from projects.models import (
    EmissionFactor,
    Measure,
    Saving,
)
from projects.selectors import measures_with_savings


class KindForm(forms.Form):
    """What kind of measure is added."""

    kind = forms.ChoiceField(label=_("What is being done?"), choices=MeasureKind.choices)


class MeasureInline(TabularInline):
    """The measures of a project with their savings, to read; each has a page of its own."""

    model = Measure
    extra = 0
    hide_title = True
    fields = readonly_fields = ("linked", "kind", "status_chip", "done_on", "saving")
    verbose_name_plural = _("measures and savings")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return measures with their savings."""
        return measures_with_savings()

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Measures are added by the action, which calculates."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Measures are changed on their own page."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Measures are dropped, not deleted."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever may see the project sees its measures."""
        return allows(request.user, "measure", VIEW)

    @admin.display(description=_("measure"))
    def linked(self, measure: Measure) -> SafeString:
        """Link to the measure's page."""
        return format_html('<a href="{}">{}</a>', object_url(measure), measure)

    @admin.display(description=_("status"))
    def status_chip(self, measure: Measure) -> SafeString:
        """Show the status as a chip."""
        return chip(measure.status, measure.get_status_display())

    @admin.display(description=_("kg CO2e a year"))
    def saving(self, measure: Any) -> SafeString | str:
        """Show the current saving, linked to its calculation."""
        for saving in measure.current_savings:
            return format_html('<a href="{}">{}</a>', object_url(saving), saving.whole_kg)
        return gettext("no tonnes are claimed")


class SavingInline(TabularInline):
    """All savings ever calculated for a measure, newest first."""

    model = Saving
    extra = 0
    hide_title = True
    can_delete = False
    fields = readonly_fields = ("linked", "quality", "factor", "calculated_at", "replaced_at")
    verbose_name_plural = _("savings, newest first")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return savings with their factors."""
        return super().get_queryset(request).select_related("factor", "measure")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Savings are calculated, not typed."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Savings are frozen."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever may see the measure sees its savings."""
        return allows(request.user, "saving", VIEW)

    @admin.display(description=_("kg CO2e a year"))
    def linked(self, saving: Saving) -> SafeString:
        """Link to the calculation."""
        return format_html('<a href="{}">{}</a>', object_url(saving), saving.whole_kg)


@admin.register(Measure)
class MeasureAdmin(ReadOnlyAdmin):
    """Measures of all projects."""

    list_display = ("__str__", "project", "commune", "status_chip", "done_on")
    export_columns = ("__str__", "project", "commune", "kind", "status", "done_on")
    list_filter = ("status", "kind", ("done_on", RangeDateFilter))
    search_fields = ("title", "project__title", "project__commune__search_name")
    list_select_related = ("project__commune",)
    fields = (("project", "kind"), ("title", "status_chip"), ("done_on", "created_at"), "life_cycle")
    readonly_fields = ("status_chip", "life_cycle", "created_at")
    inlines = (SavingInline,)
    actions_detail = ("change_numbers", "finish", "drop")

    @admin.display(description=_("municipality"), ordering="project__commune__search_name")
    def commune(self, measure: Measure) -> str:
        """Show where the measure is."""
        return str(measure.project.commune)

    def has_work_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may change measures."""
        return allows(request.user, "measure", "change")

    @action(description=_("Change the numbers"), url_path="numbers", icon="calculate", permissions=["work"])
    def change_numbers(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Calculate anew; the saving calculated before stays readable."""
        measure = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            inputs, other = split_numbers(data)
            return told(
                measures.change_measure(measure, by=user_of(request), kind=measure.kind, inputs=inputs, **other)
            )

        form = cast(type[forms.Form], partial(MeasureForm, kind=measure.kind))
        return action_page(
            request,
            title=gettext("Change the numbers"),
            form=form,
            do=do,
            back=object_url(measure),
            initial=MeasureForm.initial_of(measure),
            submit=gettext("Save and calculate anew"),
        )

    @action(description=_("It is done"), url_path="finish", icon="check", permissions=["work"])
    def finish(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Note that a measure is done."""
        measure = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            measures.finish_measure(measure, by=user_of(request), on=data["on"])
            return gettext("“%s” now counts in the figures.") % measure

        return action_page(request, title=gettext("It is done"), form=DayForm, do=do, back=object_url(measure))

    @action(description=_("Give it up"), url_path="drop", icon="cancel", permissions=["work"])
    def drop(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Give a measure up."""
        measure = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            measures.drop_measure(measure, by=user_of(request), reason=data["reason"])
            return gettext("The measure is given up. It stays readable and does not count.")

        return action_page(request, title=gettext("Give it up"), form=DropForm, do=do, back=object_url(measure))


@admin.register(Saving)
class SavingAdmin(ReadOnlyAdmin):
    """Savings, each with its calculation: the answer to "where does this tonne come from?"."""

    list_display = ("measure", "commune", "kg", "quality", "factor", "calculated_at", "counts")
    list_filter = ("quality", "factor", ("calculated_at", RangeDateFilter), ("replaced_at", admin.EmptyFieldListFilter))
    search_fields = ("measure__title", "measure__project__title", "measure__project__commune__search_name")
    list_select_related = ("factor", "measure__project__commune")
    fields = ("calculation", ("measure", "quality"), ("calculated_at", "replaced_at"))
    readonly_fields = ("calculation",)
    export_columns = (
        "measure",
        "commune",
        "kg_per_year",
        "quality",
        "factor",
        "factor_value",
        "formula",
        "calculated_at",
        "replaced_at",
    )

    @admin.display(description=_("municipality"), ordering="measure__project__commune__search_name")
    def commune(self, saving: Saving) -> str:
        """Show where the saving is made."""
        return str(saving.measure.project.commune)

    @admin.display(description=_("kg CO2e a year"), ordering="kg_per_year")
    def kg(self, saving: Saving) -> str:
        """Show whole kilograms."""
        return saving.whole_kg

    @display(description=_("counts"), boolean=True)
    def counts(self, saving: Saving) -> bool:
        """Whether this is the measure's present saving."""
        return saving.replaced_at is None

    @admin.display(description=_("calculation"))
    def calculation(self, saving: Saving) -> SafeString:
        """Show the calculation in words and numbers, with its source."""
        return render_to_string("admin/projects/calculation.html", {"saving": saving, "explanation": explain(saving)})


@admin.register(EmissionFactor)
class EmissionFactorAdmin(AmountsAdmin):
    """Published emission factors; a value once stored is not changed, a newer one follows it."""

    list_display = ("name", "value", "of_year", "is_confirmed", "source")
    export_columns = ("key", "name", "value", "of_year", "scope", "source", "page", "licence", "is_confirmed")
    list_filter = ("is_confirmed", "key")
    search_fields = ("name", "name_en", "source")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """The value stays as it was published."""
        return ("key", "name", "name_en", "value", "of_year", "valid_from") if obj else ()

    def get_exclude(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """The year of a stored factor is shown, not typed."""
        return ("year",) if obj or not self.has_change_permission(request, obj) else ()

    @admin.display(description=_("year of the value"), ordering="year")
    def of_year(self, factor: EmissionFactor) -> str:
        """Show the year without separators."""
        return str(factor.year)


def split_numbers(data: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Part the numbers of a measure's form from what else it says."""
    other = {name: str(data[name]) for name in data.keys() & {"title", "quality"}}
    return {name: value for name, value in data.items() if name not in other}, other


def told(measure: Measure) -> str:
    """Say what a measure saves."""
    saving = measure.savings.filter(replaced_at__isnull=True).first()
    if saving is None:
        return gettext("“%s” is saved.") % measure
    return gettext("“%(measure)s” saves %(kg)s kg CO2e a year.") % {"measure": measure, "kg": saving.whole_kg}
