"""The private status page of a registration, opened by a mailed link, and what a municipality does there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from agencies.permissions import permission_required
from communes import self_service
from communes.case_forms import AnswerForm, ContactForm, DocumentForm, TakeBackForm
from communes.case_page import case_page
from communes.models import Registration
from klikks import links
from klikks.limits import allow_for
from klikks.link_pages import unlisted

CHANGES_AN_HOUR = 30
HOUR = 3600
Page = Callable[[HttpRequest, str, Registration], HttpResponse]


def by_status_link(page: Page) -> Callable[[HttpRequest, str], HttpResponse]:
    """Open a page by a status link: `page(request, token, registration)`.

    A link that does not lead anywhere is answered in kind words; nothing is cached or indexed.
    """

    @wraps(page)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        try:
            answer = page(request, token, self_service.find_case(token))
        except links.LinkExpired as refusal:
            answer = link_answer(request, refusal, status=410)
        except links.LinkInvalid as refusal:
            answer = link_answer(request, refusal, status=400)
        return unlisted(answer)

    return never_cache(opened)


@permission_required("registration", "follow")
@require_safe
@by_status_link
def status(request: HttpRequest, token: str, registration: Registration) -> HttpResponse:
    """Say what has happened, what comes next and what is missing."""
    return _page(request, token, registration)


@permission_required("registration", "follow")
@require_http_methods(["GET", "HEAD", "POST"])
@by_status_link
def answer(request: HttpRequest, token: str, registration: Registration) -> HttpResponse:
    """Take the answer to the agency's question."""

    def do(data: dict[str, Any]) -> str:
        self_service.answer(token, text=data["text"])
        return _("Thank you, your answer has arrived. We go on with it.")

    return _done(request, token, registration, "answer", do)


@permission_required("registration", "follow")
@require_http_methods(["GET", "HEAD", "POST"])
@by_status_link
def offer_document(request: HttpRequest, token: str, registration: Registration) -> HttpResponse:
    """Take a council resolution or letter of support."""

    def do(data: dict[str, Any]) -> str:
        self_service.offer_document(token, **data)
        return _("Thank you, your document has arrived. We check it and write to you.")

    return _done(request, token, registration, "document", do)


@permission_required("registration", "follow")
@require_http_methods(["GET", "HEAD", "POST"])
@by_status_link
def correct_contact(request: HttpRequest, token: str, registration: Registration) -> HttpResponse:
    """Correct who is written to and called."""

    def do(data: dict[str, Any]) -> str:
        self_service.correct_contact(token, **{**data, "phone": str(data["phone"] or "")})
        return _("Thank you, your details are corrected.")

    return _done(request, token, registration, "contact", do)


@permission_required("registration", "follow")
@require_http_methods(["GET", "HEAD", "POST"])
@by_status_link
def take_back(request: HttpRequest, token: str, registration: Registration) -> HttpResponse:
    """Ask once more before a registration is withdrawn, and for the reason."""
    if registration.status not in self_service.CAN_BE_TAKEN_BACK:
        return redirect("communes:status", token=token)
    form = TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            self_service.take_back(token, reason=form.cleaned_data["reason"])
        except ValidationError as refusal:
            messages.warning(request, refusal.messages[0])
        else:
            messages.success(request, _("Your registration is withdrawn. We have sent you an e-mail about it."))
        return redirect("communes:status", token=token)
    return render(request, "communes/take_back.html", {"form": form, "registration": registration, "token": token})


def link_answer(request: HttpRequest, words: ValidationError, *, status: int) -> HttpResponse:
    """Say in kind words why a mailed link leads nowhere (any more)."""
    context = {"words": words.messages[0], "level": "warning"}
    return render(request, "communes/link_answer.html", context, status=status)


def _done(
    request: HttpRequest, token: str, registration: Registration, name: str, do: Callable[[dict[str, Any]], str]
) -> HttpResponse:
    """Check one of the page's forms and hand it to the service; what is refused is shown with what was typed."""
    if request.method != "POST":
        return redirect("communes:status", token=token)
    form = _forms(registration, request, sent=name)[name]
    if form.is_valid():
        if not allow_for(str(registration.pk), "registration-change", CHANGES_AN_HOUR, HOUR):
            form.add_error(None, _("This was sent very often. Please try again in an hour."))
            return _page(request, token, registration, {name: form}, status_code=429)
        try:
            told = do(form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            registration = self_service.find_case(token)  # somebody else may have been faster
        else:
            messages.success(request, told)
            return redirect("communes:status", token=token)
    return _page(request, token, registration, {name: form})


def _page(
    request: HttpRequest,
    token: str,
    registration: Registration,
    sent: dict[str, forms.Form] | None = None,
    status_code: int = 200,
) -> HttpResponse:
    """Show the status page; `sent` is the form that came back with errors."""
    context = {
        "case": case_page(registration),
        "token": token,
        "forms": {**_forms(registration, request), **(sent or {})},
        "sent": next(iter(sent or {}), ""),
    }
    return render(request, "communes/status.html", context, status=status_code)


def _forms(registration: Registration, request: HttpRequest, sent: str = "") -> dict[str, Any]:
    """Return the page's forms by name; the one that was `sent` holds what was typed."""
    made = {
        name: (request.POST, request.FILES) if name == sent else (None, None)
        for name in ("answer", "document", "contact")
    }
    return {
        "answer": AnswerForm(*made["answer"], prefix="answer"),
        "document": DocumentForm(*made["document"], prefix="document"),
        "contact": ContactForm(*made["contact"], prefix="contact", registration=registration),
    }
