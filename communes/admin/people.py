"""Contacts, and the log of calls and visits."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    DropdownFilter,
    RangeDateFilter,
    RelatedDropdownFilter,
)
from unfold.decorators import action, display

from agencies.desk import DeskAdmin, object_url
from agencies.permissions import allows
from communes import services
from communes.admin.base import acting, ask_for_access, found_or_404
from communes.admin.forms import ContactForm, OutreachForm
from communes.admin.log import log_page
from communes.models import Contact, Outreach


class StillThereFilter(DropdownFilter):
    """Shows contacts who are still there unless something else is asked for."""

    title = _("still there")
    parameter_name = "there"
    all_option: ClassVar = ["", _("still there")]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the other choices."""
        return [("left", _("have left")), ("all", _("all"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Narrow the list, but not what fields suggest."""
        if self.value() == "left":
            return queryset.filter(until__lt=timezone.localdate())
        return queryset if self.value() == "all" else queryset.current()


@admin.register(Contact)
class ContactAdmin(DeskAdmin):
    """People and organisations around municipalities and districts."""

    form = ContactForm
    list_display = ("who", "function", "where", "organisation", "email", "phone", "until")
    list_display_links = ("who",)
    list_filter = (
        StillThereFilter,
        ("function", ChoicesDropdownFilter),
        ("commune", AutocompleteSelectFilter),
        ("district", AutocompleteSelectFilter),
    )
    list_select_related = ("commune", "district")
    search_fields = ("name", "organisation", "email", "commune__search_name", "district__name")
    search_help_text = _("Name, organisation, e-mail or municipality")
    export_columns = ("name", "function", "organisation", "commune", "district", "email", "phone", "note", "until")
    autocomplete_fields = ("commune", "district")
    fields = (("name", "function"), "organisation", ("commune", "district"), ("email", "phone"), "note", "until")
    actions_detail = ("give_access",)

    def has_grant_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may give people access to a municipality's pages."""
        return allows(request.user, "municipalaccess", "grant")

    @action(description=_("Give access"), url_path="give-access", icon="key", permissions=["grant"])
    def give_access(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Invite this contact to the pages of its municipality."""
        contact = found_or_404(self, request, object_id)
        if contact.commune is None:
            messages.error(request, _t("Only contacts of a municipality can get access."))
            return redirect(object_url(contact))
        return ask_for_access(request, contact, contact.commune, (contact.name, contact.email))

    @display(description=_("name"), ordering="name")
    def who(self, contact: Contact) -> str:
        """Show the person, or else the organisation."""
        return str(contact)

    @display(description=_("where"))
    def where(self, contact: Contact) -> str:
        """Show the municipality or district."""
        return str(contact.commune or contact.district)


@admin.register(Outreach)
class OutreachAdmin(DeskAdmin):
    """The log of calls, visits and letters."""

    form = OutreachForm
    list_display = ("where", "on", "channel", "contact", "by", "outcome", "result", "next_step", "next_step_on")
    list_display_links = ("where",)
    list_filter = (
        ("channel", ChoicesDropdownFilter),
        ("outcome", ChoicesDropdownFilter),
        ("by", RelatedDropdownFilter),
        ("commune", AutocompleteSelectFilter),
        ("on", RangeDateFilter),
    )
    list_select_related = ("commune", "district", "contact", "by")
    search_fields = ("commune__search_name", "district__name", "result", "next_step", "contact__name")
    search_help_text = _("Municipality, contact, result or next step")
    autocomplete_fields = ("commune", "district", "contact")
    fields = (
        ("commune", "district"),
        "contact",
        ("channel", "on"),
        "outcome",
        "result",
        ("next_step", "next_step_on"),
        "mail",
    )
    actions_list = ("log",)

    @display(description=_("where"), ordering="commune__search_name")
    def where(self, outreach: Outreach) -> str:
        """Show the municipality or district."""
        return str(outreach.place)

    @action(description=_("Log a call"), url_path="log", icon="call", permissions=["add"])
    def log(self, request: HttpRequest) -> HttpResponse:
        """Log a call in a few seconds, from anywhere on the desk."""
        return log_page(request)

    def save_model(self, request: HttpRequest, obj: Outreach, form: Any, change: bool) -> None:
        """Note who was in touch, and remember the next step."""
        user = acting(request)
        if not change:
            obj.by = user.current_membership
        super().save_model(request, obj, form, change)
        if not change or {"next_step", "next_step_on"} & set(form.changed_data):
            services.remember_next_step(obj, by=user)
