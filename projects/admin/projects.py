"""Projects on the staff's desk."""

from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms import BaseModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, RangeDateFilter
from unfold.decorators import action, display

from agencies.desk import action_page, object_url
from agencies.permissions import VIEW, allows
from projects import services
from projects.admin.base import AmountsAdmin, NothingForm, found, user_of
from projects.admin.measures import KindForm, MeasureInline, split_numbers, told
from projects.measures import services as measures
from projects.measures.forms import MeasureForm
from projects.measures.kinds import MeasureKind
from projects.models import (
    Project,
    ProjectLead,
    ProjectPartner,
)


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
            inputs, other = split_numbers(data)
            return told(measures.add_measure(project, by=user_of(request), kind=kind, inputs=inputs, **other))

        form = cast(type[forms.Form], partial(MeasureForm, kind=kind))
        return action_page(
            request, title=str(MeasureKind(kind).label), form=form, do=do, back=back, submit=gettext("Save")
        )
