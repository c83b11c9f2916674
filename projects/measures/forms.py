"""The form of a measure: its numbers, as its kind asks for them."""

from typing import Any, cast

from django import forms
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from projects.measures.calculation import InputsWrong, NoFactor, ask_for, best_quality, calculate, stored_numbers
from projects.measures.kinds import Choice
from projects.measures.library import KINDS
from projects.measures.units import shown
from projects.models import Measure, Saving
from projects.selectors import factor_names

QUALITIES = [
    (Saving.Quality.MEASURED, _("measured: from bills or meters")),
    (Saving.Quality.CALCULATED, _("calculated: from a planner or an offer")),
    (Saving.Quality.ESTIMATED, _("estimated")),
]


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
        choices=QUALITIES,
        initial=Saving.Quality.CALCULATED,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.way = KINDS.get(kind)
        self.wanted = self.way.inputs if self.way else ()
        for wanted in self.wanted:
            unit = shown(wanted.unit)
            label = capfirst(str(wanted.label)) + (f" ({unit})" if unit else "")
            widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "short"})
            self.fields[wanted.name] = forms.CharField(
                label=label,
                help_text=wanted.where,
                initial="" if wanted.default is None else number_format(wanted.default, force_grouping=True),
                max_length=40,
                widget=widget,
                error_messages={"required": ask_for(wanted)},
            )
        chosen = [self.way.choice] if self.way and self.way.choice else []
        for choice in chosen:
            self.fields[choice.name] = _choice_field(choice)
        names = [choice.name for choice in chosen] + [wanted.name for wanted in self.wanted]
        self.order_fields([*names, "quality", "title"])
        self._offer_qualities()

    @classmethod
    def initial_of(cls, measure: Measure) -> dict[str, str]:
        """Return a measure's values as its form shows them."""
        numbers = stored_numbers(measure.inputs)
        saving = measure.savings.filter(replaced_at__isnull=True).first()
        return {
            "title": measure.title,
            "quality": saving.quality if saving else Saving.Quality.CALCULATED,
            **measure.inputs,
            **{name: number_format(number, force_grouping=True) for name, number in numbers.items()},
        }

    @property
    def inputs(self) -> dict[str, str]:
        """The numbers as typed, and what was chosen."""
        names = [wanted.name for wanted in self.wanted]
        if self.way and self.way.choice:
            names.append(self.way.choice.name)
        return {name: self.cleaned_data.get(name, "") for name in names}

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

    def _offer_qualities(self) -> None:
        """Offer only what figures of this kind can be: a forecast is never measured."""
        if self.way is None:
            del self.fields["quality"]
            return
        field = cast(forms.ChoiceField, self.fields["quality"])
        offered = [(value, label) for value, label in QUALITIES if best_quality(self.kind, value) == value]
        field.choices = offered
        field.initial = best_quality(self.kind, Saving.Quality.CALCULATED)
        if len(offered) == 1:
            field.widget = forms.HiddenInput()


def _choice_field(choice: Choice) -> forms.ChoiceField:
    """Return the field on which one of several emission factors is chosen, by their names in the reader's language."""
    names = factor_names(choice.factors)
    options = [(key, capfirst(names[key])) for key in choice.factors if key in names]
    return forms.ChoiceField(label=choice.label, choices=[("", _("Please choose")), *options])
