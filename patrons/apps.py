"""Climate patrons, appointments, matching, stories."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatronsConfig(AppConfig):
    """Climate patrons, appointments, matching, stories."""

    name = "patrons"
    verbose_name = _("climate patrons")
