"""Pages that secret links open, or that name somebody: search engines keep out of them."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def unlisted(answer: HttpResponse) -> HttpResponse:
    """Keep a page out of search engines."""
    answer["X-Robots-Tag"] = "noindex"
    return answer


def link_refused(
    request: HttpRequest, refusal: ValidationError, *, back: str, back_text: str, status: int
) -> HttpResponse:
    """Say why a mailed link does not work; `back` names the page to go to instead, `back_text` what is found there."""
    context = {"problem": refusal.messages[0], "back": back, "back_text": back_text}
    return unlisted(render(request, "link_refused.html", context, status=status))
