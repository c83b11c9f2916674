"""Documents that municipalities have sent by their status link: accepted as political backing, or refused."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from agencies.desk import ReadOnlyInline
from communes import documents
from communes.admin.base import LifeCycleAdmin, acting, ask_and_do, found_or_404, linked
from communes.admin.forms import ReasonForm, ReferenceForm
from communes.models import OfferedDocument, searchable

Status = OfferedDocument.Status


class OfferedDocumentInline(ReadOnlyInline):
    """The documents that came with a registration."""

    model = OfferedDocument
    fields = readonly_fields = ("page", "decided_on", "sent_at", "status_now")

    @admin.display(description=_("document"))
    def page(self, document: OfferedDocument) -> SafeString:
        """Link to the document's page, where it is accepted or refused."""
        return linked(document, document.get_kind_display())

    @admin.display(description=_("status"))
    def status_now(self, document: OfferedDocument) -> str:
        """Show whether it was checked."""
        return document.get_status_display()


@admin.register(OfferedDocument)
class OfferedDocumentAdmin(LifeCycleAdmin):
    """Documents to be checked."""

    list_display = ("place", "kind", "decided_on", "status_chip", "sent_at")
    list_display_links = ("place",)
    list_filter = ("status", "kind")
    list_select_related = ("registration__commune", "registration__programme")
    search_fields = ("registration__commune__search_name",)
    search_help_text = _("Municipality")
    readonly_fields = ("of", "kind", "decided_on", "stored_file", "status_chip", "sent_at", "life_cycle")
    fieldsets = (
        (None, {"fields": (("of", "status_chip"), ("kind", "decided_on"), ("stored_file", "sent_at"))}),
        (_("Course so far"), {"fields": ("life_cycle",)}),
    )
    actions_detail = ("accept", "refuse")
    action_targets: ClassVar = {"accept": {Status.ACCEPTED}, "refuse": {Status.REFUSED}}

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Municipalities send them by their status link."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """What was sent stays as it is."""
        return False

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Search names of municipalities as people write them."""
        return super().get_search_results(request, queryset, searchable(search_term))

    @admin.display(description=_("municipality"), ordering="registration__commune__search_name")
    def place(self, document: OfferedDocument) -> str:
        """Show the municipality."""
        return str(document.registration.commune)

    @admin.display(description=_("registration"))
    def of(self, document: OfferedDocument) -> SafeString:
        """Link to the registration."""
        return linked(document.registration)

    @admin.display(description=_("file"))
    def stored_file(self, document: OfferedDocument) -> SafeString:
        """Offer the file."""
        address = reverse("communes:offered_file", args=[document.pk])
        return format_html('<a href="{}">{}</a>', address, _t("Download"))

    def has_decide_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may accept and refuse documents."""
        return self._allows(request, "decide")

    @action(description=_("Accept as backing"), url_path="accept", icon="check_circle", permissions=["decide"])
    def accept(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Take the document as political backing."""
        document = found_or_404(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            documents.accept_document(document, by=acting(request), reference=data["reference"])
            return _t("Accepted as political backing.")

        return ask_and_do(request, document, _t("Accept as backing"), ReferenceForm, do)

    @action(description=_("Refuse"), url_path="refuse", icon="block", permissions=["decide"])
    def refuse(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Refuse the document with a reason."""
        document = found_or_404(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            documents.refuse_document(document, by=acting(request), reason=data["reason"])
            return _t("Refused; the municipality has got the reason by mail.")

        return ask_and_do(request, document, _t("Refuse the document"), ReasonForm, do)
