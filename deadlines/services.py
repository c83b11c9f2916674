"""What happens to deadlines and tasks: set by the rooms above, moved, finished and skipped by people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.permissions import ADD, CHANGE, allows, require
from deadlines.models import Deadline, ReminderSettings, Task
from deadlines.reminders import remind_anew
from klikks.tenancy import current_agency_id

LONGEST_SILENCE = timedelta(days=14)


@dataclass(frozen=True)
class Due:
    """What a rule wants to be remembered of an object: its primary key, in which words, when, and by whom."""

    subject_id: int
    title: str
    on: date
    owner: User | None = None


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

    `lead_days` says how many days before to remind the owner (if None, as the owner or the agency has set it); a
    deadline without an owner reminds the agency. The caller has checked the right to change the subject.
    """
    wanted: dict[str, Any] = {"due_on": due_on, "owner": owner}
    if lead_days is not None:
        wanted["lead_days"] = lead_days
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
    ours = Deadline.objects.open().about(subject).filter(kind=kind)
    if due_on is None:
        ours.update(done_at=timezone.now())
    elif not ours.update(title=title, due_on=due_on):
        set_deadline(subject, kind, title=title, due_on=due_on, owner=owner)


@transaction.atomic
def keep_deadlines(
    model: type[models.Model],
    kind: str,
    wanted: Iterable[Due],
    *,
    notice: timedelta | None = timedelta(),
    lead_days: list[int] | None = None,
) -> list[Deadline]:
    """Let the objects of a model have exactly these open deadlines of a kind, one each; return the new ones.

    Beat calls it daily, for what follows from a rule. New ones are due in `notice` at the earliest, so that nobody is
    surprised by what has been due for long, and whoever owns a deadline goes on owning it; with None each is due on the
    day and owned by the one that is named. What was ticked off stays so until the rule names a later day. Five queries,
    and one more for each deadline that moves.
    """
    Agency.objects.select_for_update(no_key=True).get(pk=current_agency_id())  # two runs at once: one after the other
    about = ContentType.objects.get_for_model(model)
    known = Deadline.objects.filter(subject_type=about, kind=kind).order_by("due_on")
    done = dict(known.filter(done_at__isnull=False).values_list("subject_id", "due_on"))
    kept = {
        deadline.subject_id: deadline
        for deadline in known.open().select_related("owner").select_for_update(of=("self",))
    }
    soonest = date.min if notice is None else timezone.localdate() + notice
    new, named = [], set()
    for due in wanted:
        deadline = kept.get(due.subject_id)
        on = max(due.on, deadline.due_on if deadline and deadline.due_on <= soonest else soonest)
        if deadline is not None:
            named.add(due.subject_id)
            owner = due.owner if notice is None and due.owner else deadline.owner
            if (deadline.title, deadline.due_on, deadline.owner) != (due.title[:160], on, owner):
                deadline.title, deadline.due_on, deadline.owner = due.title[:160], on, owner
                deadline.save(update_fields=["title", "due_on", "owner"])
        elif due.subject_id not in done or done[due.subject_id] < due.on:
            new.append(
                Deadline(
                    agency_id=current_agency_id(),
                    subject_type=about,
                    subject_id=due.subject_id,
                    kind=kind,
                    title=due.title[:160],
                    due_on=on,
                    owner=due.owner,
                    lead_days=lead_days,
                )
            )
    Deadline.objects.bulk_create(new)
    over = [deadline.pk for key, deadline in kept.items() if key not in named]
    Deadline.objects.filter(pk__in=over).update(done_at=timezone.now())
    return new


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
    Deadline.objects.open().about(subject).update(done_at=timezone.now())


@transaction.atomic
def move(deadline: Deadline, *, by: User, due_on: date, seen: date | None = None) -> Deadline:
    """Move an open deadline to another day, and with it what it is about; its reminders come anew.

    `seen` is the day on which the mover saw it: whoever comes second is told. Raises NotAllowed, and ValidationError
    when the deadline is done, was moved meanwhile, or its room refuses the day.
    """
    require(by, "deadline", CHANGE, deadline)
    deadline = _locked_open(deadline)
    if seen is not None and deadline.due_on not in {seen, due_on}:
        day = date_format(deadline.due_on)
        raise ValidationError(
            _("Somebody has moved this to %(day)s meanwhile. Please look whether that suits you.") % {"day": day}
        )
    if deadline.due_on != due_on:
        deadline.due_on = due_on
        deadline.save(update_fields=["due_on"])
        try:
            _tell_its_room(deadline, settings.DEADLINE_MOVED)
        except ValidationError as refusal:  # the room speaks of its own fields, the mover has typed this day only
            raise ValidationError({"due_on": refusal.messages}) from None
    return deadline


def moves_more(deadline: Deadline) -> bool:
    """Whether something else moves with the deadline."""
    about = deadline.subject_type.model_class() if deadline.subject_type else None
    return about is not None and about._meta.label_lower in settings.DEADLINE_MOVED


@transaction.atomic
def snooze(deadline: Deadline, *, by: User, until: date) -> Deadline:
    """Be silent about an open deadline until a day, on which its owner is reminded once more.

    Whoever owns it may do so, and staff who may change deadlines. What is not due yet may be silent until its day,
    what is overdue for two weeks. Raises NotAllowed, and ValidationError for another day or when it is done.
    """
    _require_own(deadline, by, "snooze_own")
    deadline = _locked_open(deadline)
    today = timezone.localdate()
    last = deadline.due_on if deadline.due_on > today else today + LONGEST_SILENCE
    if not today < until <= last:
        raise ValidationError(
            {"until": _("Please choose a day after today, %(day)s at the latest.") % {"day": date_format(last)}}
        )
    deadline.snoozed_until = deadline.remind_on = until
    deadline.save(update_fields=["snoozed_until", "remind_on"])
    return deadline


@transaction.atomic
def finish(deadline: Deadline, *, by: User) -> Deadline:
    """Note that a deadline is done; one that was done before stays as it is.

    Whoever owns it or stands in may do so, and staff who may change deadlines. Raises NotAllowed.
    """
    _require_own(deadline, by, "finish_own")
    deadline = Deadline.objects.select_for_update().get(pk=deadline.pk)
    if deadline.done_at is None:
        deadline.done_at = timezone.now()
        deadline.save(update_fields=["done_at"])
        _tell_its_room(deadline, settings.DEADLINE_DONE)
    return deadline


def close_with_deadline(deadline: Deadline) -> None:
    """Note that the task behind a deadline is done, because somebody has ticked the deadline off."""
    Task.objects.open().filter(pk=deadline.subject_id or 0).update(status=Task.Status.DONE)


def move_with_deadline(deadline: Deadline) -> None:
    """Move the task behind a deadline, because somebody has moved the deadline."""
    task = Task.objects.open().filter(pk=deadline.subject_id or 0).select_related("milestone").first()
    if task is not None:
        task.due_on = deadline.due_on
        if task.milestone:
            task.days = (task.due_on - task.milestone.on).days
        task.save(update_fields=["due_on", "days"])


def refuse_to_move(deadline: Deadline) -> None:
    """Let nobody move what follows from a rule. Raises ValidationError."""
    if deadline.kind in Deadline.BY_RULE:
        raise ValidationError(
            _("This day follows from the agency's rules for retention and moves only when it is renewed.")
        )


def close_passed_dates() -> int:
    """Note that dates have passed that nobody had to keep, in the context's agency; return how many."""
    passed = Deadline.objects.open().filter(kind__in=Deadline.PASSING, due_on__lt=timezone.localdate())
    return passed.update(done_at=timezone.now())


@transaction.atomic
def change_settings(settings_of: ReminderSettings, *, by: User, **wanted: Any) -> ReminderSettings:
    """Change when reminders come, for the agency or for a person; open deadlines follow.

    `wanted` are fields of ReminderSettings. Everybody may change their own. Raises NotAllowed.
    """
    if not (settings_of.user_id == by.pk and allows(by, "remindersettings", "change_own")):
        require(by, "remindersettings", CHANGE, settings_of)
    for name, value in wanted.items():
        setattr(settings_of, name, value)
    settings_of.full_clean(exclude=["agency"])
    settings_of.save()
    remind_anew(settings_of.user)
    return settings_of


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


def _tell_its_room(deadline: Deadline, functions: Mapping[str, str]) -> None:
    """Let the room whose object the deadline is about follow it; the setting names its function."""
    about = deadline.subject_type.model_class() if deadline.subject_type else None
    if about and (name := functions.get(about._meta.label_lower)):
        import_string(name)(deadline)


def _require_own(deadline: Deadline, by: User, action: str) -> None:
    """Let whoever owns the deadline or stands in do something with it, and staff. Raises NotAllowed."""
    if not (by.pk in {deadline.owner_id, deadline.stand_in_id} and allows(by, "deadline", action)):
        require(by, "deadline", CHANGE, deadline)


def _locked_open(deadline: Deadline) -> Deadline:
    """Return a deadline's row, locked. Raises ValidationError when it is done."""
    deadline = Deadline.objects.select_for_update().get(pk=deadline.pk)
    if deadline.done_at is not None:
        raise ValidationError(_("“%(title)s” is done and cannot be moved any more.") % {"title": deadline.title})
    return deadline


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
    return Deadline.objects.open().about(subject).filter(kind=kind, title=title)
