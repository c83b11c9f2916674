"""Forms of the projects a patron leads."""

import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models.programmes import in_readers_language
from communes.models import Commune
from patrons.models import Patron
from projects.models import Measure, Project

# Whoever leads more projects than this may narrow the list.
LONG_LIST = 6


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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.cost_items.exists():
            del self.fields["investment"]


class ProjectFilterForm(forms.Form):
    """Narrows a patron's projects by topic, state and municipality."""

    topic = forms.ChoiceField(label=_("Topic"), required=False)
    status = forms.ChoiceField(label=_("State"), required=False)
    commune = forms.ChoiceField(label=_("Municipality"), required=False)

    def __init__(self, *args: Any, projects: Any, **kwargs: Any) -> None:
        """`projects` are all that the patron leads; only what is among them can be chosen."""
        super().__init__(*args, **kwargs)
        self._projects = projects
        found = list(
            projects.order_by().values_list(
                "topic", "status", "commune", "topic__name", "topic__name_en", "commune__name"
            )
        )
        self.is_useful = len(found) > LONG_LIST
        choices: dict[str, dict[Any, str]] = {
            "topic": {row[0]: in_readers_language(row[3], row[4]) for row in found},
            "status": {row[1]: str(Project.Status(row[1]).label) for row in found},
            "commune": {row[2]: row[5] for row in found},
        }
        for name, words in choices.items():
            sorted_words = sorted(words.items(), key=lambda item: item[1])
            self.fields[name].choices = [("", pgettext_lazy("filter", "all")), *sorted_words]  # type: ignore[attr-defined]

    @property
    def is_filtered(self) -> bool:
        """Whether the reader has asked for some of the projects only."""
        return any(self._asked().values())

    def narrowed(self) -> Any:
        """Return the projects that were asked for; what is not among the choices asks for nothing."""
        return self._projects.filter(**self._asked())

    def _asked(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


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
