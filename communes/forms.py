"""Forms of this room, and the field with which every room lets people pick a municipality."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import Script
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from communes.models import Commune, searchable
from communes.search import label, resolve

SUGGESTIONS = 12


class CommunePicker(forms.Widget):
    """A text input that suggests municipalities while typing (an ARIA combobox made by `commune-picker.js`).

    Without JavaScript the typed text is sent and resolved by the server; where it may mean several municipalities,
    `candidates` are offered as radio buttons below the input.
    """

    template_name = "communes/commune_picker.html"

    class Media:
        js = [Script("js/commune-picker.js", defer=True)]

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.candidates: list[Commune] = []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give the template the typed text, the chosen municipality and the candidates."""
        context = super().get_context(name, None, attrs)
        typed = value if isinstance(value, Mapping) else _typed(value)
        context["widget"].update(
            text=typed["text"],
            id=typed["id"],
            candidates=[(commune, label(commune)) for commune in self.candidates],
            url=reverse("communes:search"),
        )
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        """Return text, chosen municipality, and the radio button with the text it was offered for."""
        return {
            "text": data.get(name, "").strip(),
            "id": data.get(f"{name}_id", ""),
            "choice": data.get(f"{name}_choice", ""),
            "asked": data.get(f"{name}_asked", "").strip(),
        }

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Whether the form was sent without this input."""
        return name not in data


class CommuneField(forms.Field):
    """Picks one existing municipality with inhabitants; `cleaned_data` holds the Commune, or None.

    Templates must print `form.media`, which brings the script.
    """

    widget = CommunePicker
    default_error_messages = {
        "unknown": _("We do not know a municipality “%(text)s”. Please check the spelling or type its postcode."),
        "similar": _("We do not know a municipality “%(text)s”. Do you mean one of these?"),
        "several": _("“%(text)s” may mean several municipalities. Please choose yours."),
        "uninhabited": _("“%(text)s” is an area without inhabitants and cannot take part."),
        "dissolved": _("“%(text)s” is no municipality of its own any more. Please enter the one it belongs to now."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Municipality"))
        kwargs.setdefault("help_text", _("Type the name or the postcode."))
        super().__init__(**kwargs)

    def clean(self, value: Mapping[str, str]) -> Commune | None:
        """Return the municipality. Raises ValidationError, with candidates to choose from where there are some."""
        if not value["text"]:
            return super().clean(None)
        commune = _chosen(value) or self._resolved(value["text"])
        if commune.dissolved_on:
            raise self._error("dissolved", str(commune))
        if not commune.population:
            raise self._error("uninhabited", str(commune))
        return commune

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another municipality was picked than the initial one."""
        return _typed(initial)["id"] != data["id"] or _typed(initial)["text"] != data["text"]

    def _resolved(self, text: str) -> Commune:
        """Return the municipality the text names. Raises ValidationError and offers what it may mean."""
        found = resolve(text)
        if found.commune:
            return found.commune
        inhabited = [commune for commune in found.candidates if commune.population]
        if found.candidates and not inhabited:
            return found.candidates[0]
        self.widget.candidates = inhabited[:SUGGESTIONS]
        if not inhabited:
            raise self._error("unknown", text)
        raise self._error("several" if found.alike else "similar", text)

    def _error(self, code: str, text: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params={"text": text})


def _typed(value: Any) -> dict[str, str]:
    """Return what stands in the input for an initial value: a Commune, its primary key, or nothing."""
    if value and not isinstance(value, Commune):
        value = Commune.objects.select_related("district", "state").filter(pk=value).first()
    return {"text": label(value), "id": str(value.pk)} if value else {"text": "", "id": ""}


def _chosen(value: Mapping[str, str]) -> Commune | None:
    """Return the municipality picked from the list, unless the text was changed afterwards."""
    from_radio = value["choice"] if value["asked"] == value["text"] else ""
    key = from_radio or value["id"]
    if not key.isdecimal():
        return None
    commune = Commune.objects.select_related("district", "state").filter(pk=int(key[:18])).first()
    if commune and (from_radio or searchable(value["text"]).startswith(commune.search_name)):
        return commune
    return None
