"""Public site and the start pages of the portal."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebsiteConfig(AppConfig):
    """Public site and the start pages of the portal."""

    name = "website"
    verbose_name = _("website")
