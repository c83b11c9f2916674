"""Partnerships and their political backing."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter, RelatedDropdownFilter
from unfold.decorators import action

from agencies.desk import DeskAdmin, ReadOnlyInline, once, two_lines
from agencies.permissions import allows
from communes import services
from communes.admin.base import LifeCycleAdmin, acting, ask_and_do, ask_for_access, found_or_404, linked
from communes.admin.forms import BackingChangeForm, BackingForm, EndForm
from communes.admin.plans import PlanActions
from communes.models import Backing, Partnership, searchable
from communes.selectors import main_contact

Status = Partnership.Status


class StateFilter(DropdownFilter):
    """Shows what has not ended unless something else is asked for."""

    title = _("status")
    parameter_name = "state"
    all_option: ClassVar = ["", _("not ended")]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the other choices."""
        return [("all", _("all")), *Status.choices]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Narrow the list to the chosen state."""
        match self.value():
            case None | "":
                return queryset.open()
            case "all":
                return queryset
            case status:
                return queryset.filter(status=status)


class BackingInline(ReadOnlyInline):
    """The political backing of a partnership."""

    model = Backing
    fields = readonly_fields = ("page", "decided_on", "reference", "stored_file")

    @admin.display(description=_("kind"))
    def page(self, backing: Backing) -> SafeString:
        """Link to the backing's page."""
        return linked(backing, backing.get_kind_display())

    @admin.display(description=_("file"))
    def stored_file(self, backing: Backing) -> SafeString | str:
        """Offer the file."""
        return file_link(backing)


@admin.register(Partnership)
class PartnershipAdmin(PlanActions, LifeCycleAdmin):
    """Partner municipalities of the agency."""

    list_display = ("place", "status_chip", "since", "manager", "short_programme")
    list_display_links = ("place",)
    list_filter = (
        StateFilter,
        ("manager", RelatedDropdownFilter),
        ("programme", RelatedDropdownFilter),
        ("since", RangeDateFilter),
    )
    list_select_related = ("commune__district", "programme", "manager", "registration__commune")
    search_fields = ("commune__search_name",)
    search_help_text = _("Municipality")
    export_columns = ("commune", "district", "status", "since", "ended_on", "manager", "programme")
    readonly_fields = ("place", "programme", "status_chip", "since", "ended_on", "registered", "around", "life_cycle")
    fieldsets = (
        (None, {"fields": (("place", "programme"), ("status_chip", "manager"), ("since", "ended_on"))}),
        (_("Around this municipality"), {"fields": ("around", "registered")}),
        (_("Course so far"), {"fields": ("life_cycle",)}),
    )
    inlines = (BackingInline,)
    actions_detail = ("back", "fitting", "apply_plan", "report", "give_access", "end")
    action_targets = {"back": {Status.OFFICIAL}, "end": {Status.ENDED, Status.WITHDRAWN}}

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Partnerships begin with an accepted registration or an import."""
        return False

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Search names of municipalities as people write them."""
        return super().get_search_results(request, queryset, searchable(search_term))

    @admin.display(description=_("municipality"), ordering="commune__search_name")
    def place(self, partnership: Partnership) -> SafeString:
        """Show the municipality and its district."""
        return two_lines(str(partnership.commune), str(partnership.commune.district or ""))

    @admin.display(description=_("district"))
    def district(self, partnership: Partnership) -> str:
        """Show the district."""
        return str(partnership.commune.district or "")

    @admin.display(description=_("registration"))
    def registered(self, partnership: Partnership) -> SafeString | str:
        """Link to the registration it began with."""
        return linked(partnership.registration) if partnership.registration else ""

    @admin.display(description=_("people, calls, projects"))
    @once
    def around(self, partnership: Partnership) -> SafeString:
        """Link to contacts, outreach and projects of the municipality."""
        commune = partnership.commune
        contacts = [(linked(contact), contact.get_function_display()) for contact in commune.contacts.all()]
        lists = [
            (reverse("admin:communes_outreach_changelist"), commune.pk, _t("Calls and visits")),
            (reverse("admin:projects_project_changelist"), commune.pk, _t("Projects")),
            (reverse("admin:communes_municipalaccess_changelist"), commune.pk, _t("Who may enter its pages")),
        ]
        return format_html(
            "<ul>{}{}</ul>",
            format_html_join("", "<li>{} ({})</li>", contacts),
            format_html_join("", '<li><a href="{}?commune__id__exact={}">{}</a></li>', lists),
        )

    def has_back_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may note the political backing."""
        return self._allows(request, "back")

    def has_end_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may end partnerships."""
        return self._allows(request, "end")

    def has_fitting_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may match patrons."""
        return allows(request.user, "patron", "match")

    @action(description=_("Fitting patrons"), url_path="patrons", icon="join", permissions=["fitting"])
    def fitting(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Go to the page that shows who fits this municipality."""
        return redirect("admin:patrons_patron_fitting", pk=found_or_404(self, request, object_id).pk)

    def has_report_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may order reports."""
        return allows(request.user, "report", "order")

    def has_grant_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may give people access to a municipality's pages."""
        return allows(request.user, "municipalaccess", "grant")

    @action(description=_("Give access"), url_path="give-access", icon="key", permissions=["grant"])
    def give_access(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Invite a person to the municipality's pages; the main contact is suggested."""
        partnership = found_or_404(self, request, object_id)
        person = main_contact(partnership)
        return ask_for_access(request, partnership, partnership.commune, person[:2] if person else None)

    @action(description=_("Order a report"), url_path="report", icon="summarize", permissions=["report"])
    def report(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Go to the page that orders a report, with this municipality chosen."""
        return redirect(f"{reverse('admin:reports_report_order')}?partnership={object_id}")

    @action(description=_("Note the political backing"), url_path="back", icon="gavel", permissions=["back"])
    def back(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Note the council's decision, which makes the municipality an official partner."""
        partnership = found_or_404(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            services.add_backing(partnership, by=acting(request), **data)
            return _t("%(commune)s is an official partner municipality now.") % {"commune": partnership.commune}

        return ask_and_do(request, partnership, _t("Note the political backing"), BackingForm, do)

    @action(description=_("End the partnership"), url_path="end", icon="logout", permissions=["end"])
    def end(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """End the partnership with a reason."""
        partnership = found_or_404(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            services.end_partnership(partnership, by=acting(request), **data)
            return _t("The partnership has ended. It stays readable.")

        return ask_and_do(request, partnership, _t("End the partnership"), EndForm, do)


@admin.register(Backing)
class BackingAdmin(DeskAdmin):
    """Political backings: corrected here, and given their file later."""

    form = BackingChangeForm
    list_display = ("partnership", "kind", "decided_on", "reference", "stored_file")
    list_filter = ("kind", ("decided_on", RangeDateFilter))
    list_select_related = ("partnership__commune", "partnership__programme")
    search_fields = ("partnership__commune__search_name", "reference")
    readonly_fields = ("partnership", "stored_file")
    fields = ("partnership", ("kind", "decided_on", "reference"), "stored_file", "file")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A backing is noted at its partnership, which it makes official."""
        return False

    @admin.display(description=_("file"))
    def stored_file(self, backing: Backing) -> SafeString | str:
        """Offer the file."""
        return file_link(backing)


def file_link(backing: Backing) -> SafeString | str:
    """Return a link that downloads a backing's file, if it has one."""
    if not backing.file:
        return ""
    return format_html('<a href="{}">{}</a>', reverse("communes:backing_file", args=[backing.pk]), _t("Download"))
