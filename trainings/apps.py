"""Training series, sessions and enrolments."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingsConfig(AppConfig):
    """Training series, sessions and enrolments."""

    name = "trainings"
    verbose_name = _("trainings")
