"""Measures, savings and emission factors on the staff's desk."""

from decimal import Decimal
from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display

from agencies.desk import ReadOnlyAdmin, ReadOnlyInline, action_page, chip, object_url
from agencies.permissions import VIEW, allows, user_of
from projects.admin.base import AmountsAdmin, DayForm, found
from projects.forms import DropForm
from projects.measures import editions, plausibility
from projects.measures import services as measures
from projects.measures.explanation import explain
from projects.measures.forms import MeasureForm
from projects.measures.kinds import MeasureKind
from projects.measures.library import FIELDS
from projects.models import EmissionFactor, Measure, MeasureReview, Saving
from projects.selectors import measures_with_savings

MOST_CHANGES = 100


class KindForm(forms.Form):
    """What kind of measure is added."""

    kind = forms.ChoiceField(
        label=_("What is being done?"),
        choices=[(field.label, [(name, MeasureKind(name).label) for name in field.kinds]) for field in FIELDS],
    )


class NoteForm(forms.Form):
    """A few words on an answer."""

    note = forms.CharField(
        label=_("A note for later readers"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class MeasureInline(ReadOnlyInline):
    """The measures of a project with their savings, to read; each has a page of its own."""

    model = Measure
    hide_title = True
    fields = readonly_fields = ("linked", "kind", "status_chip", "done_on", "saving")
    verbose_name_plural = _("measures and savings")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return measures with their savings."""
        return measures_with_savings()

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
    fields = readonly_fields = ("linked", "quality", "named_factors", "calculated_at", "replaced_at")
    verbose_name_plural = _("savings, newest first")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return savings with their measures."""
        return super().get_queryset(request).select_related("measure")

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

    @admin.display(description=_("emission factors"))
    def named_factors(self, saving: Saving) -> str:
        """Name the factors with their years."""
        return factors_named(saving)


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

    list_display = ("measure", "commune", "kg", "quality", "used", "calculated_at", "counts")
    list_filter = (
        "quality",
        "is_estimate",
        "kind",
        ("calculated_at", RangeDateFilter),
        ("replaced_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("measure__title", "measure__project__title", "measure__project__commune__search_name")
    actions_list = ("editions",)
    list_select_related = ("measure__project__commune",)
    fields = ("calculation", ("measure", "quality"), ("calculated_at", "replaced_at"))
    readonly_fields = ("calculation",)
    export_columns = (
        "measure",
        "commune",
        "kg_per_year",
        "quality",
        "is_estimate",
        "used",
        "formula",
        "formula_version",
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

    @admin.display(description=_("emission factors"))
    def used(self, saving: Saving) -> str:
        """Name the factors with their years."""
        return factors_named(saving)

    @display(description=_("counts"), boolean=True)
    def counts(self, saving: Saving) -> bool:
        """Whether this is the measure's present saving."""
        return saving.replaced_at is None

    def has_recalculate_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may take over newer factors."""
        return allows(request.user, "saving", "recalculate")

    @action(description=_("Newer factors"), url_path="editions", icon="update", permissions=["recalculate"])
    def editions(self, request: HttpRequest) -> HttpResponse:
        """Show what newer editions of the factors would change, and take them over where somebody says so."""
        if request.method == "POST":
            done = editions.take_over(_chosen(request), by=user_of(request))
            messages.success(request, _calculated_anew(len(done)))
            return redirect("admin:projects_saving_editions")
        changes = editions.what_would_change()
        shown = changes[:MOST_CHANGES]
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Newer factors"),
            "changes": shown,
            "left": len(changes) - len(shown),
            "difference": sum((change.difference for change in changes), Decimal(0)),
            "opts": self.opts,
        }
        return render(request, "admin/projects/editions.html", context)

    @admin.display(description=_("calculation"))
    def calculation(self, saving: Saving) -> SafeString:
        """Show the calculation in words and numbers, with its source."""
        return render_to_string("admin/projects/calculation.html", {"saving": saving, "explanation": explain(saving)})


@admin.register(EmissionFactor)
class EmissionFactorAdmin(AmountsAdmin):
    """Published emission factors; a value once stored is not changed, a newer one follows it."""

    list_display = ("name", "value", "unit", "of_year", "edition", "is_confirmed", "source")
    export_columns = (
        *("key", "name", "value", "unit", "of_year", "edition", "published_on", "with_upstream", "scope", "source"),
        *("page", "licence", "is_confirmed"),
    )
    list_filter = ("is_confirmed", "with_upstream", "key")
    search_fields = ("name", "name_en", "source")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """The value stays as it was published."""
        return ("key", "name", "name_en", "value", "unit", "of_year", "edition", "valid_from") if obj else ()

    def get_exclude(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """The year of a stored factor is shown, not typed."""
        return ("year",) if obj or not self.has_change_permission(request, obj) else ()

    @admin.display(description=_("year of the value"), ordering="year")
    def of_year(self, factor: EmissionFactor) -> str:
        """Show the year without separators."""
        return str(factor.year)


@admin.register(MeasureReview)
class MeasureReviewAdmin(ReadOnlyAdmin):
    """What looks odd about a figure, for somebody of the staff to answer."""

    list_display = ("measure", "commune", "reason", "told", "answer_chip", "asked_at")
    list_filter = ("answer", "reason")
    search_fields = ("measure__title", "measure__project__title", "measure__project__commune__search_name")
    list_select_related = ("measure__project__commune", "other__project")
    fields = (("measure", "reason"), "told", ("answer_chip", "note"), ("asked_at", "answered_at", "answered_by"))
    readonly_fields = ("told", "answer_chip")
    export_columns = ("measure", "commune", "reason", "told", "answer", "note", "asked_at", "answered_at")
    actions_detail = ("is_right", "is_the_same")

    @admin.display(description=_("municipality"), ordering="measure__project__commune__search_name")
    def commune(self, review: MeasureReview) -> str:
        """Show where the measure is."""
        return str(review.measure.project.commune)

    @admin.display(description=_("what was found"))
    def told(self, review: MeasureReview) -> str:
        """Say in words what looks odd."""
        return plausibility.in_words(review)

    @admin.display(description=_("answer"), ordering="answer")
    def answer_chip(self, review: MeasureReview) -> SafeString:
        """Show the answer as a chip."""
        return chip(review.answer, review.get_answer_display())

    def has_answer_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may answer."""
        return allows(request.user, "measurereview", "change")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer answers to an open question only, and "the same" only where there is another measure."""
        review = MeasureReview.objects.filter(pk=object_id).first()
        if review is None or review.answer != MeasureReview.Answer.OPEN:
            return []
        actions = super().get_actions_detail(request, object_id)
        return [each for each in actions if review.other_id or not each.path.endswith("same")]

    @action(description=_("The figure is right"), url_path="right", icon="check", permissions=["answer"])
    def is_right(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Say that a figure was checked and is right."""
        return self._answer(request, object_id, MeasureReview.Answer.RIGHT, gettext("The figure is right"))

    @action(description=_("It is the same measure"), url_path="same", icon="link", permissions=["answer"])
    def is_the_same(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Let the measure count in the other one only."""
        return self._answer(request, object_id, MeasureReview.Answer.SAME, gettext("It is the same measure"))

    def _answer(self, request: HttpRequest, object_id: int, answer: str, title: str) -> HttpResponse:
        review = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            plausibility.answer(review, by=user_of(request), answer=answer, note=data["note"])
            return gettext("Your answer is noted.")

        intro = plausibility.in_words(review)
        return action_page(request, title=title, form=NoteForm, do=do, back=object_url(review), intro=intro)


def factors_named(saving: Saving) -> str:
    """Name a saving's factors with their years."""
    return ", ".join(f"{factor} {factor.year}" for factor in saving.used_factors)


def _chosen(request: HttpRequest) -> list[int]:
    """Return the primary keys of the savings that were chosen."""
    return [int(key) for key in request.POST.getlist("saving") if key.isdigit()]


def _calculated_anew(number: int) -> str:
    return ngettext(
        "%(number)d saving was calculated anew. The old calculation stays readable.",
        "%(number)d savings were calculated anew. The old calculations stay readable.",
        number,
    ) % {"number": number}


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
