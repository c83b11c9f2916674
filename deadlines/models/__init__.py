"""What must be remembered (deadlines, tasks), told (the outbox) and done in the background (jobs)."""

from deadlines.models.deadlines import Deadline, Reminder, default_lead_days, heading, how_far
from deadlines.models.jobs import Job
from deadlines.models.mail_rules import MailSettings, ProviderMinute, Pulse, Suppression
from deadlines.models.mails import OutboxMail
from deadlines.models.plans import PhasePlan, PlanMilestone, PlannedTask, RunningMilestone, RunningPlan, Task
from deadlines.models.settings import Holiday, ReminderSettings
from deadlines.models.subject import SubjectModel

__all__ = [
    "Deadline",
    "Holiday",
    "Job",
    "MailSettings",
    "OutboxMail",
    "PhasePlan",
    "PlanMilestone",
    "PlannedTask",
    "ProviderMinute",
    "Pulse",
    "Reminder",
    "ReminderSettings",
    "RunningMilestone",
    "RunningPlan",
    "SubjectModel",
    "Suppression",
    "Task",
    "default_lead_days",
    "heading",
    "how_far",
]
