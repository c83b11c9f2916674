"""Forms of this room, and the field with which every room lets people pick a municipality."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.forms.widgets import Script
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from agencies.models import Programme
from communes.models import Commune, searchable
from communes.search import label, resolve
from communes.selectors import Offer, offers_for
from klikks.humans import HumanForm
from klikks.names import clean_line, clean_name

NAMESAKES, SUGGESTIONS = 12, 6
LONGEST_TEXT = 200


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
        typed = {"text": name, "id": f"{name}_id", "choice": f"{name}_choice", "asked": f"{name}_asked"}
        return {part: data.get(sent, "")[:LONGEST_TEXT].strip() for part, sent in typed.items()}

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
        self.widget.candidates = inhabited[: NAMESAKES if found.alike else SUGGESTIONS]
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


class RegistrationForm(HumanForm):
    """A municipality registers.

    `programme` and `waiting_list` are asked only where they matter: several programmes are open in the state, or none.
    After a successful check, `offer` is the agency and programme the registration goes to. On an agency's own page the
    offer is given; a municipality of another state is then refused, and `elsewhere` is where it can register instead.
    """

    commune = CommuneField()
    programme = forms.ModelChoiceField(
        Programme.objects.all(), label=_("Programme"), required=False, empty_label=None, widget=forms.RadioSelect
    )
    waiting_list = forms.BooleanField(label=_("Yes, put us on the waiting list"), required=False)
    contact_name = forms.CharField(label=_("Your name"), max_length=120)
    contact_function = forms.CharField(
        label=_("Your function"), help_text=_("For example mayor or climate manager."), max_length=80, required=False
    )
    email = forms.EmailField(
        label=_("E-mail"), help_text=_("We send you a link with which you confirm the registration."), max_length=254
    )
    phone = PhoneNumberField(
        label=_("Phone"),
        required=False,
        help_text=_("For questions, for example 06131 123456."),
        error_messages={"invalid": _("Please enter a phone number with its area code, for example 06131 123456.")},
    )
    message = forms.CharField(
        label=_("What you wish to tell us"),
        help_text=_("Plans, questions, somebody who could become climate patron: a few words are enough."),
        required=False,
        validators=[MaxLengthValidator(4000)],
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    consent = forms.BooleanField(
        label=_(
            "I agree that the energy agency of our state keeps these details to work on the registration. I can "
            "withdraw this at any time."
        ),
        error_messages={"required": _("Without your consent we may not keep your details.")},
    )

    def __init__(
        self, *args: Any, programme: Programme | None = None, given: Offer | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._wanted, self._given = programme, given
        self.offer: Offer | None = None
        self.elsewhere: Offer | None = None
        self.elsewhere_commune: Commune | None = None
        for name, purpose in [("contact_name", "name"), ("contact_function", "organization-title"), ("email", "email")]:
            self.fields[name].widget.attrs["autocomplete"] = purpose
        self.fields["phone"].widget.attrs["autocomplete"] = "tel"
        self.fields["consent"].widget.attrs["data-not-kept"] = ""
        self.fields["consent"].help_text = format_html(
            '<a href="{}" target="_blank">{}</a>', reverse("website:privacy"), _("What happens to your details")
        )
        if not self.is_bound:
            del self.fields["programme"]
            if given is None or given.is_open:
                del self.fields["waiting_list"]

    @property
    def helper(self) -> FormHelper:
        """The layout: with the two questions that not everybody is asked, where they stand."""
        asked = [name for name in ["programme", "waiting_list"] if name in self.fields]
        helper = FormHelper()
        helper.form_tag, helper.disable_csrf, helper.include_media = False, True, False
        helper.render_hidden_fields = True
        helper.layout = Layout(
            Fieldset(_("Your municipality"), "commune", *asked),
            Fieldset(_("About you"), "contact_name", "contact_function", "email", "phone", "message"),
            Fieldset(_("Your consent"), "consent"),
            self.TRAP,
        )
        return helper

    def clean_contact_name(self) -> str:
        """Refuse what cannot be printed."""
        return clean_name(self.cleaned_data["contact_name"])

    def clean_contact_function(self) -> str:
        """Refuse what cannot be printed."""
        return clean_line(self.cleaned_data["contact_function"])

    def clean(self) -> dict[str, Any]:
        """Find the agency and programme for the municipality, and ask what only the municipality can decide."""
        self.check_human()
        data = self.cleaned_data
        programme, waits = data.pop("programme", None), data.pop("waiting_list", False)
        commune = data.get("commune")
        offers = self._offers_for(commune) if commune else []
        self._ask_for_programme([offer.programme for offer in offers])
        if commune and not offers:
            self.add_error("commune", self._nothing_on_offer(commune))
        elif len(offers) > 1 and programme not in [offer.programme for offer in offers]:
            self.add_error("programme", _("Several programmes are open in your state. Please choose one."))
        else:
            self.offer = next((offer for offer in offers if len(offers) == 1 or offer.programme == programme), None)
        self._ask_for_waiting_list(asked=self.offer is not None and not self.offer.is_open, agreed=waits)
        return data

    def _offers_for(self, commune: Commune) -> list[Offer]:
        """Return what is on offer to a municipality here; on an agency's page the given offer or nothing."""
        if self._given is None:
            return offers_for(commune, self._wanted)
        if commune.state_id == self._given.agency.state_id:
            return [self._given]
        there = offers_for(commune, self._given.programme) or offers_for(commune)
        self.elsewhere, self.elsewhere_commune = (there[0] if there else None), commune
        return []

    def _ask_for_programme(self, programmes: list[Programme]) -> None:
        """Offer the open programmes, if there is more than one."""
        if len(programmes) > 1:
            field = self.fields["programme"]
            field.queryset = Programme.objects.filter(pk__in=[each.pk for each in programmes])  # type: ignore[attr-defined]
        else:
            del self.fields["programme"]

    def _ask_for_waiting_list(self, *, asked: bool, agreed: bool) -> None:
        """Say that no window is open, and ask whether to go onto the waiting list."""
        if not asked:
            del self.fields["waiting_list"]
        elif not agreed and self.offer is not None:
            self.add_error("waiting_list", f"{closed_words(self.offer)} {waiting_list_words()}")

    def _nothing_on_offer(self, commune: Commune) -> str:
        """Say that nobody runs the wanted programme, or any, in the municipality's state."""
        place = commune.state or commune
        if self._given:
            words = {"commune": commune, "place": place, "agency": self._given.agency}
            if self.elsewhere is None:
                return _t("%(commune)s lies in %(place)s, where there is no programme at present.") % words
            words["other"] = self.elsewhere.agency
            return _t("%(commune)s lies in %(place)s. Please register with %(other)s instead of %(agency)s.") % words
        if self._wanted:
            return _t("“%(programme)s” is not offered in %(place)s.") % {"programme": self._wanted, "place": place}
        return _t("There is no programme for municipalities in %(place)s at present.") % {"place": place}


def closed_words(offer: Offer) -> str:
    """Say why registration is not possible now, and when it was or will be."""
    words = {"programme": offer.programme, "agency": offer.agency.short_name}
    if offer.window is None:
        said = _t("Registration for “%(programme)s” (%(agency)s) is not open at present.") % words
    elif offer.is_full:
        said = _t("All places for “%(programme)s” (%(agency)s) are taken at present.") % words
    elif offer.is_over:
        day = date_format(offer.window.closes_on, "DATE_FORMAT")
        said = _t("Registration for “%(programme)s” (%(agency)s) closed on %(day)s.") % {**words, "day": day}
    else:
        day = date_format(offer.window.opens_on, "DATE_FORMAT")
        said = _t("Registration for “%(programme)s” (%(agency)s) opens on %(day)s.") % {**words, "day": day}
    return said


def waiting_list_words() -> str:
    """Say that there is a waiting list."""
    return _t("You may go onto the waiting list: please tick the box. We then write to you.")
