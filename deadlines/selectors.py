"""Reads of what is due, and the ways from there to what it is about."""

from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import NoReverseMatch, reverse

from agencies.models import User
from agencies.models.accounts import STAFF_ROLES, Role
from agencies.permissions import PERMISSIONS, VIEW
from deadlines.models import Deadline, ReminderSettings, SubjectModel


def due_for(user: User, until: date) -> list[Deadline]:
    """Return a person's open deadlines up to a day, overdue ones first; each has its `url` for this reader.

    Costs one query, and for people of the portal one more for each kind of subject.
    """
    return with_urls(Deadline.objects.due(until).of(user), user.role)


def settings_of(user: User | None) -> ReminderSettings:
    """Return how a person wants to be reminded, or the agency with None; unsaved where nothing was set yet."""
    return ReminderSettings.objects.filter(user=user).first() or ReminderSettings(user=user)


def open_deadlines_of(subject: models.Model) -> list[Deadline]:
    """Return an object's open deadlines, the nearest first, with their owners. Costs one query."""
    return list(Deadline.objects.open().about(subject).select_related("owner__membership"))


def desk_path(row: SubjectModel, role: Role) -> str:
    """Return the path of the desk's page about a row's subject; of the row itself where the role has no such page."""
    if row.subject_type_id and row.subject_id:
        subject_type = ContentType.objects.get_for_id(row.subject_type_id)
        if VIEW in PERMISSIONS[role].get(subject_type.model, frozenset()):
            try:
                return reverse(f"admin:{subject_type.app_label}_{subject_type.model}_change", args=[row.subject_id])
            except NoReverseMatch:
                pass
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def portal_path(row: SubjectModel) -> str:
    """Return the path of the portal's page about a row's subject (its `get_absolute_url`); otherwise the start page."""
    get_absolute_url = getattr(row.subject, "get_absolute_url", None)
    return get_absolute_url() if get_absolute_url else reverse("website:portal")


def subject_kind(row: SubjectModel) -> str:
    """Say of what kind a row's subject is ("project"), without loading it; empty where it has none."""
    if not (row.subject_type_id and row.subject_id):
        return ""
    model = ContentType.objects.get_for_id(row.subject_type_id).model_class()
    return str(model._meta.verbose_name) if model else ""


def with_urls(deadlines: models.QuerySet[Deadline], role: Role) -> list[Deadline]:
    """Load deadlines and give each the address of what it is about, for a reader of this role."""
    on_desk = role in STAFF_ROLES
    deadlines = deadlines.select_related("owner__membership")
    if not on_desk:
        deadlines = deadlines.prefetch_related("subject")
    found = list(deadlines)
    for deadline in found:
        deadline.url = desk_path(deadline, role) if on_desk else portal_path(deadline)
    return found
