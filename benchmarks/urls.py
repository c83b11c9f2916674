"""The portal's addresses, and the baseline of all pages: an empty view with session, user and one query."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from agencies.models import State
from klikks.urls import urlpatterns as portal


def empty(request: HttpRequest) -> HttpResponse:
    """Answer almost nothing, as cheaply as Django with our middleware can."""
    who = "somebody" if request.user.is_authenticated else "nobody"
    return HttpResponse(f"{who}, {State.objects.count()}")


urlpatterns: list[URLPattern | URLResolver] = [path("bench/empty/", empty), *portal]
