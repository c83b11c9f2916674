"""What this room adds to the timeline of a municipality."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from agencies.models import Transition
from communes.models import Commune
from communes.timeline import Kind, Source, columns
from projects.models import Idea, Project


def begun(commune: Commune) -> QuerySet[Any]:
    """That a project was noted."""
    return columns(Project.objects.filter(commune=commune), "project_begun", at="created_at", title="title")


def moved(commune: Commune) -> QuerySet[Any]:
    """The moves of projects through their life cycle."""
    projects = Project.objects.filter(commune=commune)
    rows = Transition.objects.filter(
        subject_type=ContentType.objects.get_for_model(Project), subject_id__in=projects.values("pk")
    )
    title = Subquery(Project.objects.filter(pk=OuterRef("subject_id")).values("title")[:1])
    who = "by__membership__name"
    return columns(rows, "project", at="at", key="subject_id", code="target", title=title, text="reason", who=who)


def ideas(commune: Commune) -> QuerySet[Any]:
    """That a citizen has sent an idea."""
    return columns(Idea.objects.filter(commune=commune), "idea", at="received_at", title="title", text="text")


SOURCES = [
    Source("idea", Kind.PROJECT, "idea", "projects_idea", ideas, lambda code: _("Idea from a citizen")),
    Source("project_begun", Kind.PROJECT, "project", "projects_project", begun, lambda code: _("Project noted")),
    Source(
        "project",
        Kind.PROJECT,
        "project",
        "projects_project",
        moved,
        lambda code: _("Project: %(status)s") % {"status": Project.Status(code).label},
    ),
]
