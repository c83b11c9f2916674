"""Forms of the projects a patron leads."""

import re
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from agencies.models import Programme, Topic
from communes.models import Commune
from klikks.humans import HumanForm
from klikks.names import clean_line, clean_name
from patrons.models import Patron
from projects.calculation import InputsWrong, NoFactor, ask_for, calculate, stored_numbers
from projects.kinds import KINDS
from projects.models import Measure, Project, Saving


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


class MeasureForm(forms.Form):
    """A measure of one kind: its numbers, each with unit and where to find it, and how sure they are."""

    title = forms.CharField(
        label=_("Name of the measure"),
        help_text=_("Leave it empty to call it by its kind."),
        max_length=160,
        required=False,
    )
    quality = forms.ChoiceField(
        label=_("Where do the numbers come from?"),
        choices=[
            (Saving.Quality.MEASURED, _("measured: from bills or meters")),
            (Saving.Quality.CALCULATED, _("calculated: from a planner or an offer")),
            (Saving.Quality.ESTIMATED, _("estimated")),
        ],
        initial=Saving.Quality.CALCULATED,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.wanted = KINDS[kind].inputs if kind in KINDS else ()
        for wanted in self.wanted:
            label = f"{capfirst(str(wanted.label))} ({wanted.unit})"
            widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "short"})
            self.fields[wanted.name] = forms.CharField(
                label=label,
                help_text=wanted.where,
                max_length=40,
                widget=widget,
                error_messages={"required": ask_for(wanted)},
            )
        self.order_fields([*(wanted.name for wanted in self.wanted), "quality", "title"])
        if not self.wanted:
            del self.fields["quality"]

    @classmethod
    def initial_of(cls, measure: Measure) -> dict[str, str]:
        """Return a measure's values as its form shows them."""
        numbers = stored_numbers(measure.inputs)
        saving = measure.savings.filter(replaced_at__isnull=True).first()
        return {
            "title": measure.title,
            "quality": saving.quality if saving else Saving.Quality.CALCULATED,
            **{name: number_format(number, force_grouping=True) for name, number in numbers.items()},
        }

    @property
    def inputs(self) -> dict[str, str]:
        """The numbers as typed."""
        return {wanted.name: self.cleaned_data.get(wanted.name, "") for wanted in self.wanted}

    def clean(self) -> dict[str, Any]:
        """Try the calculation, so that each wrong number is named at its field."""
        data = super().clean() or {}
        if self.wanted:
            try:
                calculate(self.kind, self.inputs)
            except InputsWrong as wrong:
                for name in wrong.message_dict.keys() - self.errors.keys():
                    self.add_error(name, wrong.message_dict[name])
            except NoFactor as missing:
                self.add_error(None, missing)
        return data


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


class DeclineIdeaForm(forms.Form):
    """Why an idea is not taken further."""

    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("Whoever sent the idea is told this by e-mail, if there is an address."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


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
