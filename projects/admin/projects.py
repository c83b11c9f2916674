"""Projects on the staff's desk."""

from functools import partial
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.forms import BaseModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter, RangeDateFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display

from agencies.desk import DeskAdmin, NothingForm, action_page, object_url, once, safe_next
from agencies.permissions import VIEW, allows, user_of
from communes.models import Partnership
from klikks.history import forget
from projects import services
from projects.admin.base import AmountsAdmin, found
from projects.admin.files import files_page
from projects.admin.measures import KindForm, MeasureInline, split_numbers, told
from projects.admin.overview import board_of, map_of
from projects.admin.planning import CostInline, FinancingInline, MilestoneInline, SupporterInline
from projects.copying.forms import DeskCopyForm
from projects.copying.selectors import copies_of_each, spread
from projects.copying.services import copy_project
from projects.funding import services as funding
from projects.funding.forms import ApplicantForm
from projects.funding.selectors import funding_for, with_helpers
from projects.funding.views import change_watch
from projects.ideas.selectors import ideas_behind
from projects.measures import services as measures
from projects.measures.forms import MeasureForm
from projects.measures.kinds import MeasureKind
from projects.models import (
    Applicant,
    CostItem,
    FundingProgramme,
    Project,
    ProjectLead,
    ProjectPartner,
    PublicProject,
    Supporter,
)
from projects.models.planning import in_euro
from projects.planning import services as planning
from projects.planning.plan import plan_of, with_plan

# No key of a row has more digits than this.
LONGEST_KEY = 18


class WordForm(forms.Form):
    """A few words to those who lead a project."""

    note = forms.CharField(
        label=_("What you tell the climate patrons who lead it"),
        help_text=_("They get it by mail, for example what should change before the public sees the project."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
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


class WaitingFilter(DropdownFilter):
    """Shows what patrons have proposed for release."""

    title = _("release")
    parameter_name = "public"
    all_option: ClassVar = ["", _("all")]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices."""
        return [("proposed", _("waits for release")), ("released", _("released")), ("no", _("not released"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Narrow the list to the chosen ones."""
        match self.value():
            case "proposed":
                return queryset.filter(proposed_at__isnull=False)
            case "released":
                return queryset.filter(released_at__isnull=False)
            case "no":
                return queryset.filter(released_at__isnull=True)
        return queryset


@admin.register(Project)
class ProjectAdmin(AmountsAdmin):
    """Projects of the agency."""

    list_display = ("title", "commune", "topic", "status_chip", "ends_on", "investment", "is_released")
    list_filter = (
        "status",
        "topic",
        "programme",
        ("commune", AutocompleteSelectFilter),
        ("leads__patron", AutocompleteSelectFilter),
        WaitingFilter,
        ("ends_on", RangeDateFilter),
    )
    list_before_template = "admin/projects/views.html"
    list_after_template = "admin/projects/overview.html"
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
    readonly_fields = ("status_chip", "done_on", "financing", "proposed_at", "released_at", "ways", "life_cycle")
    fieldsets = (
        (None, {"fields": (("title", "status_chip"), ("programme", "commune"), "topic", "description")}),
        (_("Dates and cost"), {"fields": (("starts_on", "ends_on"), ("investment", "done_on"), "financing")}),
        (_("For the public"), {"fields": ("public_summary", ("proposed_at", "released_at"))}),
        (_("Course so far"), {"fields": ("ways", "life_cycle")}),
    )
    inlines = (MeasureInline, MilestoneInline, ProjectLeadInline)
    actions_detail = ("move", "add_measure", "plan", "find_funding", "files", "copy", "release", "take_back")
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the projects, with what the list and its export name."""
        return super().get_queryset(request).select_related("commune", "topic", "programme")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return a project with what its page shows; one query a request."""
        known: dict[str, Any] = request.__dict__.setdefault("_projects", {})
        if object_id not in known:
            known[object_id] = self._found(request, object_id)
        return known[object_id]

    def _found(self, request: HttpRequest, object_id: str) -> Any:
        if not str(object_id).isdecimal() or len(str(object_id)) > LONGEST_KEY:
            return None
        rows = super().get_queryset(request).select_related("commune", "topic", "programme", "copied_from__commune")
        return (
            with_plan(rows)
            .annotate(spread_to=copies_of_each(), ideas_behind=ideas_behind())
            .filter(pk=object_id)
            .first()
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A project stays in its programme and municipality; its costs are the sum of its cost items."""
        if obj is None:
            return self.readonly_fields
        itemised = ("investment",) if getattr(obj, "cost_total", None) is not None else ()
        return (*self.readonly_fields, "programme", "commune", *itemised)

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """A new project has no course yet."""
        if is_plan(request):
            return ((None, {"fields": ("financing",)}),)
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else fieldsets[:2]

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> Any:
        """A new project is led by whoever adds it until somebody else is named; the plan has a page of its own."""
        if is_plan(request):
            return (CostInline, FinancingInline, SupporterInline, ProjectPartnerInline)
        return self.inlines if obj else ()

    @display(description=_("public"), boolean=True)
    def is_released(self, project: Project) -> bool:
        """Whether citizens see the project."""
        return project.released_at is not None

    @admin.display(description=_("financing"))
    @once
    def financing(self, project: Project) -> str:
        """Say whether costs and financing agree."""
        plan = plan_of(project)
        granted = gettext("%(amount)s are granted.") % {"amount": in_euro(plan.granted)} if plan.granted else ""
        return " ".join(filter(None, [plan.words, granted, plan.words_on_grants]))

    @admin.display(description=_("ways of the idea"))
    @once
    def ways(self, project: Any) -> SafeString | str:
        """Say from where the idea was taken, and how far it has spread."""
        parts = [spread(project.spread_to).words]
        if project.copied_from:
            where = gettext("taken from “%(project)s”, %(commune)s") % {
                "project": project.copied_from,
                "commune": project.copied_from.commune,
            }
            parts.append(format_html('<a href="{}">{}</a>', object_url(project.copied_from), where))
        elif project.copied_public:
            address = reverse("projects:released_project", args=[project.copied_public])
            parts.append(format_html('<a href="{}">{}</a>', address, gettext("taken from another agency's project")))
        for idea in project.ideas_behind:
            words = (
                gettext("After an idea of %(author)s") % idea if idea["author"] else gettext("After a citizen's idea")
            )
            address = reverse("admin:projects_idea_change", args=[idea["pk"]])
            parts.append(format_html('<a href="{}">{}</a>', address, words))
        return format_html_join(" · ", "{}", ((part,) for part in parts if part)) or "–"

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
        """Save plan and people; the costs follow the plan, and the deadlines belong to the first who leads."""
        super().save_related(request, form, formsets, change)
        planning.follow(form.instance, CostItem)
        services.change_project(form.instance, by=user_of(request))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save rows of the plan; helpers who are removed leave no trace, as on the portal."""
        removed = formset.deleted_forms if formset.model is Supporter else []
        gone = [one.instance.pk for one in removed if one.instance.pk]
        super().save_formset(request, form, formset, change)
        if gone:
            forget(Supporter, gone)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Lead from the plan back to its project."""
        return redirect(object_url(obj)) if is_plan(request) else super().response_post_save_change(request, obj)

    def has_move_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may move projects."""
        return allows(request.user, "project", "move")

    def has_release_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may show projects to the public."""
        return allows(request.user, "project", "release")

    has_board_permission = has_map_permission = DeskAdmin.has_view_permission
    has_plan_permission = has_files_permission = DeskAdmin.has_view_permission

    def has_copy_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may begin projects."""
        return allows(request.user, "project", "add")

    def has_measure_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may add measures."""
        return allows(request.user, "measure", "add")

    def has_find_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may look for funding."""
        return allows(request.user, "fundingprogramme", "find")

    @action(description=_("Find funding"), url_path="funding", icon="savings", permissions=["find"])
    def find_funding(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show which funding fits a project, and draft an application."""
        project: Any = get_object_or_404(with_helpers(self.get_queryset(request)), pk=object_id)
        if request.method == "POST":
            programme = get_object_or_404(FundingProgramme, pk=request.POST.get("programme") or 0)
            if told := change_watch(request, project, programme):
                messages.success(request, told)
                return redirect(request.get_full_path())
            try:
                drafted = funding.apply_for_funding(project, by=user_of(request), funding_programme=programme)
            except ValidationError as refused:
                messages.error(request, " ".join(refused.messages))
                return redirect(request.path)
            messages.success(request, gettext("The application is drafted."))
            return redirect(object_url(drafted))
        applicant = request.GET.get("applicant", "")
        applicant = applicant if applicant in Applicant.values else ""
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Find funding"),
            "opts": self.opts,
            "original": project,
            "project": project,
            "found": funding_for(project, applicant=applicant),
            "form": ApplicantForm(initial={"applicant": applicant}),
            "may_draft": allows(request.user, "fundingapplication", "add", project),
            "back": object_url(project),
        }
        return render(request, "admin/projects/funding.html", context)

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
            back=safe_next(request) or object_url(project),
            submit=gettext("Save"),
            intro=intro,
        )

    @action(description=_("Show to the public"), url_path="release", icon="public", permissions=["release"])
    def release(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show a project to the public, with what was added since it was shown first."""
        project = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            services.release(project, by=user_of(request))
            return gettext("Citizens can now read about the project.")

        title, back = gettext("Show to the public"), object_url(project)
        more = {
            "photos": project.photos.filter(is_public=True),
            "documents": project.documents.filter(is_public=True),
        }
        return action_page(
            request,
            title=title,
            form=NothingForm,
            do=do,
            back=back,
            intro=project.public_summary or gettext("There is no public summary yet."),
            template="admin/projects/release.html",
            more=more,
        )

    @action(description=_("Not for the public"), url_path="take-back", permissions=["release"])
    def take_back(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Take a project off the public pages, or decline to show it."""
        project = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            services.unrelease(project, by=user_of(request), note=data["note"])
            return gettext("The project is not shown to the public.")

        title, intro = gettext("Take off the public pages"), project.public_summary
        return action_page(request, title=title, form=WordForm, do=do, back=object_url(project), intro=intro)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[UnfoldAction]:
        """Offer only what has an effect on whether the public sees the project."""
        offered = super().get_actions_detail(request, object_id)
        project = self.get_object(request, str(object_id)) if offered else None
        unwanted = []
        if project and not (project.released_at or project.proposed_at):
            unwanted.append("_take_back")
        if project and project.released_at and not project.proposed_at:
            unwanted.append("_release")
        return [one for one in offered if not one.action_name.endswith(tuple(unwanted))]

    @action(description=_("Copy"), url_path="copy", icon="content_copy", permissions=["copy"])
    def copy(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Copy a project as the template of another municipality's."""
        return self._copy(request, found(self, request, object_id))

    @action(description=_("Copy a good idea"), permissions=["copy"])
    def copy_released(self, request: HttpRequest) -> HttpResponse:
        """Copy the released project `?of=`, of whichever agency; without one, choose it from the list."""
        wanted = request.GET.get("of", "")
        is_number = wanted.isdecimal() and len(wanted) <= LONGEST_KEY
        source = PublicProject.objects.filter(pk=wanted).first() if is_number else None
        if not self.has_copy_permission(request):
            raise PermissionDenied
        return self._copy(request, source) if source else redirect("projects:released")

    def _copy(self, request: HttpRequest, source: Project | PublicProject) -> HttpResponse:
        made: list[Project] = []

        def do(data: dict[str, Any]) -> str:
            place: Partnership = data["partnership"]
            by, title = user_of(request), data["title"]
            made.append(copy_project(source, by=by, programme=place.programme, commune=place.commune, title=title))
            return gettext("“%(project)s” begins in %(commune)s.") % {"project": made[0], "commune": place.commune}

        answer = action_page(
            request,
            title=gettext("Copy a good idea"),
            form=DeskCopyForm,
            do=do,
            back=reverse("admin:projects_project_changelist"),
            initial={"title": source.title},
            submit=gettext("Begin with this idea"),
            intro=gettext("“%(project)s” from %(place)s becomes the template of a project in another municipality.")
            % {"project": source.title, "place": source.commune},
        )
        return redirect(object_url(made[0])) if made else answer

    @action(description=_("Costs, financing, helpers"), url_path="plan", icon="payments", permissions=["plan"])
    def plan(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show and change what a project costs, who pays it, who helps, and who carries it jointly."""
        found(self, request, object_id)
        request.shows_plan = True  # type: ignore[attr-defined]
        answer: HttpResponse = self.changeform_view(request, str(object_id))
        return answer

    @action(description=_("Photos and documents"), url_path="files", icon="photo_library", permissions=["files"])
    def files(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show, add and remove photos and documents."""
        return files_page(request, found(self, request, object_id))

    def get_urls(self) -> list[URLPattern]:
        """Add the addresses of the board, the map, and of copying another agency's project."""
        guarded = self.admin_site.admin_view
        return [
            path("board/", guarded(self.board), name="projects_project_board"),
            path("map/", guarded(self.map), name="projects_project_map"),
            path("copy-released/", guarded(self.copy_released), name="projects_project_copy_released"),
            *super().get_urls(),
        ]

    @action(description=_("Board"), permissions=["board"])
    def board(self, request: HttpRequest) -> HttpResponse:
        """Show the list as a board."""
        answer = self.changelist_view(request, {"mode": "board"})
        if cl := getattr(answer, "context_data", {}).get("cl"):
            answer.context_data |= {
                "columns": board_of(cl.queryset),
                "here": request.get_full_path(),
                "may_move": self.has_move_permission(request),
            }
        return answer

    @action(description=_("Map"), permissions=["map"])
    def map(self, request: HttpRequest) -> HttpResponse:
        """Show the list as a map."""
        answer = self.changelist_view(request, {"mode": "map"})
        if cl := getattr(answer, "context_data", {}).get("cl"):
            drawn, places = map_of(cl.queryset, request.GET.urlencode())
            answer.context_data |= {"map": drawn, "places": places}
        return answer

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


def is_plan(request: HttpRequest) -> bool:
    """Whether the page of a project is asked for its plan only."""
    return getattr(request, "shows_plan", False)
