"""What is noted on the day of a training. Each form carries the key and the time that a device has given the note."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trainings.attendance.presence import FIRST
from trainings.attendance.services import Note, Way


class NotedForm(forms.Form):
    """Base of what may be sent late and twice: without scripts the page gives the key, and the time is now."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    noted_at = forms.DateTimeField(widget=forms.HiddenInput, required=False)
    date = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    way: str = Way.LIST

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid4

    @property
    def note(self) -> Note:
        """What is known about the note itself; only of a valid form."""
        key: UUID = self.cleaned_data.get("key") or uuid4()
        noted_at: datetime = self.cleaned_data.get("noted_at") or timezone.now()
        return Note(key=key, noted_at=noted_at, way=self.way, date=self.cleaned_data.get("date") or FIRST)


class TickForm(NotedForm):
    """Whether somebody on the list is there."""

    enrolment = forms.IntegerField(min_value=1)
    present = forms.TypedChoiceField(choices=[("1", ""), ("0", "")], coerce=lambda value: value == "1")


class WalkInForm(NotedForm):
    """Somebody who came unannounced."""

    name = forms.CharField(label=_("Name"), max_length=160)
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("The certificate and the questions about the training go there.")
    )
    organisation = forms.CharField(label=_("Municipality or organisation"), max_length=160, required=False)


class CheckInForm(NotedForm):
    """Who is there, by somebody without an account."""

    name = forms.CharField(label=_("Your name"), max_length=160, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("The one with which you registered, if you did. Your certificate goes there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    way = Way.CODE


class OneTapForm(NotedForm):
    """That somebody who has signed in is there."""

    way = Way.CODE
