"""Forms of this room."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Programme
from communes.models import Partnership
from reports.figures import Period


class PartnershipField(forms.ModelChoiceField):
    """Picks one of the agency's municipalities, each named with its programme."""

    def label_from_instance(self, obj: Any) -> str:
        """Name the municipality first, then the programme."""
        return f"{obj.commune} – {obj.programme}"


class ReportOrderForm(forms.Form):
    """About which municipality and which days a report is wanted; empty days mean the programme until today."""

    partnership = PartnershipField(
        label=_("municipality"),
        queryset=Partnership.objects.none(),
        error_messages={
            "required": _("Please choose a municipality."),
            "invalid_choice": _("Please choose one of your agency's municipalities."),
        },
    )
    starts_on = forms.DateField(
        label=_("first day"),
        required=False,
        widget=forms.DateInput(),
        help_text=_("Empty: from the beginning of the programme."),
    )
    ends_on = forms.DateField(
        label=_("last day"),
        required=False,
        widget=forms.DateInput(),
        help_text=_("Empty: until today, also when the programme has ended meanwhile."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        partnerships = Partnership.objects.exclude(status=Partnership.Status.WITHDRAWN)
        field: Any = self.fields["partnership"]
        field.queryset = partnerships.select_related("commune", "programme")

    def clean(self) -> dict[str, Any]:
        """Put the programme's days where the reader has named none. Raises ValidationError for a wrong order."""
        cleaned: dict[str, Any] = super().clean() or {}
        partnership = cleaned.get("partnership")
        if partnership is not None and not self.errors:
            programme = partnership.programme
            cleaned["starts_on"] = cleaned.get("starts_on") or programme.starts_on
            cleaned["ends_on"] = cleaned.get("ends_on") or max(timezone.localdate(), cleaned["starts_on"])
            Period(cleaned["starts_on"], cleaned["ends_on"])
        return cleaned


class AuditForm(forms.Form):
    """Of which programme the auditor gets the figures, and as what."""

    programme = forms.ModelChoiceField(label=_("programme"), queryset=Programme.objects.none(), empty_label=None)
    kind = forms.ChoiceField(
        label=_("kind of file"),
        choices=[("json", _("everything (JSON)")), ("csv", _("savings as a table (CSV)"))],
    )

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["programme"]
        field.queryset = Programme.objects.filter(agencies=agency)
