"""Forms of the directory and the exchange."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.validators import MaxLengthValidator
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from klikks.names import clean_line, clean_text
from patrons.exchange.models import LONGEST_NOTE, LONGEST_TEXT, LONGEST_TITLE, Complaint, Profile
from patrons.exchange.selectors import Choice

SWITCHES = ("is_listed", "shows_municipality", "shows_topics", "shows_about", "shows_email", "shows_phone")


class ProfileForm(forms.ModelForm):
    """What a patron shows to others, each thing on a switch of its own, and how often the digest comes."""

    class Meta:
        model = Profile
        fields = (*SWITCHES, "about", "digest")
        widgets = {"digest": forms.RadioSelect, "about": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "is_listed": _("With your name you stand in the directory. Without it, nothing below is shown."),
            "about": _("For example what you know well, or what you would like to talk about. Up to 300 characters."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["digest"].label = _("How often would you like a mail with what is new in the exchange?")
        self.helper = FormHelper()
        self.helper.form_tag, self.helper.disable_csrf = False, True
        self.helper.layout = Layout(
            Fieldset(_("What others see of me"), *SWITCHES, "about"), Fieldset(_("News by mail"), "digest")
        )

    def clean_about(self) -> str:
        """Refuse what does not fit on a line."""
        return clean_line(self.cleaned_data["about"])


class AnswerForm(forms.Form):
    """A text for others: paragraphs and links, no HTML."""

    body = forms.CharField(
        label=_("Your answer"),
        help_text=_(
            "Up to 4,000 characters. Web addresses become links. With @ and a name from the directory, such as "
            "@Erika Muster, you tell somebody about it."
        ),
        validators=[MaxLengthValidator(LONGEST_TEXT)],
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].widget.attrs |= {
            "data-mentions": reverse("patrons:names"),
            "data-mentions-label": gettext("People to mention"),
        }

    def clean_body(self) -> str:
        """Leave out signs that cannot be seen."""
        body = clean_text(self.cleaned_data["body"])
        if not body:
            raise forms.ValidationError(self.fields["body"].error_messages["required"])
        return body


class QuestionForm(AnswerForm):
    """A question: its board, a title that says what it is about, and the words."""

    board = forms.ChoiceField(label=_("What is it about?"))
    title = forms.CharField(
        label=_("Your question in one sentence"),
        max_length=LONGEST_TITLE,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    field_order = ("board", "title", "body")

    def __init__(self, *args: Any, boards: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["board"].choices = [(board.value, board.label) for board in boards]  # type: ignore[attr-defined]
        self.fields["body"].label = _("What would you like to know?")

    def clean_title(self) -> str:
        """Put the title into one spelling; pictures may stay."""
        title = " ".join(clean_text(self.cleaned_data["title"]).split())
        if not title:
            raise forms.ValidationError(self.fields["title"].error_messages["required"])
        return title


class ReportForm(forms.Form):
    """Why a post is reported."""

    reason = forms.ChoiceField(label=_("What is wrong?"), choices=Complaint.Reason, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Would you like to add something?"),
        required=False,
        validators=[MaxLengthValidator(LONGEST_NOTE)],
        widget=forms.Textarea(attrs={"rows": 3}),
    )
