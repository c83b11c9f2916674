"""The patron's pages of projects."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agencies.models import Transition, User
from agencies.permissions import permission_required, user_of
from communes.models import Commune
from patrons.models import Patron
from projects import services
from projects.copying.selectors import spread
from projects.forms import ChangedProjectForm, DropForm, FinishForm, MoveForm, NewProjectForm, ProjectFilterForm
from projects.models import FundingApplication, Project, PublicProject, Supporter
from projects.planning.forms import MilestoneForm
from projects.planning.plan import plan_of
from projects.rights import led_project
from projects.selectors import project_page, projects_led_by

PROJECTS_A_PAGE = 20


TONES: dict[str, str] = {
    Project.Status.IDEA: "info",
    Project.Status.PLANNED: "info",
    Project.Status.FUNDING_APPLIED: "warning",
    Project.Status.UNDER_WAY: "brand",
    Project.Status.DONE: "success",
    Project.Status.DROPPED: "",
}


WAY = [
    Project.Status.IDEA,
    Project.Status.PLANNED,
    Project.Status.FUNDING_APPLIED,
    Project.Status.UNDER_WAY,
    Project.Status.DONE,
]


@permission_required("project", "view_own")
def projects(request: HttpRequest) -> HttpResponse:
    """List the projects the patron leads; whoever leads many may narrow the list."""
    mine = projects_led_by(user_of(request))
    form = ProjectFilterForm(request.GET, projects=mine)
    page = Paginator(form.narrowed(), PROJECTS_A_PAGE).get_page(request.GET.get("page"))
    rows = [(project, TONES[project.status]) for project in page]
    context = {"page": page, "rows": rows, "form": form if form.is_useful else None, "is_filtered": form.is_filtered}
    return render(request, "projects/list.html", context)


@permission_required("project", "view_own")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a project with its state, milestones, measures and savings, and what can be done next."""
    project: Any = get_object_or_404(project_page(user_of(request)), pk=pk)
    kinds = dict(Supporter.Kind.choices)
    plan = plan_of(project)
    context = {
        "project": project,
        "tone": TONES[project.status],
        "steps": _steps(project),
        "moves": _moves(project),
        "applications": [
            {**each, "status": FundingApplication.Status(each["status"]).label} for each in project.applied
        ],
        "running": project.status not in {Project.Status.DONE, Project.Status.DROPPED},
        "plan": plan,
        "milestone_form": MilestoneForm(auto_id="milestone_%s"),
        "helpers": [{**helper, "kind": kinds[helper["kind"]]} for helper in project.helpers],
        "spread": spread(project.spread_to).words,
        "template": _template_of(project),
        "course": _course(project),
        "facts": [
            (_("Begins on"), project.starts_on),
            (_("Planned end"), project.ends_on),
            (_("Done on"), project.done_on),
        ],
    }
    return render(request, "projects/detail.html", context)


@permission_required("project", "change_own")
@require_POST
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the agency to show the project to the public, or take the wish back."""
    project = led_project(request, pk)
    if "withdraw" in request.POST:
        services.withdraw_proposal(project, by=user_of(request))
        messages.success(request, _("Your agency is not asked any more."))
        return redirect(project)
    try:
        services.propose_release(project, by=user_of(request))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("projects:change", pk=pk)
    messages.success(request, _("Your agency reads the summary and then shows the project to everybody."))
    return redirect(project)


@permission_required("project", "add_own")
def add(request: HttpRequest) -> HttpResponse:
    """Begin a project in one of the patron's municipalities."""
    patron = _patron(request)
    communes = list(Commune.objects.filter(appointments__in=patron.appointments.open()).distinct())
    if not communes:
        return render(request, "projects/no_commune.html")
    initial = {"commune": request.GET.get("commune")}
    form = NewProjectForm(request.POST or None, patron=patron, communes=communes, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        data.setdefault("commune", communes[0])
        project = services.create_project(
            by=user_of(request), programme=patron.programme, topic_id=data.pop("topic").pk, **data
        )
        messages.success(request, _("Saved. Now add what is to be done: your first measure."))
        return redirect(project)
    return render(request, "projects/form.html", {"form": form, "communes": communes})


@permission_required("project", "change_own")
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known about a project."""
    project = led_project(request, pk)
    title, was_released = project.title, project.released_at is not None
    form = ChangedProjectForm(request.POST or None, instance=project, patron=_patron(request))
    if request.method == "POST" and form.is_valid():
        changed = services.change_project(project, by=user_of(request), **form.cleaned_data)
        messages.success(request, _("Your changes are saved."))
        if was_released and not changed.released_at:
            messages.info(request, _("Citizens see the project again once your agency has read the new words."))
        return redirect(project)
    return render(request, "projects/form.html", {"form": form, "project": project, "title": title})


@permission_required("project", "change_own")
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a project to the state `?to=`, with the words this state needs."""
    project = led_project(request, pk)
    status = request.GET.get("to", "")
    if not project.may_move_to(status):
        messages.error(
            request, _("This step is not open to the project now: it is “%s”.") % project.get_status_display()
        )
        return redirect(project)
    form = _move_form(request, project, status)
    if request.method == "POST" and form.is_valid() and _moved(form, project, status, user_of(request)):
        messages.success(request, _("The project is now “%s”.") % Project.Status(status).label)
        return redirect(project)
    context = {
        "form": form,
        "project": project,
        "status": status,
        "label": Project.Status(status).label,
        "plan": plan_of(project) if status == Project.Status.UNDER_WAY else None,
    }
    return render(request, "projects/move.html", context)


def _patron(request: HttpRequest) -> Patron:
    return get_object_or_404(Patron.objects.select_related("programme"), user=user_of(request))


def _template_of(project: Project) -> Any:
    """Return the project whose idea this one took up, as far as it can be seen; one query for another agency's."""
    if project.copied_public:
        return PublicProject.objects.select_related("commune").filter(pk=project.copied_public).first()
    return project.copied_from


def _course(project: Project) -> list[Transition]:
    """Return the moves of a project, the newest first, each with its `words`; one query."""
    labels = dict(Project.Status.choices)
    moves = list(project.transitions.select_related("by__membership"))
    for move in moves:
        move.words = str(labels.get(move.target, move.target))  # type: ignore[attr-defined]
    return moves


def _steps(project: Project) -> list[dict[str, Any]]:
    """Return the way of a project as steps; funding is left out where the project went without."""
    way = [status for status in WAY if status != Project.Status.FUNDING_APPLIED or status == project.status]
    reached = way.index(Project.Status(project.status)) if project.status in way else -1
    done = project.status == Project.Status.DONE
    return [
        {"label": status.label, "state": "done" if place < reached or done else "current" if place == reached else ""}
        for place, status in enumerate(way)
    ]


def _moves(project: Project) -> list[tuple[str, str, str]]:
    """Return the next states as (status, words for the button, look of the button)."""
    words = {
        Project.Status.IDEA: _("Take it up again"),
        Project.Status.PLANNED: _("We plan it now"),
        Project.Status.FUNDING_APPLIED: _("Funding is applied for"),
        Project.Status.UNDER_WAY: _("Work has begun"),
        Project.Status.DONE: _("The project is done"),
        Project.Status.DROPPED: _("Give it up"),
    }
    looks = {Project.Status.DROPPED: "link", Project.Status.FUNDING_APPLIED: "secondary"}
    order = [*WAY[1:], Project.Status.IDEA, Project.Status.DROPPED]
    if project.status == Project.Status.FUNDING_APPLIED:
        looks[Project.Status.PLANNED] = "secondary"
    return [(to, words[to], looks.get(to, "primary")) for to in order if project.may_move_to(to)]


def _move_form(request: HttpRequest, project: Project, status: str) -> Any:
    if status == Project.Status.DONE:
        return FinishForm(request.POST or None, project=project)
    return (DropForm if status == Project.Status.DROPPED else MoveForm)(request.POST or None)


def _moved(form: Any, project: Project, status: str, by: User) -> bool:
    """Do the move a valid form asks for; what the service refuses is shown in the form."""
    data = form.cleaned_data
    try:
        if status == Project.Status.DONE:
            measures = tuple(measure.pk for measure in data.get("measures", ()))
            services.finish(project, by=by, on=data["on"], measures=measures)
        else:
            services.move_project(project, status, by=by, reason=data["reason"])
    except ValidationError as refused:
        form.add_error(None, refused)
        return False
    return True
