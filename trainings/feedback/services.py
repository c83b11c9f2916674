"""Feedback: people are asked two days after a training, answer without a name, and nobody reads a single answer.

What is published, is published in steps of `STEP`: the sixth answer changes nothing before the tenth has come, so that
nobody finds out what it says by comparing before and after. What is left over at the end is deleted unread.
"""

import secrets
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from deadlines import outbox
from deadlines.outbox import Letter
from klikks import links
from klikks.locks import one_at_a_time
from klikks.tenancy import agency_context, current_agency_id
from trainings.feedback.models import FeedbackAnswer, FeedbackComment, FeedbackRequest, FeedbackSlip, Ratings
from trainings.models import Enrolment, TrainingSession

Row = TypeVar("Row", FeedbackSlip, FeedbackComment)

PURPOSE = "training-feedback"
# Fewer answers than this hide nobody.
STEP = 5
ASK_AFTER, ASK_UNTIL, ANSWER_WITHIN = timedelta(days=2), timedelta(days=14), timedelta(days=30)
SLIPS_KEPT = timedelta(days=60)


class AnsweredAlready(ValidationError):
    """The person has answered before: every answer counts once."""


class TooLate(ValidationError):
    """The time to answer is over."""


@transaction.atomic
def ask() -> int:
    """Ask people of the context's agency who attended a training two days ago; return how many. Safe to run twice.

    Whoever was noted late is asked late, up to two weeks after the training; people without an address never.
    """
    today = timezone.localdate()
    ended = (_start_of(today - ASK_UNTIL), _start_of(today - ASK_AFTER + timedelta(days=1)))
    attended = Enrolment.objects.with_people().filter(
        status=Enrolment.Status.ATTENDED,
        session__over_at__gte=ended[0],
        session__over_at__lt=ended[1],
        feedback_request=None,
    )
    people = [one for one in attended.select_for_update(of=("self",), skip_locked=True).order_by("pk") if one.email]
    requests = FeedbackRequest.objects.bulk_create(
        FeedbackRequest(agency_id=one.agency_id, enrolment=one) for one in people
    )
    if requests:
        outbox.post_all("training/feedback", [_letter(request) for request in requests])
    return len(requests)


def find(token: str) -> FeedbackRequest:
    """Return the request that a mailed link names, with its session.

    Raises LinkInvalid, AnsweredAlready or TooLate, each with words for the reader.
    """
    link = links.read(PURPOSE, token, max_age=timedelta(days=365))
    with agency_context(link.agency_id):
        request = FeedbackRequest.objects.select_related("enrolment__session__series").filter(pk=link.pk).first()
    if request is None or request.asked_at + ANSWER_WITHIN < timezone.now():
        raise TooLate(_("The time to answer is over. Thank you for wanting to!"))
    if request.has_answered:
        raise AnsweredAlready(_("You have answered already. Thank you!"))
    return request


@transaction.atomic
def answer(token: str, *, good: str = "", better: str = "", **ratings: int) -> None:
    """Put an answer into the closed box of its training, and note apart that this person has answered.

    `ratings` are one number from 1 to 5 for each of `Ratings.QUESTIONS`. Raises what `find` raises.
    """
    request = find(token)
    with agency_context(request.agency_id):
        # Only who is the first to turn the mark may answer.
        if not FeedbackRequest.objects.filter(pk=request.pk, has_answered=False).update(has_answered=True):
            raise AnsweredAlready(_("You have answered already. Thank you!"))
    session = request.enrolment.session
    with agency_context(session.agency_id):
        FeedbackSlip.objects.create(session=session, good=good.strip(), better=better.strip(), **ratings)
        publish(session)


@transaction.atomic
def publish(session: TrainingSession) -> int:
    """Publish slips of a session of the context's agency in groups of `STEP`; return how many.

    Which slips, and in which order they are written, is left to chance; slip and answer have nothing in common. What
    stays in the box is written anew as well, so that the database does not know a slip by the transaction which also
    noted that somebody has answered.
    """
    one_at_a_time(session)
    in_box = FeedbackSlip.objects.filter(session=session)
    slips = _shuffled(list(in_box))
    in_box.delete()
    count = len(slips) - len(slips) % STEP
    chosen, kept = slips[:count], slips[count:]
    FeedbackSlip.objects.bulk_create(_again(slip) for slip in kept)
    FeedbackAnswer.objects.bulk_create(
        FeedbackAnswer(
            agency_id=slip.agency_id, session=session, **{name: getattr(slip, name) for name in Ratings.QUESTIONS}
        )
        for slip in chosen
    )
    FeedbackComment.objects.bulk_create(_shuffled(_comments(chosen)))
    return len(chosen)


def forget_slips() -> int:
    """Delete what is left in the closed boxes of the context's agency when nobody can answer any more."""
    old = FeedbackSlip.objects.filter(session__over_at__lt=timezone.now() - SLIPS_KEPT)
    return old.delete()[0]


def _letter(request: FeedbackRequest) -> Letter:
    enrolment = request.enrolment
    path = reverse("trainings:feedback", args=[links.sign(PURPOSE, request.agency_id, request.pk)])
    with translation.override(enrolment.language):
        values: dict[str, Any] = {
            "name": str(enrolment.person),
            "session": enrolment.session.name,
            "until": date_format(timezone.localdate(request.asked_at + ANSWER_WITHIN), "DATE_FORMAT"),
            "link": settings.BASE_URL + path,
        }
    return Letter(to=enrolment.email, language=enrolment.language, context=values, subject=enrolment)


def _comments(slips: Iterable[FeedbackSlip]) -> list[FeedbackComment]:
    return [
        FeedbackComment(id=uuid4(), agency_id=current_agency_id(), session_id=slip.session_id, about=about, text=text)
        for slip in slips
        for about in FeedbackComment.About
        if (text := getattr(slip, about))
    ]


def _again(slip: FeedbackSlip) -> FeedbackSlip:
    """Return the same slip as a row that has nothing in common with the one before."""
    ratings = {name: getattr(slip, name) for name in Ratings.QUESTIONS}
    return FeedbackSlip(
        id=uuid4(), agency_id=slip.agency_id, session_id=slip.session_id, good=slip.good, better=slip.better, **ratings
    )


def _shuffled(rows: list[Row]) -> list[Row]:
    secrets.SystemRandom().shuffle(rows)
    return rows


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
