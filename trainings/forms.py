"""Forms with which people take part: guests, colleagues, another date, what one chooses of a programme."""

from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from communes.models import searchable
from klikks.countries import country_name
from klikks.humans import HumanForm
from klikks.names import clean_name
from trainings.models import Enrolment, Slot, SlotChoice, TrainingSeries, TrainingSession
from trainings.selectors import other_dates

# Countries from which guests of a conference come; ISO 3166-1.
COUNTRIES = frozenset(
    {"DE", "AT", "BE", "BG", "CH", "CY", "CZ", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IS", "IT"}
    | {"LI", "LT", "LU", "LV", "MD", "MT", "NL", "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "TR", "UA"}
)


def country_choices() -> list[tuple[str, str]]:
    """Return code and name of each country in the reader's language, by name."""
    return sorted(((code, country_name(code)) for code in COUNTRIES), key=lambda country: searchable(country[1]))


class GuestForm(HumanForm):
    """Somebody without an account registers for a session."""

    name = forms.CharField(label=_("Your name"), max_length=160)
    email = forms.EmailField(
        label=_("E-mail"), help_text=_("We send you a link with which you confirm your registration."), max_length=254
    )
    organisation = forms.CharField(label=_("Municipality or organisation"), max_length=160, required=False)
    country = forms.ChoiceField(label=_("Country"), initial="DE")
    consent = forms.BooleanField(
        label=_("The organising energy agency may keep these details for this training."),
        help_text=format_lazy(
            '{} <a href="{}" target="_blank">{}</a>',
            _("You can withdraw this at any time."),
            reverse_lazy("website:privacy"),
            _("How we handle your data"),
        ),
        error_messages={"required": _("Without your consent we may not keep your details.")},
    )

    def __init__(self, *args: Any, session: TrainingSession, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.fields["organisation"].widget.attrs["autocomplete"] = "organization"
        self.fields["consent"].widget.attrs["data-not-kept"] = ""
        audience = session.series.audience
        self.fields["organisation"].required = audience == TrainingSeries.Audience.COMMUNES
        if audience == TrainingSeries.Audience.CONFERENCE:
            cast(forms.ChoiceField, self.fields["country"]).choices = country_choices()
        else:
            del self.fields["country"]
        self.helper = FormHelper()
        self.helper.form_tag, self.helper.disable_csrf, self.helper.include_media = False, True, False
        self.helper.render_hidden_fields = True
        shown = [name for name in ("name", "email", "organisation", "country", "consent") if name in self.fields]
        self.helper.layout = Layout(Fieldset(_("About you"), *shown), self.TRAP)

    @property
    def guest(self) -> dict[str, str]:
        """What `guests.register` wants to know."""
        data = {name: self.cleaned_data[name] for name in ("name", "email", "organisation")}
        return {**data, "country": self.cleaned_data.get("country") or "DE"}

    def clean_name(self) -> str:
        """Refuse what is no name: it goes into a mail to whatever address was typed."""
        return clean_name(self.cleaned_data["name"])

    def clean_organisation(self) -> str:
        """Refuse what is no name of a place or body."""
        return clean_name(self.cleaned_data["organisation"]) if self.cleaned_data["organisation"].strip() else ""

    def clean(self) -> dict[str, Any]:
        """Tell people from robots."""
        self.check_human()
        return self.cleaned_data


class ColleagueForm(forms.Form):
    """Whom a municipality enrols."""

    session = forms.ModelChoiceField(TrainingSession.objects.none(), label=_("Training"), empty_label=None)
    name = forms.CharField(label=_("Name"), max_length=160)
    email = forms.EmailField(
        label=_("E-mail"), help_text=_("This person gets a mail with everything about the training."), max_length=254
    )

    def __init__(self, *args: Any, sessions: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["session"])
        field.queryset = TrainingSession.objects.filter(pk__in=[one.pk for one in sessions]).select_related(
            "series", "agency"
        )
        field.choices = [(one.pk, _named(one)) for one in sessions]

    def clean_name(self) -> str:
        """Refuse what is no name."""
        return clean_name(self.cleaned_data["name"])


class OtherDateForm(forms.Form):
    """Another date of the series, instead of the one somebody has a place in."""

    to = forms.ModelChoiceField(TrainingSession.objects.none(), label=_("Another date"), empty_label=None)

    def __init__(self, *args: Any, session: TrainingSession, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["to"])
        field.queryset = other_dates(session)
        self.dates = list(field.queryset)
        field.choices = [(one.pk, _named(one)) for one in self.dates]


class ChoiceForm(forms.Form):
    """What a participant chooses of the programme."""

    slots = forms.MultipleChoiceField(label=_("I take part in"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, enrolment: Enrolment, slots: list[Slot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mine = {choice.slot_id: choice for choice in enrolment.choices.select_related("slot")}
        field = cast(forms.MultipleChoiceField, self.fields["slots"])
        self.offered = [(slot.pk, self._label(slot)) for slot in slots if slot.is_chosen]
        field.choices = self.offered
        field.initial = list(self.mine)

    @property
    def offers(self) -> list[SlotChoice]:
        """The slots whose place waits for an answer."""
        return [choice for choice in self.mine.values() if choice.status == SlotChoice.Status.OFFERED]

    def clean_slots(self) -> list[int]:
        """Return keys."""
        return [int(key) for key in self.cleaned_data["slots"]]

    def _label(self, slot: Any) -> str:
        words = f"{_clock(slot.starts_at)}–{_clock(slot.ends_at)}: {slot}"
        mine = self.mine.get(slot.pk)
        if mine is not None:
            return words if mine.status == SlotChoice.Status.CHOSEN else f"{words} ({mine.get_status_display()})"
        is_full = slot.places is not None and slot.taken >= slot.places
        return f"{words} ({gettext('full: onto the waiting list')})" if is_full else words


class NoteForm(forms.Form):
    """What somebody wants to keep from an exercise."""

    role = forms.CharField(label=_("role played"), required=False, max_length=80)
    text = forms.CharField(label=_("note"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))


def _named(session: Any) -> str:
    """Name a session among others: title, day and hour, and whether it is full."""
    day = date_format(timezone.localtime(session.starts_at), "SHORT_DATETIME_FORMAT")
    words = f"{session.name}, {day}"
    return f"{words} ({gettext('waiting list')})" if session.is_full else words


def _clock(at: Any) -> str:
    return date_format(timezone.localtime(at), "TIME_FORMAT")
