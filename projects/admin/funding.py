"""Funding programmes and applications on the staff's desk."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms import BaseModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action

from agencies.desk import action_page, object_url
from agencies.permissions import allows
from projects.admin.base import AmountsAdmin, DayForm, OwnRowsAdmin, found, user_of
from projects.funding import services as funding
from projects.models import (
    FundingApplication,
    FundingProgramme,
)


class SubmitForm(DayForm):
    """An application was handed in."""

    file_number = forms.CharField(label=_("file number"), required=False, max_length=60)


class GrantForm(SubmitForm):
    """Funding was granted."""

    amount = forms.DecimalField(
        label=_("granted (€)"), min_value=0, max_digits=14, decimal_places=2, localize=True, widget=forms.TextInput()
    )


class RejectForm(DayForm):
    """Funding was refused."""

    reason = forms.CharField(
        label=_("reason"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


@admin.register(FundingProgramme)
class FundingProgrammeAdmin(OwnRowsAdmin):
    """Funding programmes of all agencies."""

    list_display = ("name", "funder", "state", "rate", "closes_on", "checked_on", "kept_by")
    list_filter = ("state", ("closes_on", RangeDateFilter))
    search_fields = ("name", "funder", "who_may_apply")
    list_select_related = ("state", "agency")
    ordering = ("closes_on", "name")


@admin.register(FundingApplication)
class FundingApplicationAdmin(AmountsAdmin):
    """Applications for funding."""

    list_display = ("project", "commune", "funding_programme", "status_chip", "applied_for", "granted", "submitted_on")
    list_filter = ("status", "funding_programme", ("submitted_on", RangeDateFilter))
    search_fields = ("project__title", "project__commune__search_name", "file_number")
    autocomplete_fields = ("project", "funding_programme")
    readonly_fields = ("status_chip", "granted", "submitted_on", "decided_on", "life_cycle")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": (("project", "status_chip"), "funding_programme", ("applied_for", "granted"))}),
        (_("Procedure"), {"fields": ("file_number", ("submitted_on", "decided_on"), "life_cycle")}),
    )
    actions_detail = ("submit", "grant", "reject")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the applications with what their names are made of."""
        return super().get_queryset(request).select_related("project__commune", "funding_programme")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """An application stays with its project and programme."""
        return (*self.readonly_fields, "project", "funding_programme") if obj else self.readonly_fields

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """A new application has no procedure yet."""
        return super().get_fieldsets(request, obj) if obj else ((None, {"fields": self.NEW}),)

    NEW = ("project", "funding_programme", "applied_for")

    @admin.display(description=_("municipality"), ordering="project__commune__search_name")
    def commune(self, application: FundingApplication) -> str:
        """Show whose application it is."""
        return str(application.project.commune)

    def save_model(self, request: HttpRequest, obj: FundingApplication, form: BaseModelForm, change: bool) -> None:
        """Let the service draft the application, so that the end of the call becomes a deadline."""
        if change:
            super().save_model(request, obj, form, change)
            return
        data = {name: form.cleaned_data[name] for name in self.NEW}
        made = funding.apply_for_funding(data.pop("project"), by=user_of(request), **data)
        obj.pk, obj.agency_id = made.pk, made.agency_id

    def has_work_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may move applications."""
        return allows(request.user, "fundingapplication", "change")

    @action(description=_("It was handed in"), url_path="submit", icon="send", permissions=["work"])
    def submit(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Note that an application was handed in."""
        application = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            funding.submit_application(application, by=user_of(request), **data)
            return gettext("The application is handed in.")

        return action_page(
            request, title=gettext("It was handed in"), form=SubmitForm, do=do, back=object_url(application)
        )

    @action(description=_("It was granted"), url_path="grant", icon="check", permissions=["work"])
    def grant(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Note what was granted."""
        application = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            funding.grant(application, by=user_of(request), **data)
            return gettext("The funding is granted.")

        initial = {"amount": application.applied_for, "file_number": application.file_number}
        return action_page(
            request,
            title=gettext("It was granted"),
            form=GrantForm,
            do=do,
            back=object_url(application),
            initial=initial,
        )

    @action(description=_("It was refused"), url_path="reject", icon="close", permissions=["work"])
    def reject(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Note that funding was refused."""
        application = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            funding.reject(application, by=user_of(request), **data)
            return gettext("The refusal is noted.")

        return action_page(
            request, title=gettext("It was refused"), form=RejectForm, do=do, back=object_url(application)
        )
