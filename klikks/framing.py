"""Which other site may show a page of ours in a frame: none, unless a page says so here."""

from urllib.parse import urlsplit

from csp.constants import NONE
from django.http import HttpResponse


def may_be_framed_by(answer: HttpResponse, website: str) -> HttpResponse:
    """Let one website, and no other, show this answer in a frame; nobody if `website` is empty or no web address."""
    origin = origin_of(website)
    answer._csp_replace = {"frame-ancestors": [origin or NONE]}  # type: ignore[attr-defined]
    answer.xframe_options_exempt = bool(origin)  # type: ignore[attr-defined]
    return answer


def origin_of(website: str) -> str:
    """Return scheme, host and port of a web address: "https://a.example/x" → "https://a.example"; empty if none."""
    parts = urlsplit(website.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or not set(parts.netloc).isdisjoint("@;, '\""):
        return ""
    return f"{parts.scheme}://{parts.netloc}"
