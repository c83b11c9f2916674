"""Trainings of a municipality: which there are, enrolling colleagues, and giving their places back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.permissions import user_of
from communes.models import MunicipalAccess
from trainings import services
from trainings.forms import ColleagueForm
from trainings.models import Enrolment
from trainings.selectors import people_of_municipality, sessions_for_municipality
from website.municipality.views import of_own_municipality


@of_own_municipality("enrolment", "enrol_colleagues")
@require_http_methods(["GET", "HEAD", "POST"])
def trainings(request: HttpRequest, own: MunicipalAccess) -> HttpResponse:
    """Show trainings to come and who is enrolled; enrol a colleague, or oneself."""
    sessions = list(sessions_for_municipality(own))
    initial = {"name": own.name, "email": own.email, "session": request.GET.get("session", "")}
    form = ColleagueForm(
        request.POST or None, sessions=[one for one in sessions if one.takes_registrations], initial=initial
    )
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            enrolment = services.enrol_colleague(
                own, data["session"], by=user_of(request), name=data["name"], email=data["email"]
            )
        except ValidationError as refusal:
            form.add_error(None, " ".join(refusal.messages))
        else:
            waits = enrolment.status == Enrolment.Status.WAITING
            told = _("%(name)s is on the waiting list.") if waits else _("%(name)s has a place.")
            messages.success(request, told % {"name": enrolment.person})
            return redirect("municipality:trainings", pk=own.pk)
    context = {"own": own, "sessions": sessions, "form": form, "people": list(people_of_municipality(own))}
    return render(request, "municipality/trainings.html", context)


@of_own_municipality("enrolment", "enrol_colleagues")
@require_POST
def cancel(request: HttpRequest, own: MunicipalAccess, enrolment: int) -> HttpResponse:
    """Give the place of somebody back whom the municipality has enrolled."""
    found = get_object_or_404(people_of_municipality(own), pk=enrolment)
    try:
        services.cancel(found, by=user_of(request), reason=_("by %(name)s") % {"name": own.name})
    except ValidationError as refusal:
        messages.warning(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The place of %(name)s is given back.") % {"name": found.person})
    return redirect("municipality:trainings", pk=own.pk)
