"""The staff desk of this room: projects with measures and savings, factors, funding and citizens' ideas."""

from functools import partial
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import DecimalField, Model, QuerySet
from django.forms import BaseModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RangeDateFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from agencies.desk import DeskAdmin, action_page, chip, object_url
from agencies.models import User
from agencies.permissions import VIEW, allows
from klikks.tenancy import current_agency_id
from projects import services
from projects.calculation import explain
from projects.forms import DeclineIdeaForm, DropForm, MeasureForm
from projects.kinds import MeasureKind
from projects.models import (
    EmissionFactor,
    FundingApplication,
    FundingProgramme,
    Idea,
    Measure,
    Project,
    ProjectLead,
    ProjectPartner,
    Saving,
)
from projects.selectors import measures_with_savings


class MoveProjectForm(forms.Form):
    """The next state of a project, and what is to be known about it."""

    status = forms.ChoiceField(label=_("new state"))
    on = forms.DateField(label=_("done on"), required=False, initial=timezone.localdate, widget=forms.DateInput())
    reason = forms.CharField(
        label=_("reason"),
        help_text=_("Needed when a project is dropped."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"] = forms.ChoiceField(
            label=_("new state"),
            choices=[(status.value, status.label) for status in Project.Status if project.may_move_to(status)],
        )
        if not project.may_move_to(Project.Status.DONE):
            del self.fields["on"]


class NothingForm(forms.Form):
    """An action that needs no words, only a yes."""


class KindForm(forms.Form):
    """What kind of measure is added."""

    kind = forms.ChoiceField(label=_("What is being done?"), choices=MeasureKind.choices)


class DayForm(forms.Form):
    """A day on which something happened."""

    on = forms.DateField(label=_("on"), initial=timezone.localdate, widget=forms.DateInput())


class SubmitForm(DayForm):
    """An application was handed in."""

    file_number = forms.CharField(label=_("file number"), required=False, max_length=60)


class GrantForm(SubmitForm):
    """Funding was granted."""

    amount = forms.DecimalField(
        label=_("granted (€)"), min_value=0, max_digits=14, decimal_places=2, localize=True, widget=forms.TextInput()
    )


class RejectForm(DayForm):
    """Funding was refused."""

    reason = forms.CharField(
        label=_("reason"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class AmountsAdmin(DeskAdmin):
    """Objects with amounts, which people write as they are used to: 1.250.000,00."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Let amounts be typed as text with the separators of the reader's language."""
        if isinstance(db_field, DecimalField):
            kwargs |= {"localize": True, "widget": UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"})}
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class ProjectLeadInline(TabularInline):
    """Who leads the project."""

    model = ProjectLead
    extra = 0
    hide_title = True
    autocomplete_fields = ("patron", "member")
    verbose_name_plural = _("led by")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever may see the project sees who leads it."""
        return allows(request.user, "projectlead", VIEW)


class ProjectPartnerInline(TabularInline):
    """Further municipalities that carry the project."""

    model = ProjectPartner
    extra = 0
    hide_title = True
    autocomplete_fields = ("commune",)


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


@admin.register(Project)
class ProjectAdmin(AmountsAdmin):
    """Projects of the agency."""

    list_display = ("title", "commune", "topic", "status_chip", "ends_on", "investment", "is_released")
    list_filter = (
        "status",
        "topic",
        "programme",
        ("commune", AutocompleteSelectFilter),
        ("ends_on", RangeDateFilter),
    )
    search_fields = ("title", "commune__search_name", "leads__patron__sort_name")
    search_help_text = _("Title, municipality or climate patron")
    export_columns = (
        "title",
        "commune",
        "topic",
        "programme",
        "status",
        "starts_on",
        "ends_on",
        "done_on",
        "investment",
        "is_released",
    )
    autocomplete_fields = ("commune",)
    readonly_fields = ("status_chip", "done_on", "released_at", "life_cycle")
    fieldsets = (
        (None, {"fields": (("title", "status_chip"), ("programme", "commune"), "topic", "description")}),
        (_("Dates and cost"), {"fields": (("starts_on", "ends_on"), ("investment", "done_on"))}),
        (_("For the public"), {"fields": ("public_summary", "released_at")}),
        (_("Course so far"), {"fields": ("life_cycle",)}),
    )
    inlines = (MeasureInline, ProjectLeadInline, ProjectPartnerInline)
    actions_detail = ("move", "add_measure", "release")
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the projects, with what the list and its export name."""
        return super().get_queryset(request).select_related("commune", "topic", "programme")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """A project stays in its programme and municipality."""
        return (*self.readonly_fields, "programme", "commune") if obj else self.readonly_fields

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """A new project has no course yet."""
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else fieldsets[:2]

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> Any:
        """A new project is led by whoever adds it until somebody else is named."""
        return self.inlines if obj else ()

    @display(description=_("public"), boolean=True)
    def is_released(self, project: Project) -> bool:
        """Whether citizens see the project."""
        return project.released_at is not None

    def save_model(self, request: HttpRequest, obj: Project, form: BaseModelForm, change: bool) -> None:
        """Let the service begin or change the project, so that its deadline follows."""
        if change:
            fields = {name: form.cleaned_data[name] for name in form.changed_data if name in services.OWN_FIELDS}
            services.change_project(obj, by=user_of(request), **fields)
            return
        data = dict(form.cleaned_data)
        made = services.create_project(by=user_of(request), topic_id=data.pop("topic").pk, **data)
        obj.pk, obj.agency_id = made.pk, made.agency_id

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save who leads; the deadline then belongs to the first of them."""
        super().save_related(request, form, formsets, change)
        services.change_project(form.instance, by=user_of(request))

    def has_move_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may move projects."""
        return allows(request.user, "project", "move")

    def has_release_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may show projects to the public."""
        return allows(request.user, "project", "release")

    def has_measure_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may add measures."""
        return allows(request.user, "measure", "add")

    @action(description=_("Move on"), url_path="move", icon="arrow_forward", permissions=["move"])
    def move(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Move a project to its next state."""
        project = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            if data["status"] == Project.Status.DONE:
                moved = services.finish(project, by=user_of(request), on=data.get("on"))
            else:
                moved = services.move_project(project, data["status"], by=user_of(request), reason=data["reason"])
            return gettext("The project is now “%s”.") % moved.get_status_display()

        form = cast(type[forms.Form], partial(MoveProjectForm, project=project))
        intro = gettext("“%(project)s” is “%(status)s” now.") % {
            "project": project,
            "status": project.get_status_display(),
        }
        return action_page(
            request,
            title=gettext("Move on"),
            form=form,
            do=do,
            back=object_url(project),
            submit=gettext("Save"),
            intro=intro,
        )

    @action(description=_("Public page"), url_path="release", icon="public", permissions=["release"])
    def release(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show a project to the public, or take it off again."""
        project = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            if project.released_at:
                services.unrelease(project, by=user_of(request))
                return gettext("The project is no longer shown to the public.")
            services.release(project, by=user_of(request))
            return gettext("Citizens can now read about the project.")

        title = gettext("Take off the public pages") if project.released_at else gettext("Show to the public")
        intro = project.public_summary or gettext("There is no public summary yet.")
        return action_page(request, title=title, form=NothingForm, do=do, back=object_url(project), intro=intro)

    @action(description=_("Add a measure"), url_path="add-measure", icon="add", permissions=["measure"])
    def add_measure(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Add a measure: first its kind, then the numbers of this kind."""
        project, kind = found(self, request, object_id), request.GET.get("kind", "")
        back = object_url(project)
        if kind not in MeasureKind.values:
            chosen = KindForm(request.POST or None)
            if chosen.is_valid():
                return redirect(f"{request.path}?kind={chosen.cleaned_data['kind']}")
            return action_page(
                request,
                title=gettext("Add a measure"),
                form=KindForm,
                do=lambda data: "",
                back=back,
                submit=gettext("Next"),
            )

        def do(data: dict[str, Any]) -> str:
            inputs, other = _split(data)
            return _told(services.add_measure(project, by=user_of(request), kind=kind, inputs=inputs, **other))

        form = cast(type[forms.Form], partial(MeasureForm, kind=kind))
        return action_page(
            request, title=str(MeasureKind(kind).label), form=form, do=do, back=back, submit=gettext("Save")
        )


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


class ReadOnlyAdmin(DeskAdmin):
    """Objects that services make; the desk shows them and offers what can be done."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They are added where they belong."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """They are changed by actions only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """They stay."""
        return False


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
            inputs, other = _split(data)
            return _told(
                services.change_measure(measure, by=user_of(request), kind=measure.kind, inputs=inputs, **other)
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
            services.finish_measure(measure, by=user_of(request), on=data["on"])
            return gettext("“%s” now counts in the figures.") % measure

        return action_page(request, title=gettext("It is done"), form=DayForm, do=do, back=object_url(measure))

    @action(description=_("Give it up"), url_path="drop", icon="cancel", permissions=["work"])
    def drop(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Give a measure up."""
        measure = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            services.drop_measure(measure, by=user_of(request), reason=data["reason"])
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


class OwnRowsAdmin(AmountsAdmin):
    """Rows that all agencies read and their own agency keeps."""

    def save_model(self, request: HttpRequest, obj: Any, form: BaseModelForm, change: bool) -> None:
        """A new row belongs to the agency of whoever adds it."""
        if not change:
            obj.agency_id = current_agency_id()
        super().save_model(request, obj, form, change)

    @admin.display(description=_("agency"), ordering="agency__name")
    def kept_by(self, obj: Any) -> str:
        """Name the agency that keeps the row."""
        return obj.agency.short_name


@admin.register(FundingProgramme)
class FundingProgrammeAdmin(OwnRowsAdmin):
    """Funding programmes of all agencies."""

    list_display = ("name", "funder", "state", "rate", "closes_on", "checked_on", "kept_by")
    list_filter = ("state", ("closes_on", RangeDateFilter))
    search_fields = ("name", "funder", "who_may_apply")
    list_select_related = ("state", "agency")
    ordering = ("closes_on", "name")


@admin.register(FundingApplication)
class FundingApplicationAdmin(AmountsAdmin):
    """Applications for funding."""

    list_display = ("project", "commune", "funding_programme", "status_chip", "applied_for", "granted", "submitted_on")
    list_filter = ("status", "funding_programme", ("submitted_on", RangeDateFilter))
    search_fields = ("project__title", "project__commune__search_name", "file_number")
    autocomplete_fields = ("project", "funding_programme")
    readonly_fields = ("status_chip", "granted", "submitted_on", "decided_on", "life_cycle")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": (("project", "status_chip"), "funding_programme", ("applied_for", "granted"))}),
        (_("Procedure"), {"fields": ("file_number", ("submitted_on", "decided_on"), "life_cycle")}),
    )
    actions_detail = ("submit", "grant", "reject")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the applications with what their names are made of."""
        return super().get_queryset(request).select_related("project__commune", "funding_programme")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """An application stays with its project and programme."""
        return (*self.readonly_fields, "project", "funding_programme") if obj else self.readonly_fields

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """A new application has no procedure yet."""
        return super().get_fieldsets(request, obj) if obj else ((None, {"fields": self.NEW}),)

    NEW = ("project", "funding_programme", "applied_for")

    @admin.display(description=_("municipality"), ordering="project__commune__search_name")
    def commune(self, application: FundingApplication) -> str:
        """Show whose application it is."""
        return str(application.project.commune)

    def save_model(self, request: HttpRequest, obj: FundingApplication, form: BaseModelForm, change: bool) -> None:
        """Let the service draft the application, so that the end of the call becomes a deadline."""
        if change:
            super().save_model(request, obj, form, change)
            return
        data = {name: form.cleaned_data[name] for name in self.NEW}
        made = services.apply_for_funding(data.pop("project"), by=user_of(request), **data)
        obj.pk, obj.agency_id = made.pk, made.agency_id

    def has_work_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may move applications."""
        return allows(request.user, "fundingapplication", "change")

    @action(description=_("It was handed in"), url_path="submit", icon="send", permissions=["work"])
    def submit(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Note that an application was handed in."""
        application = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            services.submit_application(application, by=user_of(request), **data)
            return gettext("The application is handed in.")

        return action_page(
            request, title=gettext("It was handed in"), form=SubmitForm, do=do, back=object_url(application)
        )

    @action(description=_("It was granted"), url_path="grant", icon="check", permissions=["work"])
    def grant(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Note what was granted."""
        application = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            services.grant(application, by=user_of(request), **data)
            return gettext("The funding is granted.")

        initial = {"amount": application.applied_for, "file_number": application.file_number}
        return action_page(
            request,
            title=gettext("It was granted"),
            form=GrantForm,
            do=do,
            back=object_url(application),
            initial=initial,
        )

    @action(description=_("It was refused"), url_path="reject", icon="close", permissions=["work"])
    def reject(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Note that funding was refused."""
        application = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            services.reject(application, by=user_of(request), **data)
            return gettext("The refusal is noted.")

        return action_page(
            request, title=gettext("It was refused"), form=RejectForm, do=do, back=object_url(application)
        )


@admin.register(Idea)
class IdeaAdmin(DeskAdmin):
    """Ideas of citizens, to be read, released, adopted or declined."""

    list_display = ("title", "commune", "topic", "status_chip", "received_at")
    list_filter = ("status", "topic", "programme")
    search_fields = ("title", "text", "commune__search_name")
    list_select_related = ("commune", "topic")
    autocomplete_fields = ("commune",)
    readonly_fields = (
        *("status_chip", "author", "email", "shows_author", "programme", "project", "received_at", "released_at"),
        "life_cycle",
    )
    fields = (
        ("title", "status_chip"),
        "text",
        ("commune", "topic"),
        ("author", "email"),
        "shows_author",
        ("programme", "received_at", "released_at"),
        "project",
        "life_cycle",
    )
    actions_detail = ("release", "adopt", "decline")

    def has_work_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may decide about ideas."""
        return allows(request.user, "idea", "change")

    @action(description=_("Show to the public"), url_path="release", icon="public", permissions=["work"])
    def release(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Release an idea."""
        idea = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            services.release_idea(idea, by=user_of(request))
            return gettext("Citizens can now read the idea.")

        return action_page(
            request,
            title=gettext("Show to the public"),
            form=NothingForm,
            do=do,
            back=object_url(idea),
            intro=idea.text,
        )

    @action(description=_("Make it a project"), url_path="adopt", icon="eco", permissions=["work"])
    def adopt(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Make a project of an idea; it then needs a municipality and a topic."""
        idea = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            if idea.commune is None or idea.topic_id is None:
                raise forms.ValidationError(gettext("Please enter the municipality and the topic of the idea first."))
            services.adopt_idea(
                idea, by=user_of(request), commune=idea.commune, topic_id=idea.topic_id, title=data["title"]
            )
            return gettext("The idea became a project.")

        return action_page(
            request,
            title=gettext("Make it a project"),
            form=AdoptForm,
            do=do,
            back=object_url(idea),
            initial={"title": idea.title},
        )

    @action(description=_("Decline"), url_path="decline", icon="close", permissions=["work"])
    def decline(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Decline an idea."""
        idea = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            services.decline_idea(idea, by=user_of(request), reason=data["reason"])
            return gettext("The idea is declined.")

        return action_page(request, title=gettext("Decline"), form=DeclineIdeaForm, do=do, back=object_url(idea))


class AdoptForm(forms.Form):
    """What the project of an idea is called."""

    title = forms.CharField(label=_("title"), max_length=160)


def user_of(request: HttpRequest) -> User:
    """Return the account that is signed in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def found(model_admin: DeskAdmin, request: HttpRequest, object_id: int) -> Any:
    """Return the object of an action's address, or answer "404 not found"."""
    found = model_admin.get_object(request, str(object_id))
    if found is None:
        raise Http404
    return found


def _split(data: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Part the numbers of a measure's form from what else it says."""
    other = {name: str(data[name]) for name in data.keys() & {"title", "quality"}}
    return {name: value for name, value in data.items() if name not in other}, other


def _told(measure: Measure) -> str:
    """Say what a measure saves."""
    saving = measure.savings.filter(replaced_at__isnull=True).first()
    if saving is None:
        return gettext("“%s” is saved.") % measure
    return gettext("“%(measure)s” saves %(kg)s kg CO2e a year.") % {"measure": measure, "kg": saving.whole_kg}
