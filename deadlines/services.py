"""What happens to deadlines and tasks: set by the rooms above, moved, finished and skipped by people."""

from datetime import date

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.permissions import ADD, CHANGE, allows, require
from deadlines.models import Deadline, Task, default_lead_days


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


def keep_deadline(subject: models.Model, kind: str, *, title: str, due_on: date | None, owner: User | None) -> None:
    """Let an object have one open deadline of a kind: moved and renamed where there is one, cleared without a day.

    Who owns it already goes on owning it. The caller has checked the right to change the subject.
    """
    ours = Deadline.objects.open().filter(
        subject_type=ContentType.objects.get_for_model(subject), subject_id=subject.pk, kind=kind
    )
    if due_on is None:
        ours.update(done_at=timezone.now())
    elif not ours.update(title=title, due_on=due_on):
        set_deadline(subject, kind, title=title, due_on=due_on, owner=owner)


@transaction.atomic
def follow_up(subject: models.Model, *, by: User, on: date, because: str, owner: User | None = None) -> Deadline:
    """Remember to come back to an object of any room on a day, and why; `owner` is whoever asks if None.

    Raises NotAllowed, and ValidationError for a day that has passed.
    """
    require(by, "deadline", ADD)
    if on < timezone.localdate():
        raise ValidationError({"on": _("This day has passed already.")})
    title = _("Follow up: %(what)s") % {"what": f"{subject}, {because}"}
    return set_deadline(subject, Deadline.Kind.FOLLOW_UP, title=title[:160], due_on=on, owner=owner or by)


def rename_deadline(subject: models.Model, kind: str, *, title: str, new_title: str) -> None:
    """Give an object's open deadline another title. The caller has checked the right to change the subject."""
    _open_deadlines(subject, kind, title).update(title=new_title)


def clear_deadline(subject: models.Model, kind: str, *, title: str) -> None:
    """Note that an object's open deadline need not be kept any more. The caller has checked the right."""
    _open_deadlines(subject, kind, title).update(done_at=timezone.now())


def clear_deadlines(subject: models.Model) -> None:
    """Note that none of an object's open deadlines need be kept any more. The caller has checked the right."""
    about = ContentType.objects.get_for_model(subject)
    Deadline.objects.open().filter(subject_type=about, subject_id=subject.pk).update(done_at=timezone.now())


@transaction.atomic
def move(deadline: Deadline, *, by: User, due_on: date) -> Deadline:
    """Move an open deadline to another day; its reminders come anew.

    Raises NotAllowed, and ValidationError when the deadline is done.
    """
    require(by, "deadline", CHANGE, deadline)
    deadline = Deadline.objects.select_for_update().get(pk=deadline.pk)
    if deadline.done_at is not None:
        raise ValidationError(_("“%(title)s” is done and cannot be moved any more.") % {"title": deadline.title})
    deadline.due_on = due_on
    deadline.save(update_fields=["due_on"])
    return deadline


@transaction.atomic
def finish(deadline: Deadline, *, by: User) -> Deadline:
    """Note that a deadline is done; one that was done before stays as it is.

    Whoever owns it may do so, and staff who may change deadlines. Raises NotAllowed.
    """
    if not (deadline.owner_id == by.pk and allows(by, "deadline", "finish_own")):
        require(by, "deadline", CHANGE, deadline)
    deadline = Deadline.objects.select_for_update().get(pk=deadline.pk)
    if deadline.done_at is None:
        deadline.done_at = timezone.now()
        deadline.save(update_fields=["done_at"])
        _tell_its_room(deadline)
    return deadline


@transaction.atomic
def finish_task(task: Task, *, by: User) -> Task:
    """Note that a task is done; one that is done or was skipped before stays as it is. Raises NotAllowed."""
    return _close_task(task, by, Task.Status.DONE)


@transaction.atomic
def skip_task(task: Task, *, by: User, reason: str) -> Task:
    """Note that a task will not be done, and why; one that is done already stays as it is.

    Raises NotAllowed, and ValidationError without a reason.
    """
    if not reason.strip():
        raise ValidationError(_("Please say in a few words why this is skipped."))
    return _close_task(task, by, Task.Status.SKIPPED, reason.strip())


def _tell_its_room(deadline: Deadline) -> None:
    """Let the room whose object the deadline is about note that it is done; the setting names its function."""
    about = deadline.subject_type.model_class() if deadline.subject_type else None
    if about and (name := settings.DEADLINE_DONE.get(about._meta.label_lower)):
        import_string(name)(deadline)


def _close_task(task: Task, by: User, status: str, reason: str = "") -> Task:
    """Close an open task."""
    require(by, "task", CHANGE, task)
    task = Task.objects.select_for_update().get(pk=task.pk)
    if task.status == Task.Status.OPEN:
        task.status, task.reason = status, reason
        task.save(update_fields=["status", "reason"])
    return task


def _open_deadlines(subject: models.Model, kind: str, title: str) -> models.QuerySet[Deadline]:
    """Return the open deadlines of an object with this kind and title: one at most."""
    return Deadline.objects.open().filter(
        subject_type=ContentType.objects.get_for_model(subject), subject_id=subject.pk, kind=kind, title=title
    )
