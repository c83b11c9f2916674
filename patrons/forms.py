"""Forms of the public and of the patrons: interest, hours, the code of a certificate."""

import re
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from agencies.models import Topic
from communes.forms import CommuneField
from klikks.humans import HumanForm
from klikks.names import clean_line, clean_name
from patrons.models import Patron

# What patrons do most often: with one of these, two taps are enough.
USUAL_WORK = (
    _("Talk with people"),
    _("Information stand"),
    _("Meeting in the town hall"),
    _("Work on a project"),
    _("Training"),
)
QUICK_HOURS = ("0.5", "1", "1.5", "2", "3", "4")
CLOCK = re.compile(r"(\d{1,2})\s*[:h]\s*([0-5]\d)")
NUMBER = re.compile(r"\d{0,2}([.,]\d+)?|\d{1,2}[.,]")


def parse_hours(text: str) -> Decimal:
    """Return a number of hours as people write it: "1,5", "1.5", ",5" or "1:30". Raises ValidationError."""
    text = re.sub(r"\s*(h|std\.?|stunden?|hours?)$", "", text.strip().lower())
    if clock := CLOCK.fullmatch(text):
        return Decimal(clock[1]) + Decimal(clock[2]) / 60
    if not text or not NUMBER.fullmatch(text):
        raise ValidationError(gettext("Please write the hours as a number, for example 1.5 or 1:30."))
    return Decimal(text.replace(",", ".").strip(".") if text.endswith((",", ".")) else text.replace(",", "."))


class NameField(forms.CharField):
    """A person's first or last name, as it may stand on a certificate."""

    def clean(self, value: Any) -> str:
        """Clean the name after the usual checks."""
        return clean_name(super().clean(value))


class InterestForm(HumanForm):
    """Somebody wishes to become climate patron."""

    first_name = NameField(label=_("First name"), max_length=80)
    last_name = NameField(label=_("Last name"), max_length=80)
    email = forms.EmailField(
        label=_("E-mail"), help_text=_("We send you a link with which you confirm your interest."), max_length=254
    )
    phone = PhoneNumberField(
        label=_("Phone"),
        required=False,
        help_text=_("For the first talk, for example 06131 123456."),
        error_messages={"invalid": _("Please enter a phone number with its area code, for example 06131 123456.")},
    )
    home = CommuneField(label=_("Where do you live?"), help_text=_("Name or postcode of your municipality."))
    topics = forms.ModelMultipleChoiceField(
        Topic.objects.all(),
        label=_("Which topics interest you?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    skills = forms.MultipleChoiceField(
        choices=Patron.Skill,
        label=_("What can you do well?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    hours_a_month = forms.IntegerField(
        label=_("How many hours a month can you give?"),
        help_text=_("A rough number is enough. Most patrons give four to twelve hours."),
        min_value=1,
        max_value=200,
        initial=8,
    )
    reach_km = forms.IntegerField(
        label=_("How far would you travel, in kilometres?"),
        help_text=_("0 means: only in your own municipality."),
        min_value=0,
        max_value=500,
        initial=20,
    )
    motivation = forms.CharField(
        label=_("What moves you?"),
        help_text=_("What you wish to bring about, or what you know well. A few words are enough."),
        required=False,
        validators=[MaxLengthValidator(4000)],
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    consent = forms.BooleanField(
        label=_("The energy agency of my state may keep these details to get in touch with me."),
        help_text=format_lazy(
            '{} <a href="{}">{}</a>',
            _("You can withdraw this at any time."),
            reverse_lazy("website:privacy"),
            _("How we handle your data"),
        ),
        error_messages={"required": _("Without your consent we may not keep your details.")},
    )
    may_be_introduced = forms.BooleanField(
        label=_("The agency may give my name and my way to be reached to municipalities that look for a patron."),
        required=False,
    )
    wants_news = forms.BooleanField(
        label=_("I would like news about the programme and invitations to meetings by e-mail."), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, purpose in [
            ("first_name", "given-name"),
            ("last_name", "family-name"),
            ("email", "email"),
            ("phone", "tel"),
        ]:
            self.fields[name].widget.attrs["autocomplete"] = purpose
        for name in ["consent", "may_be_introduced", "wants_news"]:
            self.fields[name].widget.attrs["data-not-kept"] = ""
        for name in ["hours_a_month", "reach_km"]:
            self.fields[name].widget.attrs |= {"inputmode": "numeric", "class": "short"}
        self.helper = FormHelper()
        self.helper.form_tag, self.helper.disable_csrf, self.helper.include_media = False, True, False
        self.helper.render_hidden_fields = True
        self.helper.layout = Layout(
            Fieldset(_("About you"), "first_name", "last_name", "email", "phone", "home"),
            Fieldset(_("How you would like to help"), "topics", "skills", "hours_a_month", "reach_km", "motivation"),
            Fieldset(_("Your consent"), "consent", "may_be_introduced", "wants_news"),
            self.TRAP,
        )

    def clean(self) -> dict[str, Any]:
        """Tell people from robots."""
        self.check_human()
        return self.cleaned_data

    @property
    def interest(self) -> dict[str, Any]:
        """What `services.register_interest` wants to know."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "consent"}
        return {**data, "phone": str(data["phone"] or ""), "topics": [topic.pk for topic in data["topics"]]}


class HoursForm(forms.Form):
    """Hours of a day: one of the quick buttons, or any other number."""

    quick = forms.ChoiceField(
        label=_("How many hours?"), choices=[(hours, hours) for hours in QUICK_HOURS], required=False
    )
    hours = forms.CharField(
        label=_("How many hours?"),
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "short"}),
    )
    on = forms.DateField(
        label=_("When?"), initial=timezone.localdate, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    what = forms.CharField(
        label=_("What for?"),
        help_text=_("For example: information stand, council meeting, talk with the school."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"list": "earlier", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["on"].widget.attrs["max"] = f"{today:%Y-%m-%d}"

    @property
    def quick_choices(self) -> list[tuple[str, str, bool]]:
        """The quick buttons: value, text, and whether it is the chosen one."""
        chosen = self["quick"].value()
        return [(value, number_format(Decimal(value)), value == chosen) for value in QUICK_HOURS]

    def clean_what(self) -> str:
        """Take the button that was pressed, or what was typed; refuse what cannot be printed."""
        return clean_line(self.data.get("usual", "")[:200] or self.cleaned_data["what"])

    def clean(self) -> dict[str, Any]:
        """Take the number that was typed, or else the button that was pressed."""
        data = super().clean() or {}
        try:
            data["hours"] = parse_hours(data.get("hours") or data.get("quick") or "")
        except ValidationError as refusal:
            nothing = not data.get("hours") and "quick" not in self.errors
            self.add_error("hours", gettext("Please choose how many hours.") if nothing else refusal)
        return data


class SharingForm(forms.Form):
    """What a patron agrees to show to the own municipality."""

    email = forms.BooleanField(label=_("My municipality may see my e-mail address."), required=False)
    phone = forms.BooleanField(label=_("My municipality may see my phone number."), required=False)


class FarewellForm(forms.Form):
    """What a patron may say when leaving."""

    with_hours = forms.BooleanField(label=_("Put my hours on the certificate"), required=False)
    reason = forms.CharField(
        label=_("Would you like to tell us why you go?"),
        help_text=_("You need not. It helps us to become better."),
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_reason(self) -> str:
        """Refuse what cannot be printed."""
        return clean_line(self.cleaned_data["reason"])


class CodeForm(forms.Form):
    """The code of a certificate, as it is printed there."""

    code = forms.CharField(
        label=_("Code of the certificate"),
        help_text=_("Twelve letters and digits at the bottom of the certificate. Blanks and dashes do not matter."),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "short"}
        ),
    )

    def clean_code(self) -> str:
        """Return the code as it is stored."""
        return plain_code(self.cleaned_data["code"])


def plain_code(text: str) -> str:
    """Return a typed code as it is stored: capitals, without blanks, dashes and dots."""
    return re.sub(r"[\s\0.\-‐‑–—_]", "", text).upper()


def grouped_code(code: str) -> str:
    """Return a code as it is printed: in groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
