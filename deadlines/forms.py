"""Forms of the desk's actions on deadlines and tasks."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import User


class YesForm(forms.Form):
    """An action that needs no words, only a yes."""


class MoveForm(forms.Form):
    """The new day of a deadline."""

    due_on = forms.DateField(label=_("New day"), widget=forms.DateInput())


class SkipForm(forms.Form):
    """Why a task will not be done."""

    reason = forms.CharField(label=_("Why is it skipped?"), max_length=200)


class PersonField(forms.ModelChoiceField):
    """A choice among the people of the agency who have an active account, by their names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        people = User.objects.filter(is_active=True, membership__is_active=True)
        kwargs["queryset"] = people.select_related("membership").order_by("membership__name")
        super().__init__(*args, **kwargs)

    def label_from_instance(self, user: Any) -> str:
        """Show the person's name."""
        return user.membership.name


def in_a_week() -> date:
    """Return the day on which one most often wants to come back to something."""
    return timezone.localdate() + timedelta(days=7)


class FollowUpForm(forms.Form):
    """When to come back to something, why, and who does."""

    on = forms.DateField(label=_("follow up on"), initial=in_a_week, widget=forms.DateInput())
    because = forms.CharField(label=_("because"), max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = PersonField(label=_("who"))
