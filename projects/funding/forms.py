"""Forms of the applications for funding that a patron takes part in."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.forms import DayInput, EuroField
from projects.models import Applicant


class ApplicantForm(forms.Form):
    """Who would apply for the funding of a project."""

    applicant = forms.ChoiceField(
        label=_("Who applies?"),
        choices=[("", _("the municipality or who helps with the project")), *Applicant.choices],
        required=False,
    )


class HandInForm(forms.Form):
    """An application was handed in."""

    on = forms.DateField(label=_("Handed in on"), widget=DayInput())
    applied_for = EuroField(
        label=_("Applied for, in euro"),
        required=False,
        localize=True,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    file_number = forms.CharField(
        label=_("File number"), help_text=_("If the funder has named one already."), required=False, max_length=60
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["on"].initial = timezone.localdate


class NewDocumentForm(forms.Form):
    """One more document that is needed."""

    what = forms.CharField(label=_("Another document"), max_length=200)


class FileForm(forms.Form):
    """The file of a document."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, PNG or JPEG, at most 10 MB."),
        widget=forms.FileInput({"accept": ".pdf,.png,.jpg,.jpeg"}),
    )
