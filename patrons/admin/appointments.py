"""Appointments on the desk: proven by certificates, ended, never edited."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action

from agencies.desk import DeskAdmin, DeskList, NothingForm, action_page, chip, object_url, once
from patrons import services
from patrons.admin.base import acting, right
from patrons.admin.forms import EndForm, RevokeForm
from patrons.models import Appointment
from patrons.selectors import certificates_of


class InForceFilter(DropdownFilter):
    """Appointments in force, ended ones, or those that were revoked."""

    title = _("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer the states."""
        return [("open", gettext("in force")), ("ended", gettext("ended")), ("revoked", gettext("revoked"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> QuerySet[Appointment]:
        """Narrow the list."""
        if self.value() == "revoked":
            return queryset.filter(revoked_on__isnull=False)
        if self.value() not in {"open", "ended"}:
            return queryset
        return queryset.filter(ended_on__isnull=self.value() == "open", revoked_on__isnull=True)


@admin.register(Appointment)
class AppointmentAdmin(DeskAdmin):
    """Appointments: official acts, so that they are made, ended and proven, never edited."""

    list_display = ("patron", "commune", "appointed_on", "in_force", "signed_by", "certificate")
    export_columns = (
        "patron",
        "commune",
        "appointed_on",
        "ended_on",
        "revoked_on",
        "end_reason",
        "place",
        "signed_by",
        "signed_function",
        "code",
    )
    list_select_related = ("patron", "commune")
    list_filter = (InForceFilter, ("appointed_on", RangeDateFilter))
    search_fields = ("patron__sort_name", "patron__last_name", "commune__search_name", "commune__name", "code")
    search_help_text = _("Name, municipality or code")
    fields = readonly_fields = (
        "in_force",
        "person",
        "commune",
        "appointed_on",
        "place",
        "signed_by",
        "signed_function",
        "certificate",
        "code_link",
        "ended_on",
        "revoked_on",
        "end_reason",
    )
    actions_detail = ("end", "order_certificate", "revoke")
    has_end_permission = right("end")
    has_revoke_permission = right("revoke")
    has_order_permission = right("order")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[DeskList]:
        """Return a list that knows the certificates of its page."""
        return CertificateList

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[UnfoldAction]:
        """Offer the end only as long as the appointment is in force, and nothing once it is revoked."""
        offered = super().get_actions_detail(request, object_id)
        appointment = Appointment.objects.filter(pk=object_id).first() if offered else None
        if appointment is None or appointment.revoked_on is not None:
            return []
        if appointment.ended_on is None:
            return offered
        return [found for found in offered if not found.action_name.endswith("_end")]

    @admin.display(description=_("status"))
    def in_force(self, appointment: Appointment) -> SafeString:
        """Show whether the appointment is in force."""
        if appointment.revoked_on is not None:
            return chip("failed", gettext("revoked"))
        if appointment.ended_on is None:
            return chip("active", gettext("in force"))
        return chip("ended", gettext("ended"))

    @admin.display(description=_("climate patron"))
    def person(self, appointment: Appointment) -> SafeString:
        """Link to the patron."""
        return format_html('<a href="{}">{}</a>', object_url(appointment.patron), appointment.patron)

    @admin.display(description=_("certificate"))
    @once
    def certificate(self, appointment: Any) -> SafeString | str:
        """Link to the certificate, or say how far it is."""
        found = getattr(appointment, "known_certificates", None)
        known = certificates_of([appointment]) if found is None else found
        certificate = known.get(appointment.pk)
        if certificate is None:
            return gettext("not ordered")
        if certificate.document is not None:
            url = reverse("reports:download", args=[certificate.document.pk])
            return format_html('<a href="{}">{}</a>', url, gettext("Certificate (PDF)"))
        url = reverse("deadlines:job", args=[certificate.job.key])
        return format_html('<a href="{}">{}</a>', url, certificate.job.get_status_display())

    @admin.display(description=_("code"))
    def code_link(self, appointment: Appointment) -> SafeString:
        """Link to the public page that verifies the certificate."""
        return format_html('<a href="{}">{}</a>', reverse("patrons:verify", args=[appointment.code]), appointment.code)

    @action(description=_("End"), url_path="end", permissions=["end"])
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End an appointment on a day."""
        appointment = self._appointment(request, object_id)

        def act(data: dict[str, Any]) -> str:
            services.end_appointment(appointment, by=acting(request), on=data["on"], reason=data["reason"])
            return gettext("The appointment has ended. The patron's other appointments and account stay.")

        title = gettext("End the appointment of %(patron)s for %(commune)s") % {
            "patron": appointment.patron,
            "commune": appointment.commune,
        }
        return action_page(request, title=title, form=EndForm, do=act, back=object_url(appointment))

    @action(description=_("Revoke"), url_path="revoke", permissions=["revoke"])
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Revoke an appointment that should never have been."""
        appointment = self._appointment(request, object_id)

        def act(data: dict[str, Any]) -> str:
            services.revoke_appointment(appointment, by=acting(request), reason=data["reason"])
            return gettext("The appointment is revoked. Whoever checks the certificate is told so.")

        title = gettext("Revoke the appointment of %(patron)s for %(commune)s") % {
            "patron": appointment.patron,
            "commune": appointment.commune,
        }
        intro = gettext(
            "For an appointment that was wrong from the beginning: it counts in no figure, and its certificate is "
            "void. Where the service has simply come to its end, please choose “End” instead. This cannot be undone."
        )
        return action_page(request, title=title, form=RevokeForm, do=act, back=object_url(appointment), intro=intro)

    @action(
        description=_("Order the certificate again"),
        url_path="certificate",
        permissions=["order"],
        icon="print",
    )
    def order_certificate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Order the certificate once more and show how far it is."""
        appointment = self._appointment(request, object_id)

        def act(_data: dict[str, Any]) -> str:
            services.reorder_certificate(appointment, by=acting(request))
            return gettext("The certificate is being made. Reload this page in a moment.")

        title = gettext("Order the certificate of %(patron)s again") % {"patron": appointment.patron}
        intro = gettext("Needed when a name was corrected or the first attempt failed. The code stays the same.")
        return action_page(request, title=title, form=NothingForm, do=act, back=object_url(appointment), intro=intro)

    def _appointment(self, request: HttpRequest, object_id: str) -> Appointment:
        appointment = self.get_object(request, object_id)
        if appointment is None:
            raise Http404
        return appointment


class CertificateList(DeskList):
    """A list of appointments that reads the certificates of one page with one query."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        """Read the page, then its certificates."""
        super().get_results(request)
        self.result_list = list(self.result_list)
        known = certificates_of(self.result_list)
        for appointment in self.result_list:
            appointment.known_certificates = known
