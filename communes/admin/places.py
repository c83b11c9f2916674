"""Municipalities and districts: reference data to read, with what the agency has to do with each."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter, RelatedDropdownFilter
from unfold.decorators import action, display

from agencies.desk import DeskAdmin, ReadOnlyInline, chip
from agencies.permissions import ADD, VIEW, allows
from communes.admin.base import found_or_404, linked
from communes.admin.forms import PlaceForm
from communes.admin.log import log_url
from communes.admin.timeline import timeline_card, timeline_page
from communes.models import Commune, Contact, District, Outreach, Partnership, Registration, short_name
from communes.search import matching


class PartnerFilter(DropdownFilter):
    """Narrows the list to municipalities with which the agency has something to do."""

    title = _("with us")
    parameter_name = "with"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the choices, to those who may see partnerships."""
        if not allows(request.user, "partnership", VIEW):
            return []
        return [("partner", _("partner municipalities")), ("registered", _("open registration"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Narrow the list."""
        if self.value() == "partner":
            return queryset.filter(pk__in=Partnership.objects.open().values("commune"))
        if self.value() == "registered":
            return queryset.filter(pk__in=Registration.objects.open().values("commune"))
        return queryset


class StatusInline(ReadOnlyInline):
    """Rows with a status, each with a link to its page."""

    fields: ClassVar[Any] = ()

    @admin.display(description=_("page"))
    def page(self, row: Any) -> SafeString:
        """Link to the row's page."""
        return linked(row, row.programme)

    @admin.display(description=_("status"))
    def status_chip(self, row: Any) -> SafeString:
        """Show the status as a chip."""
        return chip(row.status, row.get_status_display())


class PartnershipInline(StatusInline):
    """Partnerships of a municipality."""

    model = Partnership
    fields = readonly_fields = ("page", "status_chip", "since", "ended_on", "manager")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return partnerships with what the columns name."""
        return super().get_queryset(request).select_related("programme", "manager", "commune")


class RegistrationInline(StatusInline):
    """Registrations of a municipality."""

    model = Registration
    fields = readonly_fields = ("page", "status_chip", "contact_name", "received_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return registrations with what the columns name."""
        return super().get_queryset(request).select_related("programme", "commune")


class ContactInline(ReadOnlyInline):
    """Contacts of a municipality or district, those who have left last."""

    model = Contact
    fields = readonly_fields = ("page", "function", "organisation", "email", "phone", "until")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return contacts with those who have left at the end."""
        return super().get_queryset(request).order_by(F("until").desc(nulls_first=True), "name")

    @admin.display(description=_("name"))
    def page(self, contact: Contact) -> SafeString:
        """Link to the contact's page."""
        return linked(contact)


class OutreachInline(ReadOnlyInline):
    """Calls and visits of a district."""

    model = Outreach
    fields = readonly_fields = ("page", "channel", "by", "outcome", "result", "next_step")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the log with what the columns name."""
        return super().get_queryset(request).select_related("by", "district")

    @admin.display(description=_("on"))
    def page(self, outreach: Outreach) -> SafeString:
        """Link to the entry's page."""
        return linked(outreach, date_format(outreach.on, "SHORT_DATE_FORMAT"))


class ReferenceAdmin(DeskAdmin):
    """Data of the official register: read only, loaded by `load_reference`."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The register says what there is."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The register says what is right."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing that others refer to goes."""
        return False


def may_log(_desk: DeskAdmin, request: HttpRequest, object_id: Any = None) -> bool:
    """Whether the role may log calls."""
    return allows(request.user, "outreach", ADD)


@admin.register(Commune)
class CommuneAdmin(ReferenceAdmin):
    """All municipalities; the page of each shows what the agency has to do with it."""

    list_display = ("name", "kind", "district", "state", "population", "first_postcode", "ags")
    list_filter = (
        PartnerFilter,
        ("state", RelatedDropdownFilter),
        ("district", AutocompleteSelectFilter),
    )
    search_fields = ("search_name",)
    search_help_text = _("Name, postcode or municipality key")
    export_columns = ("ags", "official_name", "kind", "district", "state", "population", "area_km2", "postcodes")
    fields = (
        ("official_name", "kind"),
        ("district", "state"),
        ("population", "area_km2"),
        ("postcodes", "ags"),
        ("former_names", "dissolved_on", "successor"),
    )
    readonly_fields = ("former_names",)
    inlines = (PartnershipInline, RegistrationInline, ContactInline)
    actions_detail = ("log_call", "timeline")
    change_form_outer_after_template = "admin/communes/timeline_card.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Villages, urban quarters and towns abroad are in no register: agencies add those they work with."""
        return allows(request.user, "commune", ADD)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Ask for what a place outside of the register needs."""
        return super().get_form(request, obj, change, **kwargs if change else {**kwargs, "form": PlaceForm})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new place has no key and no former names."""
        return self.fields if obj else PlaceForm.FIELDS

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """A new place has no past."""
        return self.inlines if obj else ()

    def get_autocomplete_fields(self, request: HttpRequest) -> Any:
        """Let the municipality of a quarter be found by typing."""
        return ("parent",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Bring district and state along, on the list and on the page."""
        return super().get_queryset(request).select_related("district", "state")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search as the public search does: by name with or without errors, postcode or key."""
        return (matching(queryset, search_term), False) if search_term.strip() else (queryset, False)

    has_log_permission = may_log

    def has_timeline_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may see what happened in municipalities."""
        return allows(request.user, "outreach", VIEW)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show the newest events below what is known about the municipality."""
        context = timeline_card(request, self.get_object(request, object_id)) if object_id else {}
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **context})

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the municipality, read once a request."""
        found = getattr(request, "_desk_commune", None)
        if found is None or str(found.pk) != object_id:
            found = super().get_object(request, object_id, from_field)
            request._desk_commune = found  # type: ignore[attr-defined]
        return found

    @action(description=_("What happened"), url_path="timeline", icon="timeline", permissions=["timeline"])
    def timeline(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show all that happened in a municipality, page by page, narrowed to one kind if asked."""
        return timeline_page(request, found_or_404(self, request, object_id))

    @display(description=_("postcode"))
    def first_postcode(self, commune: Commune) -> str:
        """Show the postcode of the town hall."""
        return commune.postcodes[0] if commune.postcodes else ""

    @action(description=_("Log a call"), url_path="log", icon="call", permissions=["log"])
    def log_call(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Go to the page that logs a call, with this municipality chosen."""
        return redirect(log_url(found_or_404(self, request, object_id)))


@admin.register(District)
class DistrictAdmin(ReferenceAdmin):
    """Districts, with whom we know there."""

    list_display = ("short", "ags", "state")
    list_filter = (("state", RelatedDropdownFilter),)
    list_select_related = ("state",)
    search_fields = ("name", "ags__startswith")
    fields = ("name", "ags", "state")
    inlines = (ContactInline, OutreachInline)
    actions_detail = ("log_call",)

    has_log_permission = may_log

    @action(description=_("Log a call"), url_path="log", icon="call", permissions=["log"])
    def log_call(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go to the page that logs a call, with this district chosen."""
        return redirect(log_url(found_or_404(self, request, object_id)))

    @display(description=_("name"), ordering="name")
    def short(self, district: District) -> str:
        """Show the name without its suffix."""
        return short_name(district.name)
