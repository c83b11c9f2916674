"""Forms of the staff desk: what an action asks before it acts."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from agencies.desk import DeskForm
from agencies.models import Programme, Topic
from communes.models import Commune
from klikks.names import clean_line, clean_name
from klikks.tenancy import current_agency_id
from patrons.matching import Suggestion
from patrons.models import SPOKEN_LANGUAGES, Activity, Patron
from patrons.services import check_day, check_hours


class DayInput(forms.DateInput):
    """The browser's own field for a day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class CommuneChoice(forms.ModelChoiceField):
    """Any municipality, found while typing."""

    def __init__(self, **kwargs: Any) -> None:
        widget = AutocompleteSelect(Patron._meta.get_field("home"), admin.site)
        super().__init__(Commune.objects.current(), widget=widget, **kwargs)


class NoteForm(forms.Form):
    """A few words for the record."""

    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )


class RevokeForm(forms.Form):
    """Why an appointment is void."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class FarewellForm(ReasonForm):
    """Why somebody goes, and whether the hours may stand on the thank-you certificate."""

    with_hours = forms.BooleanField(
        label=_("The patron wants the logged hours on the thank-you certificate"), required=False
    )


class EndForm(ReasonForm):
    """The last day of an appointment, and why it ends."""

    on = forms.DateField(label=_("Ended on"), initial=timezone.localdate, widget=DayInput())
    field_order = ("on", "reason")


class MatchForm(forms.Form):
    """A municipality for a patron: one of the suggestions, whose button was pressed, or any other."""

    commune = CommuneChoice(label=_("Or another municipality"), required=False)
    reason = forms.CharField(label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    suggestions: Sequence[Suggestion] = ()

    @classmethod
    def offering(cls, suggestions: Sequence[Suggestion]) -> type["MatchForm"]:
        """Return the form with these suggestions."""
        return type(cls.__name__, (cls,), {"suggestions": suggestions})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.suggestions:
            self.fields["commune"].label = _("Municipality")

    def clean(self) -> dict[str, Any]:
        """Settle on one municipality: what a button says counts more than what is left in the field."""
        data = super().clean() or {}
        chosen = [s.commune for s in self.suggestions if str(s.commune.pk) == self.data.get("suggestion")]
        data["commune"] = chosen[0] if chosen else data.get("commune")
        if not data["commune"] and not self.errors:
            raise ValidationError(_("Please choose a municipality."))
        return data


class AppointForm(forms.Form):
    """The formal act of appointing."""

    commune = CommuneChoice(label=_("Municipality"))
    on = forms.DateField(
        label=_("Day of the appointment"),
        initial=timezone.localdate,
        widget=DayInput(),
        help_text=_("As it shall stand on the certificate."),
    )
    place = forms.CharField(label=_("Place"), max_length=120)
    signed_by = forms.CharField(
        label=_("Signed by"), max_length=120, help_text=_("First and last name of the person who signs.")
    )
    signed_function = forms.CharField(
        label=_("Function of the person who signed"),
        max_length=120,
        required=False,
        help_text=_("For example mayor of the municipality."),
    )
    hours_a_month = forms.IntegerField(
        label=_("Hours a month planned here"),
        required=False,
        min_value=1,
        max_value=200,
        help_text=_("If you know it: what is left counts when further municipalities are suggested."),
    )


class PatronForm(DeskForm):
    """A patron's details, kept by staff."""

    topics = forms.MultipleChoiceField(label=_("topics"), required=False, widget=forms.CheckboxSelectMultiple)
    skills = forms.MultipleChoiceField(
        label=_("skills"), choices=Patron.Skill, required=False, widget=forms.CheckboxSelectMultiple
    )
    languages = forms.MultipleChoiceField(
        label=_("speaks"),
        choices=SPOKEN_LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Where nothing is chosen, the language of the mails counts."),
    )

    class Meta:
        model = Patron
        fields = (
            "programme",
            "first_name",
            "last_name",
            "email",
            "phone",
            "home",
            "topics",
            "skills",
            "hours_a_month",
            "reach_km",
            "motivation",
            "may_be_introduced",
            "wants_news",
            "language",
            "languages",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "topics" in self.fields:
            topics = [(topic.pk, str(topic)) for topic in Topic.objects.all()]
            cast(forms.MultipleChoiceField, self.fields["topics"]).choices = topics
        if "programme" in self.fields:
            ours = Programme.objects.filter(participations__agency=current_agency_id())
            cast(forms.ModelChoiceField, self.fields["programme"]).queryset = ours

    def clean_first_name(self) -> str:
        """Refuse what cannot be printed."""
        return clean_name(self.cleaned_data["first_name"])

    def clean_last_name(self) -> str:
        """Refuse what cannot be printed."""
        return clean_name(self.cleaned_data["last_name"])

    def clean(self) -> dict[str, Any]:
        """Tell of somebody with the same address in the same programme."""
        data = super().clean() or {}
        if data.get("email") and data.get("programme"):
            same = Patron.objects.filter(programme=data["programme"], email__iexact=data["email"])
            known = same.exclude(pk=self.instance.pk).exclude(status__in=[Patron.Status.INTERESTED, *Patron.GONE])
            if person := known.first():
                self.add_error(
                    "email", _("%(name)s has this address in the same programme already.") % {"name": person}
                )
        return data


class ActivityForm(DeskForm):
    """Hours of a patron, noted by staff; "1,5" is understood."""

    hours = forms.DecimalField(
        label=_("hours"), localize=True, max_digits=4, decimal_places=1, widget=UnfoldAdminTextInputWidget
    )

    class Meta:
        model = Activity
        fields = ("patron", "on", "hours", "what")

    def clean_what(self) -> str:
        """Refuse what cannot be printed."""
        return clean_line(self.cleaned_data["what"])

    def clean(self) -> dict[str, Any]:
        """Check day and hours as for the patrons themselves."""
        data = super().clean() or {}
        patron, on, hours = data.get("patron"), data.get("on"), data.get("hours")
        if isinstance(patron, Patron) and isinstance(on, date) and hours is not None:
            check_day(patron, on)
            check_hours(patron, on, hours, besides=self.instance.pk)
        return data
