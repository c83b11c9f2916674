"""Who may do what with a project: staff of its agency, and the patrons who lead it."""

from datetime import date

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.exceptions import NotAllowed
from agencies.models import User
from agencies.permissions import allows, user_of
from projects.exceptions import NotYetDone
from projects.models import Project
from projects.selectors import projects_led_by


def may(by: User, object_name: str, action: str, project: Project) -> bool:
    """Whether somebody may do something with a project: staff of its agency, and the patron who leads it."""
    own = {"move": "change_own"}.get(action, f"{action}_own")
    return allows(by, object_name, action, project) or (
        allows(by, object_name, own, project) and project.leads.filter(patron__user=by).exists()
    )


def locked(project: Project, by: User, action: str, object_name: str = "project") -> Project:
    """Return the project's row, locked. Raises NotAllowed unless `by` may do this with it."""
    if not may(by, object_name, action, project):
        raise NotAllowed(_("You can change only the projects you lead. Please ask your agency."))
    return Project.objects.select_for_update().get(pk=project.pk)


def past(on: date | None) -> date:
    """Return the day something was done, today if None. Raises NotYetDone for a day to come."""
    today = timezone.localdate()
    if on is not None and on > today:
        raise NotYetDone({"on": _("This day is still to come.")})
    return on or today


def led_project(request: HttpRequest, pk: int) -> Project:
    """Return a project the patron leads, or answer "404 not found"."""
    return get_object_or_404(projects_led_by(user_of(request)), pk=pk)
