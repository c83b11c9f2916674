"""Forms of the desk's actions on deadlines and tasks."""

from typing import Any

from django import forms
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
