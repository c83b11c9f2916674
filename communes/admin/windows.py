"""Participation windows, and networks of twinned towns. Both are public; each agency keeps its own."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import display

from agencies.desk import CHIPS, DeskAdmin
from agencies.models import Programme
from communes.admin.forms import WindowForm
from communes.models import ParticipationWindow, Twinning


class OwnAgencyAdmin(DeskAdmin):
    """Public rows of all agencies; only those of one's own agency can be changed."""

    exclude = ("agency",)
    list_select_related: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows with what the columns name."""
        return super().get_queryset(request).select_related("agency", "programme", *self.list_select_related)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new row belongs to the agency of whoever adds it."""
        if not change:
            obj.agency_id = request.user.agency_id  # type: ignore[union-attr]
        super().save_model(request, obj, form, change)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> ModelChoiceField | None:
        """Offer the programmes in which the agency takes part."""
        if db_field.name == "programme":
            agency_id = getattr(request.user, "agency_id", None)
            kwargs["queryset"] = Programme.objects.filter(participations__agency=agency_id)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(ParticipationWindow)
class ParticipationWindowAdmin(OwnAgencyAdmin):
    """When municipalities may register."""

    form = WindowForm
    list_display = ("programme", "agency", "opens_on", "closes_on", "state_chip", "places")
    list_filter = (("agency", RelatedDropdownFilter), ("programme", RelatedDropdownFilter))
    search_fields = ("programme__name", "agency__name")
    fields = ("programme", ("opens_on", "closes_on"), "places")

    @display(description=_("status"), label=CHIPS)
    def state_chip(self, window: ParticipationWindow) -> tuple[str, Any]:
        """Show whether the window is open today."""
        if window.is_open():
            return "active", _("open")
        return ("planned", _("coming")) if window.opens_on > timezone.localdate() else ("", _("closed"))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Windows stay: registrations of the past are read with them."""
        return False


@admin.register(Twinning)
class TwinningAdmin(OwnAgencyAdmin):
    """Twinned towns of a network."""

    list_display = ("commune", "programme", "topic")
    list_filter = (("programme", RelatedDropdownFilter), ("topic", RelatedDropdownFilter))
    list_select_related = ("commune", "topic")
    search_fields = ("commune__search_name", "programme__name")
    autocomplete_fields = ("commune",)
    fields = ("programme", "commune", "topic")
