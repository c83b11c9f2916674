"""Pages of the patrons: which trainings there are, and taking part in them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agencies.permissions import permission_required, user_of
from patrons.models import Patron
from patrons.selectors import patron_of
from trainings import services
from trainings.learning.selectors import learning_record
from trainings.models import Enrolment
from trainings.selectors import coming_sessions

MOST_SHOWN = 50


@permission_required("enrolment", "add_own")
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """Show the trainings to come, with a place or a button for one, and those in which the patron took part."""
    patron = patron_of(user_of(request))
    context = {
        "patron": patron,
        "sessions": _sessions(patron) if patron else [],
        "record": learning_record(patron) if patron else None,
    }
    return render(request, "trainings/mine.html", context)


@permission_required("enrolment", "add_own")
@require_POST
def enrol(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a place in a session, or one on its waiting list."""
    patron = _patron(request)
    session = get_object_or_404(coming_sessions(patron, limit=None), pk=pk)
    try:
        enrolment = services.enrol(session, patron, by=user_of(request))
    except ValidationError as refusal:
        messages.warning(request, " ".join(refusal.messages))
    else:
        waits = enrolment.status == Enrolment.Status.WAITING
        told = _("You are on the waiting list of “%(session)s”. We write to you as soon as a place is free.")
        messages.success(request, (told if waits else _("You take part in “%(session)s”.")) % {"session": session})
    return redirect("trainings:mine")


@permission_required("enrolment", "cancel_own")
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the own place in a session free; `pk` is the session's."""
    enrolment = get_object_or_404(Enrolment.objects.live().with_people(), session=pk, patron=_patron(request))
    try:
        services.cancel(enrolment, by=user_of(request), reason=_("by the patron"))
    except ValidationError as refusal:
        messages.warning(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Your place in “%(session)s” is free again.") % {"session": enrolment.session})
    return redirect("trainings:mine")


def _sessions(patron: Patron) -> list[Any]:
    """Return the sessions to come, each with `place_url`: the page of the patron's own place, if there is one."""
    sessions = list(coming_sessions(patron, limit=MOST_SHOWN))
    for session in sessions:
        own = Enrolment(pk=session.enrolment, agency_id=patron.agency_id)
        session.place_url = own.get_absolute_url() if session.enrolment else ""
    return sessions


def _patron(request: HttpRequest) -> Patron:
    patron = patron_of(user_of(request))
    if patron is None:
        raise Http404
    return patron
