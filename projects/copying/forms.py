"""Forms in which a project is copied to another municipality."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communes.models import Commune, Partnership


class CopyForm(forms.Form):
    """What the new project is called; the municipality is asked for where the patron serves several."""

    title = forms.CharField(label=_("What is the project called?"), max_length=160)

    def __init__(self, *args: Any, communes: list[Commune], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(communes) > 1:
            choices = Commune.objects.filter(pk__in=[commune.pk for commune in communes])
            self.fields["commune"] = forms.ModelChoiceField(
                choices, label=_("Municipality"), empty_label=_("Please choose")
            )


class PartnerChoice(forms.ModelChoiceField):
    """A choice of partner municipalities, each named with its programme."""

    def label_from_instance(self, partnership: Any) -> str:
        """Name the municipality and the programme."""
        return f"{partnership.commune} ({partnership.programme})"


class DeskCopyForm(forms.Form):
    """What the new project is called, and to which partner municipality it goes."""

    partnership = PartnerChoice(
        Partnership.objects.none(),
        label=_("municipality"),
        help_text=_("Partner municipalities of your agency."),
        empty_label=_("Please choose"),
    )
    title = forms.CharField(label=_("title"), max_length=160)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        partnerships = Partnership.objects.open().select_related("commune", "programme")
        self.fields["partnership"].queryset = partnerships.order_by("commune__search_name")  # type: ignore[attr-defined]
