"""Forms of photos and documents, on the portal and on the desk."""

from typing import Any

from django import forms
from django.core.files import File
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from klikks.photos import clean_photo
from klikks.uploads import check_upload

ONLY_RELEASED = _("Citizens see it once your agency has released it with the project.")
CHOOSE_AGAIN = _("Please choose the file once more: browsers do not keep it.")


class FileForm(forms.Form):
    """Base of forms that take a file; says that a file must be chosen again where something else is wrong."""

    file_field = "file"

    def clean(self) -> dict[str, Any]:
        """Ask for the file once more where the form comes back."""
        data = super().clean() or {}
        if data.get(self.file_field) and self.errors:
            self.add_error(self.file_field, CHOOSE_AGAIN)
        return data


class AltForm(forms.Form):
    """What a photo shows."""

    alt = forms.CharField(
        label=_("What does the photo show?"),
        max_length=200,
        help_text=_("For people who cannot see it, for example: two people hold a lamp in front of the town hall."),
        error_messages={"required": _("Please describe the photo for people who cannot see it.")},
    )
    is_public = forms.BooleanField(
        label=_("The public may see this photo."), help_text=ONLY_RELEASED, required=False, initial=True
    )


class PhotoForm(FileForm, AltForm):
    """A new photo with its description."""

    file_field = "photo"
    photo = forms.FileField(
        label=_("Photo"),
        help_text=_(
            "JPEG or PNG, up to 10 MB. We store it smaller and without the place it was taken at. "
            "Please show people only if they agree."
        ),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
    )
    field_order = ("photo", "alt", "is_public")

    def clean_photo(self) -> ContentFile:
        """Check the photo and make a new one of it."""
        return clean_photo(self.cleaned_data["photo"])


class TitleForm(forms.Form):
    """What a document is."""

    title = forms.CharField(
        label=_("What is it?"), help_text=_("For example: offer of the electrician."), max_length=120
    )
    is_public = forms.BooleanField(
        label=_("The public may see this document."), help_text=ONLY_RELEASED, required=False
    )


class DocumentForm(FileForm, TitleForm):
    """A new document with its title."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, PNG or JPEG, up to 10 MB."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )
    field_order = ("file", "title", "is_public")

    def clean_file(self) -> File:
        """Refuse what may not be stored."""
        check_upload(self.cleaned_data["file"])
        file: File = self.cleaned_data["file"]
        return file
