"""Forms of the projects a patron leads."""

import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from patrons.models import Patron
from projects.models import Measure, Project


class DayInput(forms.DateInput):
    """The browser's own field for a day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class EuroField(forms.DecimalField):
    """An amount; the sign people write behind it is no mistake."""

    def to_python(self, value: Any) -> Any:
        """Return the amount without "€" or "Euro"."""
        if isinstance(value, str):
            value = re.sub(r"\s*(€|eur|euro)\s*$", "", value, flags=re.IGNORECASE)
        return super().to_python(value)


class ProjectForm(forms.ModelForm):
    """What a patron says about a project."""

    investment = EuroField(
        label=_("Estimated cost in euro"),
        help_text=_("All that will be paid, before funding. Leave it empty if you do not know yet."),
        required=False,
        localize=True,
        min_value=0,
        max_digits=14,
        decimal_places=2,
    )

    class Meta:
        model = Project
        fields: tuple[str, ...] = ("title", "topic", "description", "starts_on", "ends_on", "investment")
        widgets = {
            "starts_on": DayInput(),
            "ends_on": DayInput(),
            "description": forms.Textarea(attrs={"rows": 5}),
            "public_summary": forms.Textarea(attrs={"rows": 4}),
        }
        labels = {"title": _("What is the project called?"), "ends_on": _("Planned end")}
        help_texts = {
            "title": _("A few words that everybody in the place understands."),
            "description": _("What is to be done, why, and who helps?"),
            "ends_on": _("We remind you two weeks before, three days before, and on the day."),
            "public_summary": _("Two or three sentences for citizens. Your agency reads them before they are shown."),
        }

    def __init__(self, *args: Any, patron: Patron, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"] = forms.ModelChoiceField(
            patron.programme.topics.all(), label=_("Topic"), empty_label=_("Please choose")
        )
        self.fields["investment"].widget.attrs["inputmode"] = "decimal"

    def clean(self) -> dict[str, Any]:
        """Check the order of the two days."""
        data = super().clean() or {}
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", _("The planned end lies before the start."))
        return data


class NewProjectForm(ProjectForm):
    """A new project; asks for the municipality where the patron serves several."""

    def __init__(self, *args: Any, communes: list[Commune], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(communes) > 1:
            choices = Commune.objects.filter(pk__in=[commune.pk for commune in communes])
            self.fields["commune"] = forms.ModelChoiceField(
                choices, label=_("Municipality"), empty_label=_("Please choose")
            )
            self.order_fields(["commune"])


class ChangedProjectForm(ProjectForm):
    """A project that is there already, with the summary for the public."""

    class Meta(ProjectForm.Meta):
        fields = (*ProjectForm.Meta.fields, "public_summary")


class MoveForm(forms.Form):
    """A few words on the way to the next state."""

    reason = forms.CharField(
        label=_("A note for later readers"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class DropForm(forms.Form):
    """Why something is given up."""

    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("Others learn from it. Only your agency reads this."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class FinishForm(forms.Form):
    """When a project was done, and which of its measures."""

    on = forms.DateField(label=_("Done on"), widget=DayInput())

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        planned = project.measures.filter(status=Measure.Status.PLANNED)
        self.fields["on"].initial = timezone.localdate
        if planned:
            self.fields["measures"] = forms.ModelMultipleChoiceField(
                planned,
                label=_("These measures are done as well"),
                help_text=_("Only measures that are done count in the figures."),
                required=False,
                initial=list(planned),
                widget=forms.CheckboxSelectMultiple,
            )
