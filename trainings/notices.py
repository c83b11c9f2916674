"""Who is told what about a place, in the person's own language, with the link to the page of the place."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from deadlines import outbox
from deadlines.outbox import Letter
from klikks.tenancy import agency_context
from trainings.calendars.invitations import calendar_entries, not_told_of_change
from trainings.models import Enrolment


def tell(event: str, enrolments: Iterable[Enrolment], **context: Any) -> None:
    """Mail people of the context's agency what has become of their places; forgotten guests get nothing.

    `event` names the mail below `templates/mail/training/`, `context` are its further values. Each enrolment was
    loaded `with_people`.
    """
    reached = [enrolment for enrolment in enrolments if enrolment.email]
    entries = calendar_entries(reached)
    letters = [_letter(enrolment, context, entries.get(enrolment.pk, "")) for enrolment in reached]
    if letters:
        outbox.post_all(f"training/{event}", letters)


def tell_organiser(enrolment: Enrolment) -> None:
    """Mail the organiser that somebody has given a place back; people of other agencies are not named."""
    session = enrolment.session
    if not session.agency.email:
        return
    with translation.override(settings.LANGUAGE_CODE):
        stranger = _("somebody of %(agency)s") % {"agency": enrolment.agency.short_name}
        values = {
            "person": str(enrolment.person) if enrolment.agency_id == session.agency_id else stranger,
            "session": session.name,
            "when": _moment(session.starts_at),
            "link": f"{settings.BASE_URL}{reverse('admin:trainings_trainingsession_change', args=[session.pk])}",
        }
    with agency_context(session.agency_id):
        outbox.post(
            "training/given_back",
            to=session.agency.email,
            language=settings.LANGUAGE_CODE,
            context=values,
            subject=session,
        )


@transaction.atomic
def tell_changes() -> int:
    """Tell people of the context's agency that time or place of a training has changed; return how many.

    What was changed in the last minutes waits, so that several corrections become one mail. Safe to run twice.
    """
    behind = not_told_of_change()
    tell("changed", behind)
    return len(behind)


def _letter(enrolment: Enrolment, context: dict[str, Any], calendar: str) -> Letter:
    session = enrolment.session
    with translation.override(enrolment.language):
        values = {
            "name": str(enrolment.person),
            "session": session.name,
            "when": _moment(session.starts_at),
            "answer_by": _moment(enrolment.answer_by) if enrolment.answer_by else "",
            "place": session.venue,
            "online_link": session.online_link,
            "organiser": session.agency.name,
            "link": f"{settings.BASE_URL}{enrolment.get_absolute_url()}",
            **context,
        }
    return Letter(to=enrolment.email, language=enrolment.language, context=values, subject=enrolment, calendar=calendar)


def _moment(at: Any) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")
