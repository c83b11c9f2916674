"""What happens to deadlines: they are set by the rooms above, moved and finished by people."""

from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone

from agencies.models import User
from agencies.permissions import CHANGE, allows, require
from deadlines.models import Deadline, default_lead_days


def set_deadline(
    subject: models.Model,
    kind: str,
    *,
    title: str,
    due_on: date,
    owner: User | None,
    lead_days: list[int] | None = None,
) -> Deadline:
    """Set a deadline of an object; one that is still open with the same kind and title is moved instead.

    `lead_days` says how many days before to remind the owner (two weeks, three days and on the day if None); a
    deadline without an owner reminds the agency. The caller has checked the right to change the subject.
    """
    wanted = {
        "due_on": due_on,
        "owner": owner,
        "lead_days": default_lead_days() if lead_days is None else lead_days,
    }
    deadline, _created = Deadline.objects.open().update_or_create(
        subject_type=ContentType.objects.get_for_model(subject),
        subject_id=subject.pk,
        kind=kind,
        title=title,
        defaults=wanted,
    )
    return deadline


def rename_deadline(subject: models.Model, kind: str, *, title: str, new_title: str) -> None:
    """Give an object's open deadline another title. The caller has checked the right to change the subject."""
    _open_deadlines(subject, kind, title).update(title=new_title)


def clear_deadline(subject: models.Model, kind: str, *, title: str) -> None:
    """Note that an object's open deadline need not be kept any more. The caller has checked the right."""
    _open_deadlines(subject, kind, title).update(done_at=timezone.now())


@transaction.atomic
def move(deadline: Deadline, *, by: User, due_on: date) -> Deadline:
    """Move an open deadline to another day; its reminders come anew. Raises NotAllowed."""
    deadline = _locked(deadline, by)
    deadline.due_on = due_on
    deadline.save(update_fields=["due_on"])
    return deadline


@transaction.atomic
def finish(deadline: Deadline, *, by: User) -> Deadline:
    """Note that a deadline is done; one that was done before stays as it is. Raises NotAllowed."""
    deadline = _locked(deadline, by)
    if deadline.done_at is None:
        deadline.done_at = timezone.now()
        deadline.save(update_fields=["done_at"])
    return deadline


def _open_deadlines(subject: models.Model, kind: str, title: str) -> models.QuerySet[Deadline]:
    """Return the open deadlines of an object with this kind and title: one at most."""
    return Deadline.objects.open().filter(
        subject_type=ContentType.objects.get_for_model(subject), subject_id=subject.pk, kind=kind, title=title
    )


def _locked(deadline: Deadline, by: User) -> Deadline:
    """Return the deadline's row, locked, if `by` may change it or owns it. Raises NotAllowed."""
    if not (deadline.owner_id == by.pk and allows(by, "deadline", "finish_own")):
        require(by, "deadline", CHANGE, deadline)
    return Deadline.objects.select_for_update().get(pk=deadline.pk)
