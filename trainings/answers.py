"""The answers we wait for from people to whom a place was offered, as dates of whoever has an account."""

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from deadlines.models import Deadline
from deadlines.services import set_deadline
from trainings.models import Enrolment


def expect_answer(enrolment: Enrolment, place: str, answer_by: datetime) -> None:
    """Put the answer about a place, that in the session or in a slot, among the dates of whoever has an account."""
    account = enrolment.member.user if enrolment.member else enrolment.patron.user if enrolment.patron else None
    if account is not None:
        set_deadline(
            enrolment,
            Deadline.Kind.ANSWER,
            title=_title(place, enrolment.language),
            due_on=timezone.localdate(answer_by),
            owner=account,
            lead_days=[0],
        )


def expect_no_answer(enrolment: Enrolment, place: str) -> None:
    """Note that the answer about a place has come, or is not needed any more."""
    answers_about(enrolment, place).update(done_at=timezone.now())


def answers_about(enrolment: Enrolment, place: str) -> QuerySet[Deadline]:
    """Return the open deadlines by which somebody is to answer about a place, in whichever language they were set."""
    titles = [_title(place, language) for language, _name in settings.LANGUAGES]
    return Deadline.objects.open().about(enrolment).filter(title__in=titles)


def _title(place: str, language: str) -> str:
    with translation.override(language):
        return (_("Take the place or not: %(session)s") % {"session": place})[:160]
