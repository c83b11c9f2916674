"""Forms of phase plans: the days of a plan's milestones, by how much to shift, why to end."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deadlines.models import PhasePlan, PlanMilestone

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class MilestoneDayForm(forms.Form):
    """The new day of a milestone, and the day on which the mover saw it."""

    on = forms.DateField(label=_("New day"), widget=DAY)
    seen = forms.DateField(required=False, widget=forms.HiddenInput())


class ShiftForm(forms.Form):
    """By how many days all running plans are shifted."""

    days = forms.IntegerField(
        label=_("Shift by how many days"),
        min_value=-1000,
        max_value=1000,
        help_text=_("Less than 0: earlier. All milestones and open tasks of all running plans of your agency move."),
    )


class EndForm(forms.Form):
    """Why a running plan ends."""

    reason = forms.CharField(
        label=_("Why does it end?"), max_length=200, help_text=_("Its open tasks are skipped with this reason.")
    )


class ApplyForm(forms.Form):
    """When a plan starts, and on which day each of its milestones falls.

    `plans` are those that may be chosen; with only one its milestones are asked for too.
    """

    def __init__(self, *args: Any, plans: list[PhasePlan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plans = {str(plan.pk): plan for plan in plans}
        if len(plans) > 1:
            choices = [(key, f"{plan} ({plan.programme})") for key, plan in self.plans.items()]
            self.fields["plan"] = forms.ChoiceField(label=_("Phase plan"), choices=choices)
        self.fields["start"] = forms.DateField(label=_("Start"), widget=DAY, initial=timezone.localdate)
        self.milestones = list(PlanMilestone.objects.filter(plan=plans[0])) if len(plans) == 1 else []
        for milestone in self.milestones:
            self.fields[f"milestone-{milestone.pk}"] = forms.DateField(
                label=str(milestone), required=False, widget=DAY, help_text=_("Empty: as the plan suggests.")
            )

    def chosen(self) -> tuple[PhasePlan, dict[int | None, date]]:
        """Return the plan and the days that were typed, by the keys of its milestones; that of the start under None."""
        data = self.cleaned_data
        plan = self.plans[data["plan"]] if "plan" in data else next(iter(self.plans.values()))
        days = {each.pk: data[f"milestone-{each.pk}"] for each in self.milestones}
        return plan, {None: data["start"], **{key: day for key, day in days.items() if day}}
