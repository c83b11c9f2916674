"""Deadlines, tasks, phase plans, reminders, the mail outbox and background jobs."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeadlinesConfig(AppConfig):
    """Deadlines, tasks, phase plans, reminders, the mail outbox and background jobs."""

    name = "deadlines"
    verbose_name = _("deadlines and mail")
