"""The staff desk of this room: deadlines, tasks, phase plans, the outbox and jobs."""

from deadlines.admin import deadlines, jobs, mails, plans, running, suppressions, tasks  # noqa: F401
