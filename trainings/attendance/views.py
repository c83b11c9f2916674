"""Pages of the day of a training: the list for staff, the code for the room, and the page that the code opens."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Membership
from agencies.permissions import permission_required, user_of
from deadlines import jobs
from deadlines.models import Job
from klikks import links
from klikks.limits import allow
from klikks.link_pages import link_refused
from klikks.qr import qr_code
from klikks.tenancy import current_agency_id
from patrons.code_check import check_code
from patrons.models import Patron
from patrons.selectors import patron_of
from trainings.attendance import certificates, services
from trainings.attendance.forms import CheckInForm, NotedForm, OneTapForm, TickForm, WalkInForm
from trainings.attendance.presence import date_of, date_today, dates_at, number_of, with_presence
from trainings.models import Attendee, Enrolment, FurtherDate, TrainingSession

CHECK_IN = "training-check-in"
# The code may be printed long before; the hours of the training decide when it opens something.
CODE_LASTS = timedelta(days=365)
# A whole room stands behind one network address.
CHECK_INS_A_MINUTE = 120
CODES_A_MINUTE = 20


@dataclass(frozen=True)
class Line:
    """Somebody on the list: key of the enrolment, name, where from, there on the date shown, and at how many in all."""

    key: int
    name: str
    whence: str
    is_present: bool
    count: int


@permission_required("enrolment", "change")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who is expected and who is there, and take notes of it one by one, also late and twice.

    `?date=` names one of several dates; without it the latest whose day has come is shown.
    """
    session = _session_with_our_people(pk)
    walk_in = WalkInForm(request.POST if "name" in request.POST else None)
    if request.method == "POST":
        form: NotedForm = walk_in if walk_in.is_bound else TickForm(request.POST)
        whom = str(user_of(request).pk)
        answer = _noted(request, form, lambda: _do(session, form, request), request.get_full_path(), whom)
        if answer is not None:
            return answer
    date = _date(session, request.GET.get("date", ""))
    number = number_of(date)
    lines = _lines(session, number)
    context = {
        "session": session,
        "date": date,
        "number": number,
        "dates": [(one, number_of(one)) for one in session.dates],
        "is_over": session.over_at <= timezone.now(),
        "lines": lines,
        "here": sum(line.is_present for line in lines),
        "walk_in": walk_in,
        "is_organiser": session.agency_id == current_agency_id(),
    }
    return render(request, "trainings/attendance.html", context)


@permission_required("enrolment", "change")
@require_safe
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the code for the room, large enough for the last row."""
    session = _session_with_our_people(pk)
    if session.agency_id != current_agency_id():
        raise Http404
    path = reverse("trainings:check_in", args=[links.sign(CHECK_IN, session.agency_id, session.pk)])
    qr = qr_code(
        settings.BASE_URL + path, _("QR code: address of the page on which participants say that they are here")
    )
    return render(request, "trainings/code.html", {"session": session, "qr": qr, "path": path})


@permission_required("enrolment", "change")
@require_POST
def order_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Order the list to print and sign."""
    job = jobs.order(Job.Kind.ATTENDANCE_LIST, subject=_session_with_our_people(pk), by=user_of(request))
    return redirect("deadlines:job", key=job.key)


@permission_required("enrolment", "change")
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the list and order the certificates."""
    try:
        count = services.close(_session_with_our_people(pk), by=user_of(request))
    except ValidationError as refusal:
        messages.warning(request, " ".join(refusal.messages))
    else:
        told = ngettext(
            "%(count)d person took part. The certificate is being made and goes out by mail.",
            "%(count)d people took part. The certificates are being made and go out by mail.",
            count,
        )
        messages.success(request, told % {"count": count})
    return redirect("trainings:attendance", pk=pk)


@permission_required("enrolment", "check_in")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def check_in(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever has opened the code in the room say "I am here"."""
    try:
        link = links.read(CHECK_IN, token, max_age=CODE_LASTS)
    except ValidationError as refusal:
        return link_refused(request, refusal, back="trainings:list", back_text=_("Trainings"), status=404)
    session = _session(link.pk)
    person = _person(request)
    form = (OneTapForm if person else CheckInForm)(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not allow(request, "check-in", CHECK_INS_A_MINUTE, 60):
            return _told(request, _("Too many people at once. Please try again in a minute."), 429)
        whom = str(person.user_id) if person else ""
        answer = _noted(request, form, lambda: _arrived(session, person, form, request), f"{request.path}?here=1", whom)
        if answer is not None:
            return answer
    context = {"session": session, "form": form, "person": person, "is_here": "here" in request.GET}
    return render(request, "trainings/check_in.html", context)


@permission_required("enrolment", "check_in")
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Send the script that opens a page of the day without a connection; each such page asks for it, for itself alone.

    It has an address at the root because a browser lets a worker serve only what lies below its own.
    """
    response = render(request, "trainings/worker.js", content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@permission_required("trainingcertificate", "verify")
@require_safe
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """Say whether a certificate of attendance is genuine: the name, the training and the day; no more."""
    return check_code(request, code, "trainings:verify", certificates.verify, CODES_A_MINUTE)


def _noted(request: HttpRequest, form: forms.Form, do: Callable[[], str], back: str, whom: str) -> HttpResponse | None:
    """Do what a note says and answer the script or the browser; None where the form must be shown again.

    `whom` is the account that acts. A note that somebody else has made on the same device, on a page kept from before,
    is left there until that person has signed in again.
    """
    if request.POST.get("account", whom) != whom:
        return HttpResponse(_("Somebody else has signed in."), status=409, content_type="text/plain; charset=utf-8")
    if not form.is_valid():
        problems = [str(problem) for field in form.errors.values() for problem in field]
        return _told(request, " ".join(problems), 400) if _by_script(request) else None
    try:
        words = do()
    except ValidationError as refusal:
        if _by_script(request):
            return _told(request, " ".join(refusal.messages), 400)
        form.add_error(None, refusal)
        return None
    if _by_script(request):
        return _told(request, words, 200)
    messages.success(request, words)
    return redirect(back)


def _do(session: TrainingSession, form: NotedForm, request: HttpRequest) -> str:
    """Tick somebody on the list, or add a walk-in; return what to say."""
    data, by = form.cleaned_data, user_of(request)
    if isinstance(form, TickForm):
        services.note(session, data["enrolment"], is_present=data["present"], by=by, note=form.note)
        return _("Saved.")
    found = services.add_walk_in(
        session, by=by, name=data["name"], email=data["email"], organisation=data["organisation"], note=form.note
    )
    return _("%(person)s is on the list.") % {"person": found.person}


def _arrived(
    session: TrainingSession, person: Patron | Membership | None, form: NotedForm, request: HttpRequest
) -> str:
    """Note who is here; return what to say."""
    if person:
        services.check_in(session, person, by=user_of(request), note=form.note)
    else:
        services.check_in_by_name(
            session,
            name=form.cleaned_data["name"],
            email=form.cleaned_data["email"],
            language=(get_language() or "de")[:2],
            note=form.note,
        )
    return _("Thank you, you are on the list.")


def _date(session: TrainingSession, number: str) -> TrainingSession | FurtherDate:
    """Return the date that an address names. Raises Http404 for one that is not of this session."""
    if not number:
        return date_today(session)
    try:
        return date_of(session, int(number))
    except (ValueError, ValidationError):
        raise Http404 from None


def _lines(session: TrainingSession, number: int) -> list[Line]:
    """Return who is expected on a date: everybody for the organiser, one's own people for others; 1 or 2 queries."""
    own = list(with_presence(Enrolment.objects.taking_part().with_people().filter(session=session)))
    people = [(one.pk, str(one.person), _whence(one), one.present) for one in own]
    if session.agency_id == current_agency_id():
        others = Attendee.objects.filter(session=session).exclude(pk__in=[one.pk for one in own])
        people += [(one.pk, one.name, one.agency_name, one.dates) for one in others]
    lines = [
        Line(key, name, whence, number in dates, len(dates_at(session, dates))) for key, name, whence, dates in people
    ]
    return sorted(lines, key=lambda line: (line.name.rpartition(" ")[2].casefold(), line.name, line.key))


def _whence(enrolment: Enrolment) -> str:
    return enrolment.guest.organisation if enrolment.guest else ""


def _session(pk: int) -> TrainingSession:
    """Return a session with its dates."""
    sessions = TrainingSession.objects.select_related("series", "agency").prefetch_related("further_dates")
    return get_object_or_404(sessions, pk=pk)


def _session_with_our_people(pk: int) -> TrainingSession:
    """Return a session of the reader's agency, or one to which it may send people."""
    session = _session(pk)
    if session.agency_id != current_agency_id() and not session.series.across_agencies:
        raise Http404
    return session


def _person(request: HttpRequest) -> Patron | Membership | None:
    """Return who has signed in: a patron or a member of staff; others write their name."""
    if not request.user.is_authenticated:
        return None
    user = user_of(request)
    membership = user.current_membership
    return patron_of(user) or (membership if user.is_staff else None)


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _told(request: HttpRequest, words: str, status: int) -> HttpResponse:
    if _by_script(request):
        return JsonResponse({"text": words}, status=status)
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
