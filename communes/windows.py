"""Participation windows and the deadline that follows each of them."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from communes.models import ParticipationWindow
from deadlines.models import Deadline
from deadlines.services import Due, keep_deadline, keep_deadlines
from klikks.tenancy import current_agency_id


def keep_deadline_of(window: ParticipationWindow) -> None:
    """Let the agency be reminded before a window closes. The caller has checked the right to change the window."""
    due_on = window.closes_on if window.closes_on >= timezone.localdate() else None
    keep_deadline(window, Deadline.Kind.WINDOW, title=str(window)[:160], due_on=due_on, owner=None)


def keep_dates() -> None:
    """Let the agency of the context be reminded of all its windows, also of those that no page of ours has saved."""
    windows = ParticipationWindow.objects.filter(agency=current_agency_id(), closes_on__gte=timezone.localdate())
    dues = [Due(each.pk, str(each), each.closes_on) for each in windows.select_related("programme", "agency")]
    keep_deadlines(ParticipationWindow, Deadline.Kind.WINDOW, dues)


def move_with_deadline(deadline: Deadline) -> None:
    """Move the last day of the window behind a deadline, because somebody has moved the deadline.

    Raises ValidationError when the window would end before it opens, or overlap with another one.
    """
    window = ParticipationWindow.objects.select_for_update().get(pk=deadline.subject_id or 0)
    if deadline.due_on < window.opens_on:
        raise ValidationError({"due_on": _("The window opens later than this day.")})
    window.closes_on = deadline.due_on
    window.full_clean()
    window.save(update_fields=["closes_on"])
