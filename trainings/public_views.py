"""Public pages of trainings: what is to come, one session with the form to register, and the page of one place."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency
from agencies.permissions import allows, permission_required
from klikks import links
from klikks.link_pages import link_refused, unlisted
from klikks.tenancy import agency_context, current_agency_id
from klikks.uploads import download
from trainings import by_link, guests
from trainings.forms import ChoiceForm, GuestForm, OtherDateForm
from trainings.models import Enrolment, TrainingMaterial, TrainingSeries, TrainingSession
from trainings.selectors import materials_for, public_sessions, shown_in_public, with_programme

SESSIONS_A_PAGE = 20
GUESTS_AN_HOUR = 10
MAILS_A_DAY = 6
PUBLIC_AUDIENCES = [(audience, audience.label) for audience in TrainingSeries.PUBLIC]


@permission_required("trainingsession", "read")
@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    """List the trainings to come; `?audience=` and `?agency=` (slug) choose among them. Four queries."""
    audience, agency = request.GET.get("audience", "")[:20], request.GET.get("agency", "")[:50]
    rows = public_sessions()
    if audience:
        rows = rows.filter(series__audience=audience)
    if agency:
        rows = rows.filter(agency__slug=agency)
    context = {
        "page": Paginator(rows, SESSIONS_A_PAGE).get_page(request.GET.get("page")),
        "audience": audience,
        "agency": agency,
        "audiences": PUBLIC_AUDIENCES,
        "agencies": Agency.objects.filter(pk__in=TrainingSession.objects.values("agency")).order_by("short_name"),
    }
    return render(request, "trainings/list.html", context)


@permission_required("trainingsession", "register")
@require_http_methods(["GET", "HEAD", "POST"])
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a session, and take the registration of somebody without an account."""
    found = get_object_or_404(shown_in_public(), pk=pk)
    form, status = None, 200
    if found.series.takes_guests and found.takes_registrations:
        form = GuestForm(request.POST or None, session=found)
    if form is not None and form.is_bound:
        if form.is_trapped:
            return redirect(found)
        if form.is_valid():
            if refusal := form.refused_as_too_often(request, "training", GUESTS_AN_HOUR, "training-mail", MAILS_A_DAY):
                form.add_error(None, refusal)
                status = 429
            elif _registered(form, found):
                messages.success(request, _("Almost done: please open the link in the mail we have just sent you."))
                return redirect(found)
    context = {"session": found, "form": form, "own_pages": _own_pages(request)}
    return render(request, "trainings/session.html", context, status=status)


@permission_required("enrolment", "answer")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def place(request: HttpRequest, token: str) -> HttpResponse:
    """Show one place by the link in a mail: confirm it, answer, choose from the programme, move, or give it back.

    Only buttons do something: a mail scanner's visit changes nothing.
    """
    try:
        found = by_link.find_place(token)
    except ValidationError as refusal:
        return _refused(request, refusal)
    with agency_context(found.agency_id):
        sessions = with_programme(TrainingSession.objects.filter(pk=found.session_id))
        full = sessions.select_related("series", "agency").get()
        sent = request.POST if "choose" in request.POST else None
        choices = ChoiceForm(sent, enrolment=found, slots=list(full.slots.all()))
        dates = OtherDateForm(request.POST if "move" in request.POST else None, session=full)
        if request.method == "POST" and (answer := _acted(request, token, choices, dates)):
            return answer
        context = {
            "enrolment": found,
            "session": full,
            "choices": choices if choices.offered and found.status == Enrolment.Status.ENROLLED else None,
            "dates": dates if dates.dates and found.status in Enrolment.TO_COME and not full.has_begun else None,
            "materials": list(materials_for(found)),
            "token": token,
        }
        return unlisted(render(request, "trainings/place.html", context))


@permission_required("enrolment", "answer")
@require_safe
@never_cache
def material(request: HttpRequest, token: str, pk: int) -> HttpResponseBase:
    """Hand out a file of a session to somebody who takes part, never as a page of ours."""
    try:
        found = by_link.find_place(token)
    except ValidationError as refusal:
        return _refused(request, refusal)
    file = get_object_or_404(materials_for(found).exclude(file=""), pk=pk)
    return download(str(file.file), missing=_("This file is missing. Please tell the organiser."), caching="private")


@permission_required("trainingmaterial", "view")
@require_safe
@never_cache
def desk_material(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out a file of a session to staff of its agency, or of all where all take part; never as a page of ours."""
    ours = Q(agency_id=current_agency_id()) | Q(session__series__across_agencies=True)
    file = get_object_or_404(TrainingMaterial.objects.filter(ours).exclude(file=""), pk=pk)
    return download(str(file.file), missing=_("This file is missing. Please upload it once more."), caching="private")


def _acted(request: HttpRequest, token: str, choices: ChoiceForm, dates: OtherDateForm) -> HttpResponse | None:
    """Do what a button of the page of a place says; None where a form must be mended."""
    told = {
        "confirm": _("Thank you, your registration is confirmed."),
        "accept": _("Thank you, the place is yours."),
        "cancel": _("Your place is given back. Thank you for telling us."),
        "choose": _("Your choice is saved."),
        "move": _("You have changed to another date."),
        "accept_slot": _("Thank you, the place is yours."),
        "decline_slot": _("The place goes to somebody else."),
    }
    wish = next((name for name in told if name in request.POST), None)
    here = redirect("trainings:place", token=token)
    if wish is None:
        return here
    try:
        if wish == "choose":
            if not choices.is_valid():
                return None
            waits = by_link.choose_slots(token, choices.cleaned_data["slots"])
            if waits:
                words = _("On the waiting list: %(slots)s. We write to you as soon as a place is free.")
                messages.info(request, words % {"slots": ", ".join(map(str, waits))})
        elif wish == "move":
            if not dates.is_valid():
                return None
            here = redirect(by_link.move(token, dates.cleaned_data["to"]))
        elif wish in {"accept_slot", "decline_slot"}:
            slot = request.POST[wish][:18]
            answer = by_link.accept_slot if wish == "accept_slot" else by_link.decline_slot
            answer(token, int(slot) if slot.isdecimal() else 0)
        else:
            {"confirm": by_link.confirm, "accept": by_link.accept, "cancel": by_link.cancel}[wish](token)
    except ValidationError as refusal:
        messages.warning(request, " ".join(refusal.messages))
    else:
        messages.success(request, told[wish])
    return here


def _registered(form: GuestForm, found: TrainingSession) -> bool:
    """Hand the registration to the service; what it refuses is shown in the form."""
    try:
        guests.register(found, language=(get_language() or "de")[:2], **form.guest)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return False
    return True


def _own_pages(request: HttpRequest) -> str:
    """Return the name of the page on which somebody who has signed in takes part; empty for visitors."""
    user: Any = request.user
    if allows(user, "enrolment", "add_own"):
        return "trainings:mine"
    return "municipality:index" if allows(user, "enrolment", "enrol_colleagues") else ""


def _refused(request: HttpRequest, refusal: ValidationError) -> HttpResponse:
    """Say why a mailed link does not work."""
    status = 410 if isinstance(refusal, links.LinkExpired) else 404
    return link_refused(request, refusal, back="trainings:list", back_text=_("Trainings"), status=status)
