"""Programmes, states, agencies, memberships, roles and the permission table, targets, text blocks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgenciesConfig(AppConfig):
    """Programmes, states, agencies, memberships, roles and the permission table, targets, text blocks."""

    name = "agencies"
    verbose_name = _("agencies")
