"""The form of a measure: its numbers, as its kind asks for them."""

from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from projects.measures.calculation import InputsWrong, NoFactor, ask_for, calculate, stored_numbers
from projects.measures.kinds import KINDS
from projects.models import Measure, Saving


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
