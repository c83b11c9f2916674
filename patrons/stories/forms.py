"""The form in which a patron writes an experience report."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from klikks.names import clean_text
from klikks.photos import clean_photo


class StoryForm(forms.Form):
    """Title, text, photo with its description, and whether the name may stand there."""

    title = forms.CharField(
        label=_("Title"), max_length=120, widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"})
    )
    body = forms.CharField(
        label=_("Your report"),
        help_text=_("What did you begin with, what helped, what would you do otherwise? Up to 10,000 characters."),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 12, "dir": "auto"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        help_text=_(
            "JPEG or PNG, up to 10 MB. We store it smaller and without the place it was taken at. "
            "Please show people only if they agree."
        ),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
    )
    photo_alt = forms.CharField(
        label=_("What does the photo show?"),
        required=False,
        max_length=200,
        help_text=_("For people who cannot see it, for example: two people hold a lamp in front of the town hall."),
    )
    is_named = forms.BooleanField(
        label=_("My name and my municipality may stand with the report, for everybody to read."),
        required=False,
        help_text=_("Otherwise it says only from which state you are."),
    )

    def __init__(self, *args: Any, has_photo: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_photo = has_photo

    def clean_title(self) -> str:
        """Put the title into one line."""
        return " ".join(clean_text(self.cleaned_data["title"]).split()) or self._empty("title")

    def clean_body(self) -> str:
        """Leave out signs that cannot be seen."""
        return clean_text(self.cleaned_data["body"]) or self._empty("body")

    def clean_photo(self) -> ContentFile | None:
        """Check the photo and make a new one of it; None when none was chosen."""
        upload = self.cleaned_data["photo"]
        return clean_photo(upload) if upload else None

    def clean(self) -> dict[str, Any]:
        """Ask for the words of the photo."""
        data = super().clean() or {}
        has_photo = self.has_photo or data.get("photo")
        if has_photo and not data.get("photo_alt", "").strip() and "photo_alt" not in self.errors:
            self.add_error("photo_alt", _("Please describe the photo for people who cannot see it."))
        if data.get("photo") and self.errors:
            self.add_error("photo", _("Please choose the photo once more: browsers do not keep it."))
        return data

    def _empty(self, name: str) -> str:
        raise forms.ValidationError(self.fields[name].error_messages["required"])
