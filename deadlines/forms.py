"""Forms of the desk's actions on deadlines and tasks."""

from datetime import date, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from deadlines.mail_kinds import CHOSEN
from deadlines.mail_settings import check_hours
from deadlines.models import MailSettings, ReminderSettings


class HourInput(forms.TimeInput):
    """A time of the day, with the device's own picker."""

    input_type = "time"


class MoveForm(forms.Form):
    """The new day of a deadline, and the day on which the mover saw it."""

    due_on = forms.DateField(label=_("New day"), widget=forms.DateInput())
    seen = forms.DateField(required=False, widget=forms.HiddenInput())


class SnoozeForm(forms.Form):
    """Until when to be silent about a deadline."""

    until = forms.DateField(
        label=_("Remind me again on"),
        help_text=_("Until then nobody is reminded. The deadline itself stays where it is."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class DaysField(SimpleArrayField):
    """A list of days, typed as numbers with commas between them; nothing typed means: as it is set elsewhere."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(forms.IntegerField(min_value=0, max_value=365), required=False, max_length=10, **kwargs)

    def clean(self, value: Any) -> Any:
        """Return the days without doubles, the longest first."""
        return sorted(set(super().clean(value)), reverse=True) or None

    def prepare_value(self, value: Any) -> Any:
        """Show the days as people write them."""
        return ", ".join(map(str, value)) if isinstance(value, list) else value


class RemindersForm(forms.Form):
    """When reminders come."""

    lead_days = DaysField(
        label=_("Remind how many days before"),
        help_text=_("Numbers with commas, such as “14, 3, 0”; 0 is the day itself. Empty: as it was set for you."),
    )
    avoid = forms.ChoiceField(
        label=_("Days to avoid"),
        choices=[("", _("as it was set for you")), *ReminderSettings.Avoid.choices],
        required=False,
        help_text=_("A reminder that falls on such a day comes on the last working day before."),
    )


class OwnRemindersForm(RemindersForm):
    """When somebody's own reminders come, and when somebody else gets them."""

    away_from = forms.DateField(
        label=_("Away from"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    away_until = forms.DateField(
        label=_("Away until"),
        required=False,
        help_text=_("In this time your stand-in is reminded instead of you; without one, your agency."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean(self) -> dict[str, Any]:
        """Want both days or none, in their order."""
        data = super().clean() or self.cleaned_data
        first, last = data.get("away_from"), data.get("away_until")
        if bool(first) != bool(last) and not self.errors:
            self.add_error("away_until" if first else "away_from", _("Please give both days, or neither."))
        elif first and last and last < first:
            self.add_error("away_until", _("This day lies before the first one."))
        return data


class AgencyRemindersForm(RemindersForm):
    """When the reminders of an agency come, and when its administrators hear of what is overdue."""

    escalate_days = DaysField(
        label=_("Tell the administrators how many days after"),
        help_text=_("Of a deadline that is overdue, once for each of these days. Empty: 7 and 21 days after."),
    )


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


class QuietHoursForm(forms.ModelForm):
    """The hours in which no mails come."""

    class Meta:
        model = MailSettings
        fields: tuple[str, ...] = ("quiet_from", "quiet_until")
        widgets = dict.fromkeys(fields, HourInput(format="%H:%M"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag, self.helper.disable_csrf = False, True
        self.helper.layout = Layout(self.hours())

    def clean(self) -> dict[str, Any]:
        """Ask for both ends of the hours, or none."""
        typed: dict[str, Any] = super().clean() or {}
        if {"quiet_from", "quiet_until"} <= typed.keys():
            check_hours(typed["quiet_from"], typed["quiet_until"])
        return typed

    def hours(self) -> Fieldset:
        """Return the place of the hours in the form."""
        return Fieldset(_("Quiet hours"), "quiet_from", "quiet_until")


class MailSettingsForm(QuietHoursForm):
    """How often each kind of mail comes, and the hours in which none does."""

    class Meta(QuietHoursForm.Meta):
        fields = (*(kind.name for kind in CHOSEN), *QuietHoursForm.Meta.fields)
        widgets = {**QuietHoursForm.Meta.widgets, **{kind.name: forms.RadioSelect for kind in CHOSEN}}

    def __init__(self, *args: Any, agency: MailSettings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in CHOSEN:
            self.fields[kind.name].label = str(kind.label)
            self.fields[kind.name].help_text = str(kind.explained)
        if agency.quiet_from is not None and agency.quiet_until is not None:
            self.fields["quiet_until"].help_text = _(
                "Left empty, those of your agency hold: %(begin)s to %(end)s. The same time twice means no quiet hours."
            ) % {"begin": time_format(agency.quiet_from), "end": time_format(agency.quiet_until)}
        self.helper.layout = Layout(Fieldset(_("How often"), *(kind.name for kind in CHOSEN)), self.hours())
