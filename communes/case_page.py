"""What the private status page says of a registration: where it is, what has happened, comes next and is missing.

Further interest (`SECOND`) reads like any other registration that has been confirmed: whoever wrote learns nothing
about the municipality's other registration or partnership.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models import Transition
from communes.models import OfferedDocument, Partnership, Registration
from communes.self_service import CAN_BE_TAKEN_BACK, partnership_of, takes_documents
from deadlines.models import Deadline
from klikks.tenancy import agency_context

Status = Registration.Status


@dataclass(frozen=True)
class Event:
    """Something that has happened, in words."""

    at: datetime
    words: str


@dataclass(frozen=True)
class CasePage:
    """All that the status page shows. `steps` are as `components/steps.html` wants them."""

    registration: Registration
    headline: str
    words: str
    steps: list[dict[str, str]]
    happened: list[Event]
    missing: list[str]
    documents: list[OfferedDocument]
    is_asked: bool
    takes_documents: bool
    can_be_taken_back: bool


def case_page(registration: Registration) -> CasePage:
    """Return the page of a registration that `find_case` has found. At most four queries, whatever has happened."""
    with agency_context(registration.agency_id):
        documents = list(registration.documents.order_by("sent_at"))
        moves, due_on = _moves(registration), _due_on(registration)
        stage = _stage(registration, moves)
        headline, words = _now(registration, stage)
        return CasePage(
            registration=registration,
            headline=headline,
            words=words,
            steps=_steps(stage),
            happened=_happened(registration, moves, documents),
            missing=_missing(registration, documents, due_on),
            documents=documents,
            is_asked=registration.status == Status.ASKED_BACK,
            takes_documents=takes_documents(registration),
            can_be_taken_back=registration.status in CAN_BE_TAKEN_BACK,
        )


def _stage(registration: Registration, moves: list[Transition]) -> str:
    """Return where the registration is, for its writer: what only staff know is left out."""
    if registration.status == Status.ACCEPTED:
        partnership = partnership_of(registration)
        return f"partnership_{partnership.status}" if partnership else "accepted"
    if registration.status == Status.SECOND:
        return "waiting_list" if _was_put_off(moves) else "in_review"
    return "in_review" if registration.status == Status.CONFIRMED else registration.status


def _was_put_off(moves: list[Transition]) -> bool:
    """Whether further interest would have gone onto the waiting list."""
    return any(move.target == Status.SECOND and move.reason for move in moves)


def _now(registration: Registration, stage: str) -> tuple[str, str]:
    """Return headline and explanation of the present stage."""
    partnership = partnership_of(registration)
    since = date_format(partnership.since, "DATE_FORMAT") if partnership and partnership.since else ""
    waits_for_backing = (
        _("Accepted: now your council decides"),
        _("As soon as we have a dated council resolution or a letter of support, you are an official partner."),
    )
    texts = {
        "in_review": (
            _("We look at your registration"),
            _("The regional manager of your state gets in touch, usually within two weeks."),
        ),
        "asked_back": (_("We have a question"), _("Please answer it below. Then we go on at once.")),
        "waiting_list": (
            _("You are on the waiting list"),
            _("We write to you as soon as registration opens again or a place is free. You need not do anything."),
        ),
        "declined": (
            _("We could not accept your registration"),
            _("You have got the reason by e-mail. If you have questions, please write to us."),
        ),
        "withdrawn": (
            _("This registration is withdrawn"),
            _("You need not do anything. If you would like to take part after all, please register again."),
        ),
        "accepted": waits_for_backing,
        "partnership_awaiting_backing": waits_for_backing,
        "partnership_official": (
            _("You are an official partner municipality"),
            _("Since %(day)s. We visit you, and together find climate patrons and first projects.") % {"day": since},
        ),
        "partnership_ended": (_("The partnership has ended"), _("Thank you for what you have done for the climate!")),
        "partnership_withdrawn": (_("The partnership has ended"), _("It ended before it became official.")),
    }
    return texts[stage]


def _steps(stage: str) -> list[dict[str, str]]:
    """Return the way to the partnership with the present step marked; nothing once it has ended."""
    at = {"in_review": 1, "asked_back": 1, "waiting_list": 1, "accepted": 2, "partnership_awaiting_backing": 2}
    at["partnership_official"] = 4
    if stage not in at:
        return []
    review = {
        "asked_back": _("We wait for your answer."),
        "waiting_list": _("When registration opens again or a place is free."),
    }
    steps = [
        (_("You confirm your address"), ""),
        (
            _("We look at your registration"),
            review.get(stage, _("The regional manager of your state gets in touch, usually within two weeks.")),
        ),
        (_("Your council backs it"), _("With a resolution or a letter of support.")),
        (_("You are an official partner"), _("We visit you, and together find climate patrons and first projects.")),
    ]
    states = ["done" if number < at[stage] else "current" if number == at[stage] else "" for number in range(4)]
    return [{"label": label, "note": note, "state": state} for (label, note), state in zip(steps, states, strict=True)]


def _missing(registration: Registration, documents: list[OfferedDocument], due_on: date | None) -> list[str]:
    """Return what the municipality still owes."""
    until = date_format(due_on, "DATE_FORMAT") if due_on else ""
    if registration.status == Status.ASKED_BACK:
        return [_("Your answer to our question, by %(day)s") % {"day": until} if until else _("Your answer")]
    partnership = partnership_of(registration)
    if partnership is None or partnership.status != Partnership.Status.AWAITING_BACKING:
        return []
    if any(document.status == OfferedDocument.Status.OFFERED for document in documents):
        return []
    wanted = _("A dated council resolution or a letter of support")
    return [_("%(document)s, by %(day)s") % {"document": wanted, "day": until} if until else wanted]


def _moves(registration: Registration) -> list[Transition]:
    """Return the moves of the registration and of its partnership."""
    kinds = ContentType.objects.get_for_models(Registration, Partnership)
    about = Q(subject_type=kinds[Registration], subject_id=registration.pk)
    if partnership := partnership_of(registration):
        about |= Q(subject_type=kinds[Partnership], subject_id=partnership.pk)
    return list(Transition.objects.filter(about).order_by("pk"))


def _due_on(registration: Registration) -> date | None:
    """Return the day by which an answer or a document is due."""
    subject: Any = partnership_of(registration) or registration
    due = Deadline.objects.open().about(subject).filter(kind=Deadline.Kind.ANSWER)
    return due.order_by("due_on").values_list("due_on", flat=True).first()


def _happened(registration: Registration, moves: list[Transition], documents: list[OfferedDocument]) -> list[Event]:
    """Return what has happened, newest first."""
    events = [Event(registration.received_at, _("You sent the registration"))]
    events += [Event(move.at, words) for move in moves if (words := _move_in_words(move))]
    if registration.status == Status.SECOND and _was_put_off(moves):
        events.append(Event(moves[0].at + timedelta(microseconds=1), _("You came onto the waiting list")))
    events += [
        Event(document.sent_at, _("You sent a document: %(name)s") % {"name": document}) for document in documents
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _move_in_words(move: Transition) -> str:
    """Say what a move means to the municipality; nothing where it only concerns the office."""
    if move.source == Status.INTERESTED and move.target in {Status.CONFIRMED, Status.SECOND}:
        return _("You confirmed your address")
    if move.source == Status.ASKED_BACK and move.target == Status.IN_REVIEW:
        return _("You answered our question")
    texts: dict[str, str] = {
        Status.IN_REVIEW: _("We began to look at it"),
        Status.ASKED_BACK: _("We asked you a question"),
        Status.WAITING_LIST: _("You came onto the waiting list"),
        Status.ACCEPTED: _("We accepted the registration"),
        Status.DECLINED: _("We declined the registration"),
        Status.WITHDRAWN: _("The registration was withdrawn"),
        Partnership.Status.OFFICIAL: _("You became an official partner"),
        Partnership.Status.ENDED: _("The partnership ended"),
    }
    return texts.get(move.target, "")
