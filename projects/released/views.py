"""Released projects for everybody: the list of good ideas, and the page of each."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from agencies.models import State, Topic
from agencies.permissions import ADD, allows, permission_required
from communes.models import searchable
from projects.copying.selectors import copy_count, spread_of
from projects.measures.explanation import explain
from projects.models import PublicPhoto, PublicProject, PublicSaving
from projects.views import TONES

PROJECTS_A_PAGE = 18
LONGEST_QUESTION = 80


@permission_required("site", "view")
@require_safe
def released(request: HttpRequest) -> HttpResponse:
    """List the released projects of all agencies, the newest first; four queries."""
    asked = {name: request.GET.get(name, "").strip()[:LONGEST_QUESTION] for name in ("q", "topic", "state")}
    page = Paginator(_found(asked), PROJECTS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(project, TONES[project.status]) for project in page],
        "asked": asked,
        "is_filtered": any(asked.values()),
        "topics": Topic.objects.all(),
        "states": State.objects.all(),
    }
    return render(request, "projects/released_list.html", context)


@permission_required("site", "view")
@require_safe
def released_project(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a released project with its photos, documents and copies; five queries."""
    project = get_object_or_404(
        PublicProject.objects.with_credit().select_related("commune", "topic", "programme"), pk=pk
    )
    context = {
        "project": project,
        "tone": TONES[project.status],
        "places": ", ".join([project.commune.name, *project.partners]),
        "photos": list(project.photos.all()),
        "savings": list(project.savings.all()),
        "documents": list(project.documents.all()),
        "spread": spread_of(project.pk).words,
        "copy_url": _copy_url(request, pk),
    }
    return render(request, "projects/released.html", context)


@permission_required("saving", "read")
def released_saving(request: HttpRequest, pk: int) -> HttpResponse:
    """Say in plain words how a saving of a released project was calculated; one query."""
    saving = get_object_or_404(PublicSaving.objects.select_related("project__commune"), pk=pk)
    context = {"saving": saving, "project": saving.project, "explanation": explain(saving)}
    return render(request, "projects/released_saving.html", context)


def _found(asked: dict[str, str]) -> QuerySet[Any]:
    """Return the projects a visitor asks for, with the number of their copies and their title picture."""
    first_photo = PublicPhoto.objects.filter(project=OuterRef("pk")).order_by("position", "pk")
    rows = PublicProject.objects.select_related("commune", "topic").annotate(
        copy_count=copy_count(),
        photo_id=Subquery(first_photo.values("pk")[:1]),
        photo_alt=Subquery(first_photo.values("alt")[:1]),
    )
    if asked["q"]:
        wanted = Q(title__icontains=asked["q"]) | Q(public_summary__icontains=asked["q"])
        if place := searchable(asked["q"]):
            wanted |= Q(commune__search_name__contains=place)
        rows = rows.filter(wanted)
    if asked["topic"]:
        rows = rows.filter(topic_id=asked["topic"])
    if asked["state"]:
        rows = rows.filter(commune__state_id=asked["state"])
    return rows.order_by("-released_at", "-pk")


def _copy_url(request: HttpRequest, pk: int) -> str:
    """Return where the reader may copy the project to an own municipality; empty for those who may not."""
    if allows(request.user, "project", "add_own"):
        return f"{reverse('projects:copy')}?of={pk}"
    if allows(request.user, "project", ADD):
        return f"{reverse('admin:projects_project_copy_released')}?of={pk}"
    return ""
