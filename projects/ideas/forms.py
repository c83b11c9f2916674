"""Forms of citizens' ideas."""

from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.validators import MaxLengthValidator
from django.forms.widgets import Script
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from agencies.models import Programme, Topic
from communes.forms import CommuneField
from communes.models import Commune
from klikks.humans import HumanForm
from klikks.names import clean_line, clean_name, clean_text
from klikks.photos import clean_photo
from projects.ideas.offices import offices_for
from projects.ideas.similar import ALIKE, Similar, similar_to

PERSONAL = ("author", "email")


class KnownInput(forms.HiddenInput):
    """Hidden input with the keys of what was shown as similar; `similar.js` fills it while somebody types."""

    class Media:
        js = [Script("js/similar.js", defer=True)]


class IdeaForm(HumanForm):
    """A citizen's idea, for a municipality or for a network of towns.

    `programme` is asked only where several run in the municipality's state. After a successful check, `similar` are
    public ideas and projects like it that the citizen has not been shown yet: ask once, then take it.
    """

    title = forms.CharField(
        label=_("Your idea in one sentence"),
        help_text=_("For example: a bench on which one is given a lift into town."),
        max_length=160,
    )
    known = forms.CharField(widget=KnownInput, required=False, max_length=1000)
    text = forms.CharField(
        label=_("What shall happen, and whom does it help?"),
        validators=[MaxLengthValidator(4000)],
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    commune = CommuneField(label=_("For which municipality?"))
    programme = forms.ModelChoiceField(
        Programme.objects.all(), label=_("Programme"), required=False, empty_label=None, widget=forms.RadioSelect
    )
    topic = forms.ModelChoiceField(
        Topic.objects.none(), label=_("Topic"), required=False, empty_label=_("something else")
    )
    photo = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_(
            "JPEG or PNG, up to 10 MB. We store it smaller and without the place it was taken at. "
            "Please show people only if they agree."
        ),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
    )
    photo_alt = forms.CharField(
        label=_("What does the picture show?"),
        required=False,
        max_length=200,
        help_text=_("For people who cannot see it, for example: the empty bus stop at the end of the village."),
    )
    author = forms.CharField(label=_("Your name"), required=False, max_length=120)
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("Only if you would like to hear what becomes of your idea. It is never shown."),
        required=False,
        max_length=254,
    )
    shows_author = forms.BooleanField(label=_("My name may stand beside the idea"), required=False)
    consent = forms.BooleanField(
        label=_("The office that reads the idea may keep my name and address to work on it."),
        required=False,
    )

    def __init__(self, *args: Any, programme: Programme | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._given = programme
        self.similar: list[Similar] = []
        topics = programme.topics.all() if programme else Topic.objects.filter(programmes__kind="volunteers").distinct()
        cast(forms.ModelChoiceField, self.fields["topic"]).queryset = topics
        if self._is_network:
            self.fields["commune"] = forms.ModelChoiceField(
                Commune.objects.filter(twinnings__programme=programme),
                label=_("For which town?"),
                required=False,
                empty_label=_("all towns"),
            )
        if self._is_network or not self.is_bound:
            del self.fields["programme"]
        self.fields["author"].widget.attrs["autocomplete"] = "name"
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        for name in ["consent", "shows_author"]:
            self.fields[name].widget.attrs["data-not-kept"] = ""
        self.fields["consent"].help_text = format_html(
            '{} <a href="{}" target="_blank">{}</a>',
            _("Needed if you tell us your name or address. You can withdraw this at any time."),
            reverse("website:privacy"),
            _("What happens to your details"),
        )

    @property
    def helper(self) -> FormHelper:
        """The layout, with what is similar below the title."""
        helper = FormHelper()
        helper.form_tag, helper.disable_csrf, helper.include_media = False, True, False
        helper.render_hidden_fields = True
        asked = ["programme"] if "programme" in self.fields else []
        helper.layout = Layout(
            Fieldset(
                _("Your idea"),
                "title",
                HTML('{% include "projects/ideas/_similar_box.html" %}'),
                "text",
                "commune",
                *asked,
                "topic",
                "photo",
                "photo_alt",
            ),
            Fieldset(_("About you, if you like"), "author", "email", "shows_author", "consent"),
            self.TRAP,
        )
        return helper

    @property
    def idea(self) -> dict[str, Any]:
        """What `services.send_idea` wants to know."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in {"consent", "known"}}
        topic = data.pop("topic")
        return {**data, "topic_id": topic.pk if topic else None}

    def ask_about_similar(self) -> None:
        """Note that the citizen is shown now what is similar: sent once more, the idea is taken."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data["known"] = ",".join([*self._known, *(each.key for each in self.similar)])
        self.data = data
        self._ask_for_photo_again()

    def refuse(self, refusal: str | ValidationError) -> None:
        """Show why an idea was not taken."""
        self._ask_for_photo_again()
        self.add_error(None, refusal)

    def clean_title(self) -> str:
        """Refuse what cannot be printed."""
        return clean_line(self.cleaned_data["title"])

    def clean_text(self) -> str:
        """Leave out signs that cannot be seen."""
        return clean_text(self.cleaned_data["text"])

    def clean_author(self) -> str:
        """Refuse what is no name."""
        return clean_name(self.cleaned_data["author"]) if self.cleaned_data["author"].strip() else ""

    def clean_photo(self) -> ContentFile | None:
        """Check the picture and make a new one of it; None when none was chosen."""
        upload = self.cleaned_data["photo"]
        return clean_photo(upload) if upload else None

    def clean(self) -> dict[str, Any]:
        """Tell people from robots, find the office, and ask for what belongs together."""
        self.check_human()
        data = self.cleaned_data
        if any(data.get(name) for name in PERSONAL) and not data.get("consent"):
            self.add_error("consent", _t("Without your consent we may not keep your details."))
        self._find_office(data)
        self._check_photo(data)
        if not self.errors:
            found = similar_to(data["title"])
            self.similar = [each for each in found if each.likeness >= ALIKE and each.key not in self._known]
        return data

    @property
    def _is_network(self) -> bool:
        return self._given is not None and self._given.kind == Programme.Kind.TWINNING

    @property
    def _known(self) -> list[str]:
        return [key for key in self.data.get("known", "")[:1000].split(",") if key]

    def _check_photo(self, data: dict[str, Any]) -> None:
        if data.get("photo") and not data.get("photo_alt", "").strip() and "photo_alt" not in self.errors:
            self.add_error("photo_alt", _t("Please describe the picture for people who cannot see it."))
        if self.errors:
            self._ask_for_photo_again()

    def _ask_for_photo_again(self) -> None:
        """Say that a picture must be chosen again when the form comes back."""
        if self.cleaned_data.get("photo"):
            self.add_error("photo", _t("Please choose the picture once more: browsers do not keep it."))

    def _find_office(self, data: dict[str, Any]) -> None:
        """Find who reads the idea; ask which programme it is for where several run in the state."""
        chosen = data.pop("programme", None)
        data["programme"] = self._given
        commune = data.get("commune")
        offices = offices_for(commune, self._given)
        if "programme" in self.fields:
            if len(offices) > 1:
                field = cast(forms.ModelChoiceField, self.fields["programme"])
                field.queryset = Programme.objects.filter(pk__in=[office.programme.pk for office in offices])
            else:
                del self.fields["programme"]
        if commune and not offices:
            place = {"place": commune.state or commune}
            self.add_error("commune", _t("There is no programme for municipalities in %(place)s at present.") % place)
        elif len(offices) == 1:
            data["programme"] = offices[0].programme
        elif offices and chosen in [office.programme for office in offices]:
            data["programme"] = chosen
        elif offices:
            self.add_error("programme", _t("Several programmes run in your state. Please choose one."))


class FollowForm(HumanForm):
    """The address of somebody who wishes to hear what becomes of an idea."""

    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("We send you a link with which you confirm. Each mail has a link that ends it."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag, self.helper.disable_csrf, self.helper.include_media = False, True, False
        self.helper.render_hidden_fields = True
        self.helper.layout = Layout("email", self.TRAP)

    def clean(self) -> dict[str, Any]:
        """Tell people from robots."""
        self.check_human()
        return self.cleaned_data


class TakeUpForm(forms.Form):
    """What a patron says about the project that an idea becomes."""

    title = forms.CharField(
        label=_("What is the project called?"),
        help_text=_("A few words that everybody in the place understands."),
        max_length=160,
    )
    topic = forms.ModelChoiceField(Topic.objects.none(), label=_("Topic"), empty_label=_("Please choose"))

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["topic"]).queryset = programme.topics.all()


class DeclineIdeaForm(forms.Form):
    """Why an idea is not taken further."""

    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("Whoever sent the idea is told this by e-mail, if there is an address."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class KnownForm(forms.Form):
    """Which of the similar ideas and projects is the same."""

    same = forms.ChoiceField(label=_("It is the same as"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, similar: list[Similar], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each.key, f"{each.title} ({each.place}, {each.status or _t('idea')})") for each in similar]
        cast(forms.ChoiceField, self.fields["same"]).choices = choices
