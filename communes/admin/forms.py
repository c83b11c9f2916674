"""Forms of the desk's actions."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from agencies.desk import DeskForm
from agencies.models import Agency, Membership
from communes.models import Backing, Commune, Contact, Outreach, ParticipationWindow, searchable
from communes.notices import Way
from communes.services import BACKING_WITHIN, LOOK_AFTER
from klikks.countries import countries
from klikks.tenancy import current_agency_id
from klikks.uploads import check_upload

IN_THE_FUTURE = _("This day lies in the future. What is planned goes into “next step”.")
NEXT_STEP_BEFORE = _("The next step cannot come before the call.")


def words(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    """Return a field for a few sentences."""
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def managers() -> Any:
    """Return those who may look after municipalities."""
    return Membership.objects.filter(is_active=True, role__in=LOOK_AFTER)


class AssignForm(forms.Form):
    """Who looks after a registration from now on."""

    to = forms.ModelChoiceField(
        Membership.objects.none(), label=_("looked after by"), required=False, empty_label=_("nobody")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = managers()  # type: ignore[attr-defined]


class LetterForm(forms.Form):
    """The words of a letter."""

    subject_line = forms.CharField(label=_("subject"), max_length=250)
    text = forms.CharField(label=_("text"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 16}))


class NoticeForm(LetterForm):
    """The words in which a municipality is told of a decision, and the way."""

    way = forms.ChoiceField(label=_("way"), choices=Way, initial=Way.MAIL)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = _("Changes count for this case only. Text blocks change the agency's wording.")
        self.fields["text"].help_text = hint


class QuestionForm(forms.Form):
    """What to ask the municipality."""

    question = words(_("our question"), help_text=_("It becomes part of the mail, which you see before it leaves."))


class AnswerForm(forms.Form):
    """What the municipality answered."""

    answer = words(_("the municipality's answer"))


class AcceptForm(forms.Form):
    """Who looks after the new partner municipality, and until when the council shall decide."""

    manager = forms.ModelChoiceField(Membership.objects.none(), label=_("looked after by"))
    backing_by = forms.DateField(label=_("political backing by"), widget=forms.DateInput())
    note = words(_("added to the mail"), required=False)
    give_access = forms.BooleanField(
        label=_("invite the person who registered to the municipality's pages"),
        help_text=_("By a second mail with a link: partnership, projects, documents, and the municipality's data."),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["manager"].queryset = managers()  # type: ignore[attr-defined]
        self.fields["backing_by"].initial = timezone.localdate() + BACKING_WITHIN

    def clean_backing_by(self) -> Any:
        """Refuse a day that has passed."""
        day = self.cleaned_data["backing_by"]
        if day < timezone.localdate():
            raise ValidationError(_t("This day has passed already."))
        if day > timezone.localdate() + timedelta(days=1000):
            raise ValidationError(_t("This day is too far ahead."))
        return day


class ReasonForm(forms.Form):
    """Why; the municipality gets it by e-mail."""

    reason = words(_("reason"), help_text=_("The municipality gets it by e-mail."))


class DeclineForm(forms.Form):
    """Why; it becomes part of the mail, which is seen before it leaves."""

    reason = words(_("reason"), help_text=_("It becomes part of the mail, which you see before it leaves."))


class OptionalReasonForm(forms.Form):
    """Why, if there is something to say; the municipality gets it by e-mail."""

    reason = words(_("added to the mail"), required=False)


class SilentReasonForm(forms.Form):
    """Why; nobody is written to."""

    reason = words(_("reason"), help_text=_("Stays here: no mail is sent."))


class AccessForm(forms.Form):
    """Who gets access to a municipality's pages."""

    name = forms.CharField(label=_("name"), max_length=120)
    email = forms.EmailField(label=_("e-mail"), max_length=254, help_text=_("A link goes there, good for 14 days."))


class BackingForm(forms.Form):
    """The political backing of a partnership."""

    kind = forms.ChoiceField(label=_("kind"), choices=Backing.Kind)
    decided_on = forms.DateField(label=_("dated"), widget=forms.DateInput())
    official_on = forms.DateField(
        label=_("official partner from"), initial=timezone.localdate, widget=forms.DateInput()
    )
    reference = forms.CharField(
        label=_("reference"), help_text=_("For example the number of the resolution."), required=False, max_length=80
    )
    file = forms.FileField(label=_("file"), help_text=_("PDF, PNG or JPEG."), required=False)


class ReferenceForm(forms.Form):
    """Under which reference a document is filed."""

    reference = forms.CharField(
        label=_("reference"), help_text=_("For example the number of the resolution."), required=False, max_length=80
    )


class BackingChangeForm(DeskForm):
    """Corrects a political backing, or adds its file later."""

    file = forms.FileField(
        label=_("new file"), help_text=_("PDF, PNG or JPEG."), required=False, widget=forms.FileInput()
    )

    class Meta:
        model = Backing
        fields = ("kind", "decided_on", "reference", "file")

    def clean_file(self) -> Any:
        """Refuse what is no PDF, PNG or JPEG, and give the file a safe name."""
        file = self.cleaned_data["file"]
        if "file" in self.changed_data and file:
            file.name = check_upload(file)
        return file


class EndForm(forms.Form):
    """When and why a partnership ended."""

    on = forms.DateField(label=_("ended on"), initial=timezone.localdate, widget=forms.DateInput())
    reason = words(_("reason"))


class ContactForm(DeskForm):
    """A contact belongs to a municipality or a district, and is a person, an organisation, or both."""

    class Meta:
        model = Contact
        fields = ("function", "name", "organisation", "commune", "district", "email", "phone", "note", "until")
        help_texts = {
            "until": _(
                "Left empty, the contact is still there. Whoever has left stays readable, but is not suggested."
            ),
        }

    def clean(self) -> dict[str, Any]:
        """Refuse a contact that belongs nowhere, or has no name at all."""
        data = super().clean() or self.cleaned_data
        if not self.errors and not data.get("commune") and not data.get("district"):
            raise ValidationError(_t("Please choose a municipality or a district."))
        if not self.errors and not data.get("name") and not data.get("organisation"):
            self.add_error("name", _t("Please enter the name of a person or of an organisation."))
        return data


class WindowForm(DeskForm):
    """A participation window: ends after it begins, and does not overlap with another one."""

    class Meta:
        model = ParticipationWindow
        fields = ("programme", "opens_on", "closes_on", "places")

    def clean(self) -> dict[str, Any]:
        """Say in words what the database would refuse."""
        data = super().clean() or self.cleaned_data
        opens_on, closes_on = data.get("opens_on"), data.get("closes_on")
        if not opens_on or not closes_on or "programme" not in data:
            return data
        if closes_on < opens_on:
            self.add_error("closes_on", _t("The last day cannot come before the first."))
            return data
        own = ParticipationWindow.objects.filter(agency=current_agency_id(), programme=data["programme"])
        other = own.filter(opens_on__lte=closes_on, closes_on__gte=opens_on).exclude(pk=self.instance.pk).first()
        if other:
            self.add_error(
                "opens_on",
                _t("Another window of this programme is open from %(start)s to %(end)s.")
                % {
                    "start": date_format(other.opens_on, "SHORT_DATE_FORMAT"),
                    "end": date_format(other.closes_on, "SHORT_DATE_FORMAT"),
                },
            )
        return data


class PlaceForm(DeskForm):
    """A place that no official register holds: a village or urban quarter of our state, or a town abroad."""

    FIELDS = ("kind", "official_name", "parent", "country", "population", ("latitude", "longitude"))

    class Meta:
        model = Commune
        fields = ("kind", "official_name", "parent", "country", "population", "latitude", "longitude")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [kind for kind in Commune.Kind.choices if kind[0] in {Commune.Kind.QUARTER, Commune.Kind.ABROAD}]
        self.fields["kind"] = forms.ChoiceField(label=_("kind"), choices=kinds, widget=UnfoldAdminSelectWidget)
        self.fields["country"] = forms.ChoiceField(
            label=_("country"), choices=country_choices, initial="DE", widget=UnfoldAdminSelectWidget
        )
        self.fields["population"].validators.append(MinValueValidator(1))
        self.fields["parent"].help_text = _("For a village or urban quarter: the municipality it belongs to.")
        for name in ("latitude", "longitude"):
            self.fields[name].help_text = _("In degrees, such as 49.95. A quarter without takes its municipality's.")

    def clean(self) -> dict[str, Any]:
        """Check what each kind needs, and that the place is new; a quarter lies where its municipality lies."""
        data = super().clean() or self.cleaned_data
        if data.get("kind") == Commune.Kind.QUARTER:
            self._clean_quarter(data.get("parent"))
        elif data.get("country") == "DE":
            self.add_error("country", _t("Towns in Germany are in the register. Please choose another country."))
        else:
            self.instance.parent = data["parent"] = None
        same = Commune.objects.filter(official_name__iexact=data.get("official_name", ""), country=data.get("country"))
        if same.filter(parent=data.get("parent")).exists():
            self.add_error("official_name", _t("This place is there already."))
        if (data.get("latitude") is None) != (data.get("longitude") is None):
            self.add_error("longitude", _t("Please enter both degrees, or none."))
        return data

    def _clean_quarter(self, parent: Commune | None) -> None:
        """A quarter belongs to a municipality of the agency's own state, and takes over what is the same."""
        state_id = Agency.objects.values_list("state", flat=True).get(pk=current_agency_id())
        self.cleaned_data["country"] = "DE"
        if parent is None:
            self.add_error("parent", _t("Please choose the municipality to which the quarter belongs."))
            return
        if parent.state_id != state_id or parent.ags is None:
            self.add_error("parent", _t("Please choose a municipality of your own state."))
        self.instance.state_id, self.instance.district_id = parent.state_id, parent.district_id
        if self.cleaned_data.get("latitude") is None and self.cleaned_data.get("longitude") is None:
            self.cleaned_data |= {"latitude": parent.latitude, "longitude": parent.longitude}


def country_choices() -> list[tuple[str, str]]:
    """Return all countries by their name in the reader's language."""
    return sorted(countries().items(), key=lambda country: searchable(country[1]))


class OutreachForm(DeskForm):
    """Corrects what was logged, or logs it with all there is to say."""

    class Meta:
        model = Outreach
        fields = (
            "commune", "district", "contact", "channel", "on", "outcome", "result", "mail", "next_step", "next_step_on",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse days that only a slip of the finger explains, somebody else's contact, and what says nothing."""
        data = super().clean() or self.cleaned_data
        if (on := data.get("on")) and on > timezone.localdate():
            self.add_error("on", IN_THE_FUTURE)
        contact, commune = data.get("contact"), data.get("commune")
        if contact and commune and contact.commune_id not in {None, commune.pk}:
            self.add_error("contact", _t("This contact belongs to another municipality."))
        if on and data.get("next_step_on") and data["next_step_on"] < on:
            self.add_error("next_step_on", NEXT_STEP_BEFORE)
        if not commune and not data.get("district"):
            self.add_error("commune", _t("Please choose a municipality or a district."))
        if not (data.get("outcome") or data.get("result") or data.get("mail")):
            self.add_error("outcome", _t("Please say what came of it: choose a result, or write a note."))
        return data
