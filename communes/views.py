"""Pages of this room for visitors: the search while typing, and the way of a registration to its confirmation."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency, Programme
from agencies.permissions import permission_required
from communes import services
from communes.case_views import link_answer
from communes.exceptions import AlreadyConfirmed
from communes.forms import RegistrationForm, closed_words, waiting_list_words
from communes.models import Backing, OfferedDocument, ParticipationWindow, Registration
from communes.moves import status_token
from communes.search import find_communes, label
from communes.selectors import Offer, offer_of, waits_for_window
from klikks import links
from klikks.cache import remembered
from klikks.framing import may_be_framed_by
from klikks.link_pages import unlisted
from klikks.tenancy import agency_context
from klikks.uploads import download

REGISTRATIONS_AN_HOUR = 10
MAILS_A_DAY = 4
THANKS = "registration-thanks"
HOUR = 3600
WINDOWS_SECONDS = 60


@permission_required("commune", "search")
@require_safe
@cache_control(public=True, max_age=3600)
def search(request: HttpRequest) -> JsonResponse:
    """Answer what was typed with the municipalities it may mean, as JSON; the answer may be cached by anybody."""
    results = [
        {
            "id": commune.pk,
            "ags": commune.ags,
            "name": commune.name,
            "label": label(commune),
            "district": str(commune.district or ""),
            "state": str(commune.state or ""),
            "postcode": commune.postcodes[0] if commune.postcodes else "",
        }
        for commune in find_communes(request.GET.get("q", ""))
    ]
    return JsonResponse({"results": results})


@permission_required("registration", "register")
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Offer the form with which a municipality registers, for one programme or for what its state has on offer."""
    programme = get_object_or_404(Programme, slug=slug) if slug else None
    form = RegistrationForm(request.POST or None, programme=programme)
    status, sent = _sent(request, form)
    if sent is not None:
        return redirect(f"{reverse('communes:thanks')}?sent={sent}")
    context = {"form": form, "programme": programme, "windows": _open_windows(programme)}
    return render(request, "communes/register.html", context, status=status)


def _open_windows(programme: Programme | None) -> SafeString:
    """Draw where registration is open today, in one programme or all; kept for a minute, as it seldom changes."""

    def drawn() -> SafeString:
        today = timezone.localdate()
        windows = ParticipationWindow.objects.filter(opens_on__lte=today, closes_on__gte=today).order_by("agency__name")
        windows = windows.filter(programme=programme) if programme else windows
        context = {"windows": windows.select_related("agency__state", "programme")}
        return render_to_string("communes/_open_windows.html", context)

    key = f"open-windows-{programme.pk if programme else 'all'}-{get_language()}"
    return remembered(key, WINDOWS_SECONDS, drawn)


@permission_required("registration", "register")
@require_http_methods(["GET", "HEAD", "POST"])
def window(request: HttpRequest, slug: str, agency: str) -> HttpResponse:
    """Offer the form of one agency and programme at an address that stays, whether registration is open or not."""
    return _window_page(request, _offer_or_404(slug, agency))


# Browsers keep our cookies from frames on other sites. This form needs none: it does nothing in anybody's name.
@csrf_exempt
@permission_required("registration", "register")
@require_http_methods(["GET", "HEAD", "POST"])
def embedded_window(request: HttpRequest, slug: str, agency: str) -> HttpResponse:
    """Offer the same form without our frame, to stand within the agency's own website and in no other."""
    offer = _offer_or_404(slug, agency)
    answer = _window_page(request, offer, embedded=True)
    return may_be_framed_by(answer, offer.agency.website)


@permission_required("registration", "register")
@require_safe
@never_cache
def embedded_thanks(request: HttpRequest, slug: str, agency: str) -> HttpResponse:
    """Say what comes next, within the agency's own website."""
    offer = _offer_or_404(slug, agency)
    context = {"email": _address_of(request.GET.get("sent", "")), "frame": "embedded.html"}
    return may_be_framed_by(render(request, "communes/thanks.html", context), offer.agency.website)


@permission_required("registration", "register")
@require_safe
@never_cache
def thanks(request: HttpRequest) -> HttpResponse:
    """Say what comes next, and for an hour to which address the mail went."""
    context = {"email": _address_of(request.GET.get("sent", "")), "frame": "base.html"}
    return render(request, "communes/thanks.html", context)


@permission_required("registration", "register")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is to be confirmed; the button confirms it, so that a mail scanner's visit does nothing."""
    try:
        registration = services.confirm(token) if request.method == "POST" else services.find_registration(token)
    except AlreadyConfirmed as done:
        return _to_the_case(request, done.registration)
    except links.LinkExpired as refusal:
        answer = link_answer(request, refusal, status=410)
    except links.LinkInvalid as refusal:
        answer = link_answer(request, refusal, status=400)
    else:
        if request.method == "POST":
            return _to_the_case(request, registration)
        context = {"registration": registration, "waits": waits_for_window(registration)}
        answer = render(request, "communes/confirm.html", context)
    return unlisted(answer)


@permission_required("backing", "view")
@require_safe
@never_cache
def backing_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the file of a political backing to its own agency, never as a page of ours."""
    return download(str(get_object_or_404(Backing.objects.exclude(file=""), pk=pk).file))


@permission_required("offereddocument", "view")
@require_safe
@never_cache
def offered_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the file of an offered document to its own agency, never as a page of ours."""
    return download(str(get_object_or_404(OfferedDocument, pk=pk).file))


def _offer_or_404(slug: str, agency_slug: str) -> Offer:
    """Return what an agency of a state offers in a programme, or answer "404 not found"."""
    agency = get_object_or_404(Agency.objects.filter(state__isnull=False).select_related("state"), slug=agency_slug)
    offer = offer_of(agency, get_object_or_404(Programme, slug=slug))
    if offer is None:
        raise Http404
    return replace(offer, agency=agency)


def _window_page(request: HttpRequest, offer: Offer, *, embedded: bool = False) -> HttpResponse:
    """Show the form of one agency and programme, or take what was sent with it."""
    place = [offer.programme.slug, offer.agency.slug]
    wanted = request.GET.get("commune", "")
    initial = {"commune": int(wanted)} if wanted.isdecimal() and len(wanted) < 18 else None
    form = RegistrationForm(request.POST or None, given=offer, initial=initial)
    status, sent = _sent(request, form)
    if sent is not None:
        thanks = reverse("communes:embedded_thanks", args=place) if embedded else reverse("communes:thanks")
        return redirect(f"{thanks}?sent={sent}")
    context = {
        "form": form,
        "offer": offer,
        "closed": "" if offer.is_open else f"{closed_words(offer)} {waiting_list_words()}",
        "frame": "embedded.html" if embedded else "base.html",
    }
    return render(request, "communes/window.html", context, status=status)


def _sent(request: HttpRequest, form: RegistrationForm) -> tuple[int, str | None]:
    """Take a sent form: the status of the answer, and the token for the page of thanks once all is well.

    A robot in the trap gets the thanks too, with an empty token.
    """
    if form.is_bound and form.is_trapped:
        return 302, ""
    if form.is_bound and form.is_valid():
        if refusal := form.refused_as_too_often(
            request, "registration", REGISTRATIONS_AN_HOUR, "registration-mail", MAILS_A_DAY
        ):
            form.add_error(None, refusal)
            return 429, None
        if registration := _noted(form):
            return 302, links.sign(THANKS, registration.agency_id, registration.pk)
    return 200, None


def _noted(form: RegistrationForm) -> Registration | None:
    """Hand the registration to the service; what it refuses is shown in the form."""
    names = ["commune", "contact_name", "contact_function", "email", "message"]
    values: dict[str, Any] = {name: form.cleaned_data[name] for name in names}
    if form.offer is None:
        return None
    try:
        return services.register(
            **values,
            agency=form.offer.agency,
            programme=form.offer.programme,
            phone=str(form.cleaned_data["phone"] or ""),
            language=(get_language() or "de")[:2],
        )
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return None


def _address_of(token: str) -> str:
    """Return the address that a registration of the last hour was sent with."""
    try:
        link = links.read(THANKS, token, max_age=timedelta(seconds=HOUR))
    except ValidationError:
        return ""
    with agency_context(link.agency_id):
        return Registration.objects.filter(pk=link.pk).values_list("email", flat=True).first() or ""


def _to_the_case(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Show the status page to everybody who confirms, also to the second one who uses the same link."""
    messages.success(request, _("Thank you, this is confirmed."))
    return redirect("communes:status", token=status_token(registration))
