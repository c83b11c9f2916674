"""Projects, measures, savings and factors, funding, ideas."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    """Projects, measures, savings and factors, funding, ideas."""

    name = "projects"
    verbose_name = _("projects")
