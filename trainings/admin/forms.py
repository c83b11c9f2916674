"""Forms of the desk's pages of trainings."""

from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from agencies.models import Membership
from klikks.uploads import check_upload
from patrons.models import Patron
from trainings.forms import OtherDateForm
from trainings.models import TrainingMaterial

__all__ = ["CallOffForm", "CancelForm", "EnrolForm", "MaterialForm", "OtherDateForm"]


class EnrolForm(forms.Form):
    """Who gets a place: a patron, a member of staff of the own agency, or somebody who has no record."""

    patron = forms.ModelChoiceField(Patron.objects.none(), label=_("climate patron"), required=False)
    member = forms.ModelChoiceField(Membership.objects.none(), label=_("member of staff"), required=False)
    name = forms.CharField(
        label=_("somebody else: name"),
        max_length=160,
        required=False,
        help_text=_("For example a person of a municipality."),
    )
    email = forms.EmailField(label=_("somebody else: e-mail"), max_length=254, required=False)
    organisation = forms.CharField(label=_("municipality or organisation"), max_length=160, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = Membership.objects.filter(is_active=True).exclude(role__in=["patron", "municipality"])
        for name, people in [("patron", Patron.objects.serving()), ("member", staff)]:
            cast(forms.ModelChoiceField, self.fields[name]).queryset = people

    def clean(self) -> dict[str, Any]:
        """Exactly one person is named; somebody without a record with name and address."""
        data = super().clean() or {}
        named = [name for name in ("patron", "member", "name") if data.get(name)]
        if len(named) != 1:
            raise forms.ValidationError(
                _("Please choose one person: a climate patron, a member of staff, or somebody else.")
            )
        if data.get("name") and not data.get("email") and "email" not in self.errors:
            self.add_error("email", _("Please give an address: this person is told by e-mail."))
        return data


class CancelForm(forms.Form):
    """Why somebody cannot come."""

    reason = forms.CharField(label=_("reason"), required=False, max_length=1000)


class CallOffForm(forms.Form):
    """Why a session does not take place."""

    reason = forms.CharField(
        label=_("reason"), max_length=300, help_text=_("Everybody with a place or on the list is told this.")
    )


class MaterialForm(forms.ModelForm):
    """A file or a link of a session; what is no PDF, PNG or JPEG is refused."""

    class Meta:
        model = TrainingMaterial
        fields = ("when", "title", "file", "link")
        widgets = {
            "file": forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png", "class": "max-w-xs"})
        }

    def clean_file(self) -> Any:
        """Check a new file and give it a safe name."""
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            file.name = check_upload(file)
        return file
