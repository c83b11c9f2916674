"""What the desk pages of this room share."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import DecimalField
from django.forms import BaseModelForm
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from agencies.desk import DeskAdmin
from klikks.tenancy import current_agency_id


class DayForm(forms.Form):
    """A day on which something happened."""

    on = forms.DateField(label=_("on"), initial=timezone.localdate, widget=forms.DateInput())


class TypedAmounts:
    """Lets pages and inlines take amounts as people write them: 1.250.000,00."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Let amounts be typed as text with the separators of the reader's language."""
        if isinstance(db_field, DecimalField):
            kwargs |= {"localize": True, "widget": UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"})}
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]


class AmountsAdmin(TypedAmounts, DeskAdmin):
    """Objects with amounts."""


class OwnRowsAdmin(AmountsAdmin):
    """Rows that all agencies read and their own agency keeps."""

    def save_model(self, request: HttpRequest, obj: Any, form: BaseModelForm, change: bool) -> None:
        """A new row belongs to the agency of whoever adds it."""
        if not change:
            obj.agency_id = current_agency_id()
        super().save_model(request, obj, form, change)

    @admin.display(description=_("agency"), ordering="agency__name")
    def kept_by(self, obj: Any) -> str:
        """Name the agency that keeps the row."""
        return obj.agency.short_name


def found(model_admin: DeskAdmin, request: HttpRequest, object_id: int) -> Any:
    """Return the object of an action's address, or answer "404 not found"."""
    found = model_admin.get_object(request, str(object_id))
    if found is None:
        raise Http404
    return found
