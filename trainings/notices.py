"""Who is told what about a place, in the person's own language, with the link to the page of the place."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from deadlines import outbox
from deadlines.outbox import Letter
from klikks.tenancy import agency_context
from trainings.calendars.invitations import Sent, calendar_entries, dates_in_words, moment, not_told_of_change, span
from trainings.models import Enrolment


def tell(event: str, enrolments: Iterable[Enrolment], **context: Any) -> None:
    """Mail people of the context's agency what has become of their places; forgotten guests get nothing.

    `event` names the mail below `templates/mail/training/`, `context` are its further values. It brings the first
    date's entry for the calendar; each further one has a mail of its own. Each enrolment was loaded `with_people`.
    """
    reached = [enrolment for enrolment in enrolments if enrolment.email]
    entries = calendar_entries(reached)
    letters: dict[str, list[Letter]] = defaultdict(list)
    for enrolment in reached:
        first = [sent.file for sent in entries[enrolment.pk] if sent.invite.position == 0]
        letters[event].append(_letter(enrolment, context, "".join(first)))
        for sent in entries[enrolment.pk]:
            if sent.invite.position > 0:
                name = "date_off" if sent.invite.is_cancelled else "date"
                letters[name].append(_of_date(enrolment, sent))
    for name, to_all in letters.items():
        outbox.post_all(f"training/{name}", to_all)


def tell_of_slot(event: str, enrolment: Enrolment, **context: Any) -> None:
    """Mail somebody what has become of a slot of the programme; the place in the session is as it was. See `tell`."""
    if enrolment.email:
        outbox.post_all(f"training/{event}", [_letter(enrolment, context, "")])


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
            "when": moment(session.starts_at),
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
            "when": dates_in_words(session),
            "answer_by": moment(enrolment.answer_by) if enrolment.answer_by else "",
            "place": session.venue,
            "online_link": session.online_link,
            "organiser": session.agency.name,
            "link": f"{settings.BASE_URL}{enrolment.get_absolute_url()}",
            **context,
        }
    return Letter(to=enrolment.email, language=enrolment.language, context=values, subject=enrolment, calendar=calendar)


def _of_date(enrolment: Enrolment, sent: Sent) -> Letter:
    """Return the short mail that brings the entry of one further date."""
    with translation.override(enrolment.language):
        context = {"when": span(sent.invite), "number": sent.invite.position + 1}
    return _letter(enrolment, context, sent.file)
