"""Registrations: the work list, and the decision about each."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter, RelatedDropdownFilter
from unfold.decorators import display

from agencies.desk import CHIPS, days, two_lines
from communes.admin.bulk import BulkActions
from communes.admin.documents import OfferedDocumentInline
from communes.admin.queues import StateFilter, WhoseFilter, WorkList
from communes.cases import case_of
from communes.maps import commune_map
from communes.models import Registration, searchable
from communes.work_list import is_overdue, next_step, waiting_days, with_course


@admin.register(Registration)
class RegistrationAdmin(BulkActions):
    """Registrations of the agency's municipalities."""

    list_display = ("place", "contact_name", "status_chip", "next", "waits", "assigned_to", "age", "short_programme")
    list_display_links = ("place",)
    list_filter = (
        StateFilter,
        WhoseFilter,
        ("assigned_to", RelatedDropdownFilter),
        ("programme", RelatedDropdownFilter),
        ("received_at", RangeDateFilter),
    )
    list_select_related = ("commune__district", "commune__state", "programme", "assigned_to")
    search_fields = ("commune__search_name", "contact_name", "email")
    search_help_text = _("Municipality, name or e-mail")
    list_before_template = "admin/communes/queues.html"
    export_columns = (
        "commune",
        "district",
        "status",
        "contact_name",
        "contact_function",
        "email",
        "phone",
        "programme",
        "received_at",
        "confirmed_at",
        "assigned_to",
        "message",
    )
    readonly_fields = ("language", "received_at", "confirmed_at", "consented_at")
    fieldsets = (
        (
            _("Who wrote"),
            {"fields": (("contact_name", "contact_function"), ("email", "phone"), ("language", "assigned_to"))},
        ),
        (_("When"), {"fields": (("received_at", "confirmed_at", "consented_at"),)}),
    )
    inlines = (OfferedDocumentInline,)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[WorkList]:
        """Return the kind of list: one with queues."""
        return WorkList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return registrations with the moment since which the next move is waited for."""
        return with_course(super().get_queryset(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Municipalities register themselves."""
        return False

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[QuerySet[Any], bool]:
        """Search names of municipalities as people write them."""
        found, duplicates = super().get_search_results(request, queryset, search_term)
        if typed := searchable(search_term):
            found = found | queryset.filter(commune__search_name__contains=typed)
        return found, duplicates

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Show everything known about a registration above the form that corrects it."""
        found = self.get_object(request, object_id) if self.has_view_permission(request) else None
        known = {} if found is None else _known(found)
        return super().change_view(request, object_id, form_url, {**known, **(extra_context or {})})

    @admin.display(description=_("municipality"), ordering="commune__search_name")
    def place(self, registration: Registration) -> SafeString:
        """Show the municipality and its district."""
        return two_lines(str(registration.commune), str(registration.commune.district or ""))

    @admin.display(description=_("district"))
    def district(self, registration: Registration) -> str:
        """Show the district."""
        return str(registration.commune.district or "")

    @display(description=_("next step"))
    def next(self, registration: Registration) -> str:
        """Say what happens next."""
        return next_step(registration)

    @display(description=_("waits for"), ordering="since", label=CHIPS)
    def waits(self, registration: Registration) -> tuple[str, str]:
        """Show how long the next move has been waited for, red when too long."""
        if registration.status not in Registration.OPEN:
            return "", ""
        count = waiting_days(registration)
        return "overdue" if is_overdue(registration) else "", days(count) if count else _t("today")

    @display(description=_("age"), ordering="-received_at")
    def age(self, registration: Registration) -> str:
        """Show how long ago the registration came in."""
        return days((timezone.localdate() - timezone.localdate(registration.received_at)).days)


def _known(registration: Any) -> dict[str, Any]:
    """Return what the page of a registration shows."""
    case = case_of(registration)
    neighbours = [partnership.commune for partnership in case.neighbours]
    names = ", ".join(str(commune) for commune in neighbours)
    alternative = _t("Map: %(commune)s") % {"commune": registration.commune}
    if names:
        near = {"commune": registration.commune, "others": names}
        alternative = _t("Map: %(commune)s, with partner municipalities nearby: %(others)s") % near
    is_open = registration.status in Registration.OPEN
    return {
        "case": case,
        "map": commune_map(registration.commune, neighbours, alternative),
        "step": next_step(registration),
        "waits": waiting_days(registration) if is_open else None,
        "overdue": is_open and is_overdue(registration),
    }
