"""The desk's pages of the reports that an agency owes its funders."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display

from agencies.desk import DeskAdmin, action_page, chip, object_url
from agencies.models import Membership, Programme
from agencies.models.accounts import STAFF_ROLES
from agencies.permissions import user_of
from deadlines.models.deadlines import how_far
from klikks.tenancy import current_agency_id
from reports import owed
from reports.models import OwedReport


class HandInForm(forms.Form):
    """On which day a report was handed in."""

    on = forms.DateField(label=_("handed in on"), initial=timezone.localdate, widget=forms.DateInput())


@admin.register(OwedReport)
class OwedReportAdmin(DeskAdmin):
    """Reports to funders: they appear by themselves; the agency says who writes them, and when they were handed in."""

    list_display = ("title", "programme", "due_on", "state", "owner")
    list_filter = (("due_on", RangeDateFilter),)
    list_select_related = ("programme", "owner")
    fields = ("programme", "kind", ("starts_on", "ends_on"), "due_on", "owner", "state")
    readonly_fields = ("state",)
    actions = None
    actions_detail = ("hand_in",)
    export_columns = ("programme", "kind", "starts_on", "ends_on", "due_on", "owner", "handed_in_on")

    @display(description=_("report"), ordering="ends_on")
    def title(self, report: OwedReport) -> str:
        """Say which report it is."""
        return f"{report.get_kind_display()} {report.ends_on.year}"

    @display(description=_("status"))
    def state(self, report: OwedReport) -> SafeString | str:
        """Show whether it was handed in, or how far its day is away."""
        if report.pk is None:
            return "–"
        if report.handed_in_on:
            day = date_format(report.handed_in_on, "SHORT_DATE_FORMAT")
            return chip("done", gettext("handed in on %(day)s") % {"day": day})
        return chip("overdue" if report.due_on < timezone.localdate() else "", how_far(report.due_on))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the agency's own programmes and its staff."""
        if db_field.name == "programme":
            kwargs["queryset"] = Programme.objects.filter(participations__agency_id=current_agency_id())
        elif db_field.name == "owner":
            kwargs["queryset"] = Membership.objects.filter(role__in=STAFF_ROLES, is_active=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Leave out the ways to the programme's and the person's own page: they find no room on a phone."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.ModelChoiceField) and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def save_model(self, request: HttpRequest, obj: Any, form: forms.Form, change: bool) -> None:
        """Save; the deadline follows."""
        super().save_model(request, obj, form, change)
        owed.keep_dates()

    def has_hand_in_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may note that a report was handed in."""
        return self._allows(request, "hand_in")

    @action(description=_("Handed in"), url_path="hand-in", permissions=["hand_in"], icon="assignment_turned_in")
    def hand_in(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Note that a report was handed in."""
        report = self.get_object(request, object_id)
        if report is None:
            raise Http404

        def do(typed: dict[str, Any]) -> str:
            owed.hand_in(report, by=user_of(request), **typed)
            return gettext("Well done! “%(report)s” is handed in.") % {"report": report}

        return action_page(
            request, title=gettext("Handed in"), form=HandInForm, do=do, back=object_url(report), intro=str(report)
        )
