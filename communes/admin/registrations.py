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

from agencies.desk import CHIPS, days, once, two_lines
from communes import services
from communes.admin.base import linked
from communes.admin.decisions import DecisionActions
from communes.admin.documents import OfferedDocumentInline
from communes.admin.queues import StateFilter, WhoseFilter, WorkList
from communes.models import Partnership, Registration, searchable
from communes.work_list import is_overdue, next_step, waiting_days, with_course


@admin.register(Registration)
class RegistrationAdmin(DecisionActions):
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
    list_select_related = ("commune__district", "programme", "assigned_to")
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
    readonly_fields = (
        "place",
        "programme",
        "status_chip",
        "message",
        "language",
        "received_at",
        "confirmed_at",
        "consented_at",
        "question",
        "answer",
        "life_cycle",
        "others",
        "partnership",
    )
    fieldsets = (
        (
            None,
            {"fields": (("place", "programme"), ("status_chip", "assigned_to"), "message", ("others", "partnership"))},
        ),
        (_("Question and answer"), {"fields": ("question", "answer")}),
        (_("Who wrote"), {"fields": (("contact_name", "contact_function"), ("email", "phone"), "language")}),
        (_("Course so far"), {"fields": (("received_at", "confirmed_at", "consented_at"), "life_cycle")}),
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

    def get_fieldsets(self, request: HttpRequest, obj: Registration | None = None) -> Any:
        """Leave out the question as long as nobody has asked one."""
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj is not None and obj.question else [fieldsets[0], *fieldsets[2:]]

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

    @admin.display(description=_("also open"))
    @once
    def others(self, registration: Registration) -> str:
        """Say what else is open for the municipality in this programme."""
        other = Registration.objects.in_the_way(registration).first()
        partnership = services.open_partnership(registration)
        if partnership and partnership.registration_id != registration.pk:
            return f"{partnership}: {partnership.get_status_display()}"
        return f"{other}: {other.get_status_display()}" if other else ""

    @admin.display(description=_("partnership"))
    def partnership(self, registration: Registration) -> str:
        """Lead to the partnership that came of the registration."""
        found = Partnership.objects.filter(registration=registration).select_related("commune").first()
        return linked(found, found.get_status_display()) if found else ""
