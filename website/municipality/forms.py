"""Forms of a municipality's pages."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from communes.municipal import PEOPLE, MasterField
from klikks.names import clean_line, clean_name


def _line(label: Any, **options: Any) -> forms.CharField:
    """Return a field for one line."""
    return forms.CharField(label=label, required=False, **options)


def _email(label: Any, **options: Any) -> forms.EmailField:
    return forms.EmailField(label=label, required=False, **options)


def _phone(label: Any) -> PhoneNumberField:
    return PhoneNumberField(label=label, required=False, region="DE")


class DataForm(forms.Form):
    """A municipality's data; whatever differs from what is known becomes a proposal."""

    street = _line(_("Street and number"), max_length=120)
    postcode = _line(
        _("Postcode"),
        max_length=10,
        validators=[RegexValidator(r"^[0-9A-Za-z -]{3,10}$", _("Please write a postcode, such as 55411."))],
        widget=forms.TextInput(attrs={"class": "short"}),
    )
    town = _line(_("Town"), max_length=80)
    email = _email(_("E-mail of the town hall"))
    phone = _phone(_("Phone of the town hall"))
    website = forms.URLField(label=_("Website"), required=False, max_length=200, assume_scheme="https")
    population_note = _line(
        _("Note about the inhabitants"),
        max_length=300,
        help_text=_("If the official number misleads, for example because of many second homes."),
    )
    main_contact_name = _line(_("Main contact: name"), max_length=120)
    main_contact_email = _email(_("Main contact: e-mail"))
    main_contact_phone = _phone(_("Main contact: phone"))
    climate_manager_name = _line(
        _("Climate manager: name"), max_length=120, help_text=_("Leave it empty if you have none.")
    )
    climate_manager_email = _email(_("Climate manager: e-mail"))
    climate_manager_phone = _phone(_("Climate manager: phone"))
    note = forms.CharField(
        label=_("Note to your energy agency"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @classmethod
    def initial_of(cls, values: dict[str, Any]) -> dict[str, str]:
        """Return the known values by the names of the form's fields."""
        flat: dict[str, str] = {}
        for field, value in values.items():
            if isinstance(value, dict):
                flat |= {f"{field}_{part}": text for part, text in value.items()}
            else:
                flat[field] = value
        return flat

    @property
    def values(self) -> dict[str, Any]:
        """The valid entries by the fields of a proposal."""
        data = {name: str(value or "").strip() for name, value in self.cleaned_data.items()}
        plain: dict[str, Any] = {field: data[field] for field in MasterField.values if field not in PEOPLE}
        return plain | {
            field: {part: data[f"{field}_{part}"] for part in ("name", "email", "phone")} for field in PEOPLE
        }

    def clean(self) -> dict[str, Any]:
        """Ask for the name of a person of whom only address or phone was given."""
        data = super().clean() or {}
        for field in PEOPLE:
            if (data.get(f"{field}_email") or data.get(f"{field}_phone")) and not data.get(f"{field}_name"):
                self.add_error(f"{field}_name", _("Please add the name of this person."))
        return data


class ReportYearForm(forms.Form):
    """For which year a report is wanted."""

    year = forms.ChoiceField(label=_("Year"))

    def __init__(self, *args: Any, years: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = years  # type: ignore[attr-defined]
        self.fields["year"].error_messages["invalid_choice"] = _("Please choose one of the years in the list.")


class PersonForm(forms.Form):
    """Whom to invite."""

    name = forms.CharField(label=_("First and last name"), max_length=120)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)

    def clean_name(self) -> str:
        """Refuse what is no name."""
        return clean_name(self.cleaned_data["name"])

    def clean_email(self) -> str:
        """Refuse what cannot be printed."""
        return clean_line(self.cleaned_data["email"])
