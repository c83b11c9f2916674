"""Pages of the public and of the patrons themselves."""

from collections import Counter

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agencies.permissions import permission_required, user_of
from klikks.link_pages import unlisted
from klikks.links import LinkExpired, LinkInvalid
from patrons import consents, selectors, services
from patrons.code_check import check_code
from patrons.exceptions import AlreadyConfirmed, NoProgramme
from patrons.forms import USUAL_WORK, FarewellForm, HoursForm, InterestForm, SharingForm
from patrons.models import Activity, Patron

INTERESTS_AN_HOUR = 10
MAILS_A_DAY = 4
CODES_A_MINUTE = 30
MOST_USUAL = 6


@permission_required("patron", "register")
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Offer the form with which people show their interest."""
    form = InterestForm(request.POST or None)
    status = 200
    if form.is_bound and form.is_trapped:
        return redirect("patrons:thanks")
    if form.is_bound and form.is_valid():
        if refusal := form.refused_as_too_often(
            request, "patron-interest", INTERESTS_AN_HOUR, "patron-mail", MAILS_A_DAY
        ):
            form.add_error(None, refusal)
            status = 429
        elif _noted(form):
            return redirect("patrons:thanks")
    return render(request, "patrons/register.html", {"form": form}, status=status)


@permission_required("patron", "register")
@require_GET
def thanks(request: HttpRequest) -> HttpResponse:
    """Say what comes next: the same words for every address."""
    return render(request, "patrons/thanks.html")


@permission_required("patron", "register")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is to be confirmed; the button confirms it, so that a mail scanner's visit does nothing."""
    try:
        patron = services.confirm(token) if request.method == "POST" else services.find_interest(token)
    except AlreadyConfirmed as done:
        answer = _link_answer(request, done, "success", 200)
    except LinkExpired as refusal:
        answer = _link_answer(request, refusal, "warning", 410)
    except LinkInvalid as refusal:
        answer = _link_answer(request, refusal, "warning", 404)
    else:
        page = "patrons/confirmed.html" if request.method == "POST" else "patrons/confirm.html"
        answer = render(request, page, {"patron": patron})
    return unlisted(answer)


@permission_required("patron", "consent")
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether somebody still wants to become patron; a button answers, so that a scanner's visit does nothing."""
    context: dict[str, object] = {}
    try:
        if request.method == "POST":
            stays = request.POST.get("do") != "withdraw"
            context = {"patron": consents.answer(token, stays=stays), "answered": True, "stays": stays}
        else:
            context = {"patron": consents.find(token)}
        status = 200
    except AlreadyConfirmed as done:
        context, status = {"words": done.messages[0], "level": "success"}, 200
    except ValidationError as refusal:
        status = 410 if isinstance(refusal, LinkExpired) else 404
        context = {"words": refusal.messages[0], "level": "warning"}
    return unlisted(render(request, "patrons/consent.html", context, status=status))


@permission_required("appointment", "verify")
@require_GET
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """Say whether a certificate is genuine: valid or ended, the name, the municipality and the day; no more."""
    return check_code(request, code, "patrons:verify", selectors.verify, CODES_A_MINUTE)


@permission_required("activity", "add_own")
@require_http_methods(["GET", "HEAD", "POST"])
def log_hours(request: HttpRequest) -> HttpResponse:
    """Let a patron log hours in two taps, and show what was logged."""
    patron = selectors.patron_of(user_of(request))
    form = HoursForm(request.POST or None, initial={"quick": request.GET.get("quick", "")})
    if patron and form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            activity = services.log_hours(
                patron, by=user_of(request), on=data["on"], hours=data["hours"], what=data["what"]
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _thanks_for(activity))
            return redirect("patrons:log_hours")
    hours = selectors.hours_of(patron) if patron else None
    context = {"patron": patron, "form": form, "hours": hours, "usual": _usual_work(hours)}
    return render(request, "patrons/log_hours.html", context)


@permission_required("activity", "delete_own")
@require_POST
def remove_hours(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back hours that were logged by mistake."""
    activity = get_object_or_404(Activity.objects.select_related("patron"), pk=pk, patron__user=user_of(request))
    services.remove_hours(activity, by=user_of(request))
    messages.success(request, _("The entry was removed."))
    return redirect("patrons:log_hours")


@permission_required("patron", "pause_own")
@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: HttpRequest) -> HttpResponse:
    """Let a patron take a break or come back with one tap, and lead to the farewell."""
    patron = selectors.patron_of(user_of(request))
    if patron and request.method == "POST":
        act = services.resume if request.POST.get("do") == "resume" else services.pause
        try:
            patron = act(patron, by=user_of(request))
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
        else:
            if patron.status == patron.Status.ACTIVE:
                messages.success(request, _("Welcome back! Your energy agency gets in touch with you."))
                return redirect("website:portal")
        return redirect("patrons:pause")
    return render(request, "patrons/pause.html", {"patron": patron})


@permission_required("patron", "farewell_own")
@require_http_methods(["GET", "HEAD", "POST"])
def farewell(request: HttpRequest) -> HttpResponse:
    """Say what stays and what ends, ask once, and say goodbye: the account closes, so the patron is signed out."""
    patron = selectors.patron_of(user_of(request))
    if patron is None or patron.status not in patron.IN_OFFICE:
        return redirect("patrons:pause")
    form = FarewellForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.farewell(patron, by=user_of(request), **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            logout(request)
            return redirect("patrons:goodbye")
    return render(request, "patrons/farewell.html", {"patron": patron, "form": form})


@permission_required("site", "view")
@require_GET
def goodbye(request: HttpRequest) -> HttpResponse:
    """Say thank you after the farewell; the page names nobody."""
    return render(request, "patrons/goodbye.html")


@permission_required("appointment", "view_own")
@require_GET
def my_municipality(request: HttpRequest) -> HttpResponse:
    """Show a patron the municipalities of the appointments: facts, who helps, the certificate, who else serves."""
    offices = selectors.offices_of(user_of(request))
    patron = None if offices else selectors.patron_of(user_of(request))
    return render(request, "patrons/my_municipality.html", {"patron": patron, "offices": offices})


@permission_required("patron", "share_own")
@require_http_methods(["GET", "HEAD", "POST"])
def sharing(request: HttpRequest) -> HttpResponse:
    """Show what the municipality sees of the patron, and let the patron decide about address and phone."""
    patron = get_object_or_404(Patron, user=user_of(request))
    form = SharingForm(
        request.POST if request.method == "POST" else None,
        initial={"email": patron.shows_email, "phone": patron.shows_phone},
    )
    if form.is_bound and form.is_valid():
        services.share_with_municipality(patron, by=user_of(request), **form.cleaned_data)
        messages.success(request, _("Saved. Your municipality sees this from now on."))
        return redirect("patrons:sharing")
    return render(request, "patrons/sharing.html", {"patron": patron, "form": form})


def _noted(form: InterestForm) -> bool:
    """Hand the interest to the service; what it refuses is shown in the form."""
    try:
        services.register_interest(**form.interest, language=(get_language() or "de")[:2])
    except NoProgramme as refusal:
        form.add_error("home", refusal)
    except ValidationError as refusal:
        form.add_error(None, refusal)
    return form.is_valid()


def _link_answer(request: HttpRequest, words: ValidationError, level: str, status: int) -> HttpResponse:
    context = {"words": words.messages[0], "level": level}
    return render(request, "patrons/link_answer.html", context, status=status)


def _usual_work(hours: selectors.Hours | None) -> list[str]:
    """Return what the hours may have been for: what the patron has done most often lately, then what most do."""
    earlier = [activity.what for activity in hours.latest] if hours else []
    most_often = [words for words, _count in Counter(earlier).most_common(3)]
    return list(dict.fromkeys([*most_often, *map(str, USUAL_WORK)]))[:MOST_USUAL]


def _thanks_for(activity: Activity) -> str:
    hours = activity.hours.normalize()
    one_or_more = ngettext(
        "%(hours)s hour logged for %(day)s. Thank you!",
        "%(hours)s hours logged for %(day)s. Thank you!",
        1 if hours == 1 else 2,
    )
    return one_or_more % {"hours": number_format(hours), "day": date_format(activity.on, "SHORT_DATE_FORMAT")}
