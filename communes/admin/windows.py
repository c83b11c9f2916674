"""Participation windows, and networks of twinned towns. Both are public; each agency keeps its own."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import display

from agencies.desk import CHIPS, DeskAdmin
from agencies.models import Programme
from communes.admin.forms import WindowForm
from communes.models import ParticipationWindow, Twinning
from communes.windows import keep_deadline_of
from klikks.framing import origin_of


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
    readonly_fields = ("public_page", "embedding")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Let the agency be reminded of the last day."""
        super().save_model(request, obj, form, change)
        keep_deadline_of(obj)

    def get_fields(self, request: HttpRequest, obj: ParticipationWindow | None = None) -> Any:
        """Show the addresses of the form once there is one, for agencies of a state."""
        has_page = obj is not None and obj.agency.state_id is not None
        return (*self.fields, "public_page", "embedding") if has_page else self.fields

    @admin.display(description=_("page of the form"))
    def public_page(self, window: ParticipationWindow) -> SafeString:
        """Link to the page at which municipalities register; its address stays the same."""
        address = _address_of(window, "communes:window")
        return format_html('<a href="{0}">{0}</a>', address)

    @admin.display(description=_("for your own website"))
    def embedding(self, window: ParticipationWindow) -> SafeString | str:
        """Show the line that puts the form into the agency's own website, which alone may frame it."""
        site = origin_of(window.agency.website)
        if not site:
            return _t("Please enter the website of your agency first: only there the form may be embedded.")
        line = '<iframe src="{}" title="{}" width="100%" height="1400" loading="lazy"></iframe>'.format(
            _address_of(window, "communes:embedded_window"), _t("Register your municipality")
        )
        words = _t("Copy this line into a page of %(site)s. It works there and nowhere else.") % {"site": site}
        return format_html("<p>{}</p><code>{}</code>", words, line)

    @display(description=_("status"), label=CHIPS)
    def state_chip(self, window: ParticipationWindow) -> tuple[str, Any]:
        """Show whether the window is open today."""
        if window.is_open():
            return "active", _("open")
        return ("planned", _("coming")) if window.opens_on > timezone.localdate() else ("", _("closed"))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Windows stay: registrations of the past are read with them."""
        return False


def _address_of(window: ParticipationWindow, name: str) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=[window.programme.slug, window.agency.slug])}"


@admin.register(Twinning)
class TwinningAdmin(OwnAgencyAdmin):
    """Twinned towns of a network."""

    list_display = ("commune", "programme", "topic")
    list_filter = (("programme", RelatedDropdownFilter), ("topic", RelatedDropdownFilter))
    list_select_related = ("commune", "topic")
    search_fields = ("commune__search_name", "programme__name")
    autocomplete_fields = ("commune",)
    fields = ("programme", "commune", "topic")
