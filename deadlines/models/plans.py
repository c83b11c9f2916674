"""Phase plans: templates of tasks by phase, and the dated tasks of people."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Phase, Programme, User
from deadlines.models.deadlines import how_far
from deadlines.models.subject import SubjectModel
from klikks.history import tracked
from klikks.tenancy import AgencyManager, AgencyModel, AgencyQuerySet


class PhasePlan(models.Model):
    """A programme's template of tasks by phase."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="phase_plans", verbose_name=_("programme")
    )
    title = models.CharField(_("title"), max_length=160)

    class Meta:
        verbose_name = _("phase plan")
        verbose_name_plural = _("phase plans")

    def __str__(self) -> str:
        return self.title


class PlannedTask(models.Model):
    """A task of a phase plan, due some days after the plan's milestone."""

    plan = models.ForeignKey(PhasePlan, on_delete=models.CASCADE, related_name="tasks", verbose_name=_("phase plan"))
    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, related_name="+", verbose_name=_("phase"))
    title = models.CharField(_("title"), max_length=160)
    days = models.SmallIntegerField(_("days after the milestone"), default=0)

    class Meta:
        verbose_name = _("planned task")
        verbose_name_plural = _("planned tasks")
        ordering: ClassVar = ["days", "pk"]

    def __str__(self) -> str:
        return self.title


# A task with a day is a date like any other: a deadline of its own follows it, be the change plain SQL.
FOLLOW_TASK = """
IF TG_OP = 'UPDATE' OR NEW.due_on IS NOT NULL THEN
    UPDATE deadlines_deadline
    SET title = NEW.title, due_on = coalesce(NEW.due_on, due_on), owner_id = NEW.owner_id,
        done_at = CASE WHEN NEW.status = 'open' AND NEW.due_on IS NOT NULL THEN NULL ELSE coalesce(done_at, now()) END
    WHERE subject_type_id = deadlines_task_type() AND subject_id = NEW.id AND kind = 'task';
    IF NOT FOUND AND NEW.status = 'open' AND NEW.due_on IS NOT NULL THEN
        INSERT INTO deadlines_deadline
            (agency_id, subject_type_id, subject_id, kind, title, due_on, owner_id, created_at)
        VALUES (NEW.agency_id, deadlines_task_type(), NEW.id, 'task', NEW.title, NEW.due_on, NEW.owner_id, now());
    END IF;
END IF;
RETURN NULL;
"""
FORGET_TASK = """
DELETE FROM deadlines_deadline
WHERE subject_type_id = deadlines_task_type() AND subject_id = OLD.id AND kind = 'task';
RETURN NULL;
"""


class TaskQuerySet(AgencyQuerySet):
    """Reads of tasks in the domain's words."""

    def open(self) -> "TaskQuerySet":
        """Tasks that are neither done nor skipped."""
        return self.filter(status=Task.Status.OPEN)


@tracked()
class Task(SubjectModel):
    """A dated task with an owner, perhaps made from a phase plan."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        SKIPPED = "skipped", _("skipped")

    class Kind(models.TextChoices):
        PLAIN = "", _("task")
        QUIET = "quiet", _("has gone quiet")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PLAIN, blank=True, editable=False)
    planned = models.ForeignKey(
        PlannedTask, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    title = models.CharField(_("title"), max_length=160)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.OPEN, editable=False)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("who")
    )
    reason = models.CharField(_("reason for skipping"), max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = AgencyManager.from_queryset(TaskQuerySet)()

    class Meta(AgencyModel.Meta):
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering: ClassVar = ["due_on", "pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(condition=~Q(status="skipped") | ~Q(reason=""), name="skipped_with_a_reason"),
            models.UniqueConstraint(
                fields=["subject_type", "subject_id"],
                condition=Q(kind="quiet", status="open"),
                name="one_open_task_about_silence",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["agency", "due_on"], condition=Q(status="open"), name="task_open"),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(name="set_deadline", when=pgtrigger.After, operation=pgtrigger.Insert, func=FOLLOW_TASK),
            pgtrigger.Trigger(
                name="keep_deadline",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("title", "due_on", "owner", "status"),
                func=FOLLOW_TASK,
            ),
            pgtrigger.Trigger(
                name="forget_deadline", when=pgtrigger.After, operation=pgtrigger.Delete, func=FORGET_TASK
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_overdue(self) -> bool:
        """Whether the task's day has passed and nothing was done."""
        return self.status == self.Status.OPEN and self.due_on is not None and self.due_on < timezone.localdate()

    @property
    def when(self) -> str:
        """How far away the task's day is, in words; empty without one."""
        return how_far(self.due_on) if self.due_on else ""
