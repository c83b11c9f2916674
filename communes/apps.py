"""Districts, municipalities, registrations, partnerships, contacts, outreach, twinning."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommunesConfig(AppConfig):
    """Districts, municipalities, registrations, partnerships, contacts, outreach, twinning."""

    name = "communes"
    verbose_name = _("municipalities")
