"""Forms of citizens' ideas."""

from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from agencies.models import Programme, Topic
from communes.models import Commune
from klikks.humans import HumanForm
from klikks.names import clean_line, clean_name


class IdeaForm(HumanForm):
    """A citizen's idea for a network of towns."""

    title = forms.CharField(
        label=_("Your idea in one sentence"), help_text=_("For example: by bicycle to the twin town."), max_length=160
    )
    text = forms.CharField(
        label=_("What shall happen, and whom does it help?"),
        validators=[MaxLengthValidator(4000)],
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    commune = forms.ModelChoiceField(
        Commune.objects.none(), label=_("For which town?"), required=False, empty_label=_("all towns")
    )
    topic = forms.ModelChoiceField(
        Topic.objects.none(), label=_("Topic"), required=False, empty_label=_("something else")
    )
    author = forms.CharField(label=_("Your name"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("Only if you would like to hear what becomes of your idea. It is never shown."),
        required=False,
        max_length=254,
    )
    shows_author = forms.BooleanField(label=_("My name may stand beside the idea"), required=False)
    consent = forms.BooleanField(
        label=_("The coordinating office may keep these details to work on the idea."),
        help_text=_("You can withdraw this at any time."),
        error_messages={"required": _("Without your consent we may not keep your details.")},
    )

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        towns = Commune.objects.filter(twinnings__programme=programme)
        cast(forms.ModelChoiceField, self.fields["commune"]).queryset = towns
        cast(forms.ModelChoiceField, self.fields["topic"]).queryset = programme.topics.all()
        self.fields["author"].widget.attrs["autocomplete"] = "name"
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        for name in ["consent", "shows_author"]:
            self.fields[name].widget.attrs["data-not-kept"] = ""
        self.helper = FormHelper()
        self.helper.form_tag, self.helper.disable_csrf, self.helper.include_media = False, True, False
        self.helper.render_hidden_fields = True
        self.helper.layout = Layout(
            Fieldset(_("Your idea"), "title", "text", "commune", "topic"),
            Fieldset(_("About you"), "author", "email", "shows_author"),
            Fieldset(_("Your consent"), "consent"),
            self.TRAP,
        )

    @property
    def idea(self) -> dict[str, Any]:
        """What `services.send_idea` wants to know."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "consent"}
        topic = data.pop("topic")
        return {**data, "topic_id": topic.pk if topic else None}

    def clean_title(self) -> str:
        """Refuse what cannot be printed."""
        return clean_line(self.cleaned_data["title"])

    def clean(self) -> dict[str, Any]:
        """Tell people from robots."""
        self.check_human()
        return self.cleaned_data

    def clean_author(self) -> str:
        """Refuse what is no name."""
        return clean_name(self.cleaned_data["author"])


class DeclineIdeaForm(forms.Form):
    """Why an idea is not taken further."""

    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("Whoever sent the idea is told this by e-mail, if there is an address."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
