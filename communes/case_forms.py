"""Forms of the private status page."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from communes.models import Backing, Registration
from klikks.names import clean_line, clean_name


class AnswerForm(forms.Form):
    """The answer to the agency's question."""

    text = forms.CharField(
        label=_("Your answer"), validators=[MaxLengthValidator(4000)], widget=forms.Textarea(attrs={"rows": 6})
    )


class DocumentForm(forms.Form):
    """A council resolution or letter of support."""

    kind = forms.ChoiceField(
        label=_("What is it?"), choices=Backing.Kind, initial=Backing.Kind.RESOLUTION, widget=forms.RadioSelect
    )
    decided_on = forms.DateField(
        label=_("Date of the decision or letter"),
        widget=forms.DateInput({"type": "date", "class": "short"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("This day does not exist, or is not complete. Please write it like 28.02.2025.")},
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, PNG or JPEG, at most 10 MB."),
        widget=forms.FileInput({"accept": ".pdf,.png,.jpg,.jpeg"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decided_on"].widget.attrs["max"] = f"{timezone.localdate():%Y-%m-%d}"


class ContactForm(forms.Form):
    """Who is written to and called. The address cannot be changed here: it was confirmed."""

    contact_name = forms.CharField(label=_("Your name"), max_length=120)
    contact_function = forms.CharField(label=_("Your function"), max_length=80, required=False)
    phone = PhoneNumberField(
        label=_("Phone"),
        required=False,
        error_messages={"invalid": _("Please enter a phone number with its area code, for example 06131 123456.")},
    )

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        names = ["contact_name", "contact_function", "phone"]
        initial = {name: getattr(registration, name) for name in names}
        super().__init__(*args, initial=initial, **kwargs)
        for name, purpose in zip(names, ["name", "organization-title", "tel"], strict=True):
            self.fields[name].widget.attrs["autocomplete"] = purpose

    def clean_contact_name(self) -> str:
        """Refuse what cannot be printed."""
        return clean_name(self.cleaned_data["contact_name"])

    def clean_contact_function(self) -> str:
        """Refuse what cannot be printed."""
        return clean_line(self.cleaned_data["contact_function"])


class TakeBackForm(forms.Form):
    """Why a municipality withdraws; it may keep that to itself."""

    reason = forms.CharField(
        label=_("Why do you withdraw?"),
        help_text=_("A few words help us. You may leave this empty."),
        required=False,
        validators=[MaxLengthValidator(4000)],
        widget=forms.Textarea(attrs={"rows": 4}),
    )
