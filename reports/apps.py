"""Figures, report documents and their rendering."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """Figures, report documents and their rendering."""

    name = "reports"
    verbose_name = _("reports")
