"""The patron's page on which a good idea is copied to the own municipality."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from agencies.permissions import permission_required, user_of
from communes.models import Commune
from patrons.models import Patron
from projects.copying.forms import CopyForm
from projects.copying.services import copy_project
from projects.models import Project, PublicProject
from projects.selectors import projects_led_by


@permission_required("project", "add_own")
def copy(request: HttpRequest) -> HttpResponse:
    """Copy the project `?of=`, an own one or a released one, to one of the patron's municipalities."""
    source = _source(request)
    if source is None:
        return redirect("projects:released")
    patron = get_object_or_404(Patron.objects.select_related("programme"), user=user_of(request))
    communes = list(Commune.objects.filter(appointments__in=patron.appointments.open()).distinct())
    if not communes:
        return render(request, "projects/no_commune.html")
    form = CopyForm(request.POST or None, communes=communes, initial={"title": source.title})
    if request.method == "POST" and form.is_valid():
        commune, title = form.cleaned_data.get("commune", communes[0]), form.cleaned_data["title"]
        try:
            made = copy_project(source, by=user_of(request), programme=patron.programme, commune=commune, title=title)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The idea is yours now. Change what is different in your place."))
            return redirect(made)
    context = {"form": form, "source": source, "communes": communes, "is_own": isinstance(source, Project)}
    return render(request, "projects/copy.html", context)


def _source(request: HttpRequest) -> Project | PublicProject | None:
    """Return the project that is to be copied: one the patron leads, or one everybody may read."""
    wanted = request.GET.get("of", "")
    if not wanted.isdecimal() or len(wanted) > 18:
        return None
    own: Project | None = projects_led_by(user_of(request)).filter(pk=wanted).first()
    return own or PublicProject.objects.select_related("commune", "topic").filter(pk=wanted).first()
