"""Phase plans: templates of tasks by phase, and the dated tasks of people."""

from typing import ClassVar

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Phase, Programme, User
from deadlines.models.deadlines import how_far
from deadlines.models.subject import SubjectModel
from klikks.history import tracked
from klikks.tenancy import AgencyManager, AgencyModel, AgencyQuerySet


class PhasePlan(models.Model):
    """A programme's template of tasks by phase, for its agencies or for their municipalities."""

    class Audience(models.TextChoices):
        AGENCY = "agency", _("an agency")
        COMMUNE = "commune", _("a municipality")

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="phase_plans", verbose_name=_("programme")
    )
    title = models.CharField(_("title"), max_length=160)
    audience = models.CharField(_("is carried out by"), max_length=8, choices=Audience, default=Audience.COMMUNE)

    class Meta:
        verbose_name = _("phase plan")
        verbose_name_plural = _("phase plans")

    def __str__(self) -> str:
        return self.title


class PlanMilestone(models.Model):
    """A day of a phase plan from which tasks are counted, such as the day of the appointment."""

    plan = models.ForeignKey(
        PhasePlan, on_delete=models.CASCADE, related_name="milestones", verbose_name=_("phase plan")
    )
    title = models.CharField(_("milestone"), max_length=120)
    days = models.SmallIntegerField(
        _("days after the start"), default=0, help_text=_("Suggested when the plan is carried out.")
    )

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering: ClassVar = ["days", "pk"]

    def __str__(self) -> str:
        return self.title


class PlannedTask(models.Model):
    """A task of a phase plan, due some days after one of its milestones; without one, after the plan's start.

    Running plans go on referring to it, so it is never deleted but said to be no longer needed.
    """

    class Doer(models.TextChoices):
        MANAGER = "regional_manager", _("regional manager")
        ADMIN = "agency_admin", _("agency admin")
        PATRON = "patron", _("climate patron")
        MUNICIPALITY = "municipality", _("municipality")

    plan = models.ForeignKey(PhasePlan, on_delete=models.CASCADE, related_name="tasks", verbose_name=_("phase plan"))
    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, related_name="+", verbose_name=_("phase"))
    milestone = models.ForeignKey(
        PlanMilestone,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("counted from"),
        help_text=_("Without a milestone it is counted from the start."),
    )
    title = models.CharField(_("title"), max_length=160)
    days = models.SmallIntegerField(_("days after the milestone"), default=0)
    takes_days = models.PositiveSmallIntegerField(
        _("takes how many days"), default=7, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    doer = models.CharField(_("who"), max_length=20, choices=Doer, default=Doer.MANAGER)
    how = models.TextField(_("how"), blank=True)
    materials = models.TextField(_("materials"), blank=True, help_text=_("Names and addresses, one a line."))
    experience = models.TextField(_("experience from the predecessor"), blank=True)
    is_retired = models.BooleanField(_("no longer needed"), default=False)

    class Meta:
        verbose_name = _("planned task")
        verbose_name_plural = _("planned tasks")
        ordering: ClassVar = ["phase__position", "days", "pk"]

    def __str__(self) -> str:
        return self.title


class RunningPlanQuerySet(AgencyQuerySet):
    """Reads of running plans in the domain's words."""

    def running(self) -> "RunningPlanQuerySet":
        """Plans that have not ended."""
        return self.filter(ended_at__isnull=True)


@tracked()
class RunningPlan(SubjectModel):
    """A phase plan that is carried out by the agency, or (with a subject) by one of its municipalities."""

    plan = models.ForeignKey(PhasePlan, on_delete=models.PROTECT, related_name="+", verbose_name=_("phase plan"))
    title = models.CharField(_("title"), max_length=200)
    # Stands before the tasks in calendars and reminders; empty where the agency itself carries the plan out.
    place = models.CharField(_("place"), max_length=120, blank=True)
    started_at = models.DateTimeField(_("applied at"), default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True, editable=False)

    objects = AgencyManager.from_queryset(RunningPlanQuerySet)()

    class Meta(AgencyModel.Meta):
        verbose_name = _("running plan")
        verbose_name_plural = _("running plans")
        ordering: ClassVar = ["title", "pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["agency", "plan", "subject_type", "subject_id"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="one_running_plan",
            ),
        ]

    def __str__(self) -> str:
        return self.title


@tracked()
class RunningMilestone(AgencyModel):
    """The day of a running plan on which one of its milestones falls; without `planned` it is the start."""

    running = models.ForeignKey(
        RunningPlan, on_delete=models.CASCADE, related_name="milestones", verbose_name=_("running plan")
    )
    planned = models.ForeignKey(
        PlanMilestone, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("milestone")
    )
    on = models.DateField(_("day"))

    class Meta(AgencyModel.Meta):
        verbose_name = _("milestone of a running plan")
        verbose_name_plural = _("milestones of running plans")
        ordering: ClassVar = ["on", "pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(fields=["running", "planned"], nulls_distinct=False, name="one_day_a_milestone"),
        ]

    def __str__(self) -> str:
        return str(self.planned or gettext("Start"))


# A task with a day is a date like any other: a deadline of its own follows it, be the change plain SQL. One statement
# for all tasks that a statement changes, so that a plan shifts quickly.
SET_DEADLINES = """
INSERT INTO deadlines_deadline (agency_id, subject_type_id, subject_id, kind, title, due_on, owner_id, created_at)
SELECT task.agency_id, deadlines_task_type(), task.id, 'task',
    left(coalesce(nullif(running.place, '') || ': ', '') || task.title, 160), task.due_on, task.owner_id, now()
FROM new_tasks AS task LEFT JOIN deadlines_runningplan AS running ON running.id = task.running_id
WHERE task.status = 'open' AND task.due_on IS NOT NULL;
RETURN NULL;
"""
KEEP_DEADLINES = """
UPDATE deadlines_deadline AS deadline
SET title = left(coalesce(nullif(running.place, '') || ': ', '') || task.title, 160),
    due_on = coalesce(task.due_on, deadline.due_on), owner_id = task.owner_id,
    done_at = CASE
        WHEN task.status = 'open' AND task.due_on IS NOT NULL THEN NULL ELSE coalesce(deadline.done_at, now())
    END
FROM new_tasks AS task
JOIN old_tasks AS before ON before.id = task.id
LEFT JOIN deadlines_runningplan AS running ON running.id = task.running_id
WHERE deadline.subject_type_id = deadlines_task_type() AND deadline.subject_id = task.id AND deadline.kind = 'task'
    AND (task.title, task.due_on, task.owner_id, task.status)
        IS DISTINCT FROM (before.title, before.due_on, before.owner_id, before.status);
INSERT INTO deadlines_deadline (agency_id, subject_type_id, subject_id, kind, title, due_on, owner_id, created_at)
SELECT task.agency_id, deadlines_task_type(), task.id, 'task',
    left(coalesce(nullif(running.place, '') || ': ', '') || task.title, 160), task.due_on, task.owner_id, now()
FROM new_tasks AS task LEFT JOIN deadlines_runningplan AS running ON running.id = task.running_id
WHERE task.status = 'open' AND task.due_on IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM deadlines_deadline AS deadline
        WHERE deadline.subject_type_id = deadlines_task_type() AND deadline.subject_id = task.id
            AND deadline.kind = 'task'
    );
RETURN NULL;
"""
FORGET_DEADLINES = """
DELETE FROM deadlines_deadline AS deadline USING old_tasks AS task
WHERE deadline.subject_type_id = deadlines_task_type() AND deadline.subject_id = task.id AND deadline.kind = 'task';
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
    running = models.ForeignKey(
        RunningPlan,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="tasks",
        verbose_name=_("running plan"),
    )
    # From which day of the running plan it is counted, and how many days after it.
    milestone = models.ForeignKey(
        RunningMilestone, on_delete=models.CASCADE, null=True, blank=True, editable=False, related_name="tasks"
    )
    days = models.SmallIntegerField(_("days after the milestone"), null=True, blank=True, editable=False)
    # What the template said when this task last followed it; see deadlines/plans/differences.py.
    template = models.JSONField(default=dict, editable=False)
    takes_days = models.PositiveSmallIntegerField(
        _("takes how many days"), default=1, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    how = models.TextField(_("how"), blank=True)
    materials = models.TextField(_("materials"), blank=True)
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
            models.Index(fields=["running", "due_on"], name="task_of_plan"),
            models.Index(fields=["milestone"], condition=Q(status="open"), name="task_of_milestone"),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="set_deadline",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_tasks"),
                func=SET_DEADLINES,
            ),
            pgtrigger.Trigger(
                name="keep_deadline",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                referencing=pgtrigger.Referencing(old="old_tasks", new="new_tasks"),
                func=KEEP_DEADLINES,
            ),
            pgtrigger.Trigger(
                name="forget_deadline",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                referencing=pgtrigger.Referencing(old="old_tasks"),
                func=FORGET_DEADLINES,
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
