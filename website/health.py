"""Whether the portal's engines answer: for operators and for the health checks of containers."""

import logging
from collections.abc import Callable

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from agencies.permissions import permission_required

logger = logging.getLogger(__name__)


@never_cache
@permission_required("site", "view")
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 if database and broker answer, otherwise 503; says which, and nothing about why."""
    answers = {"database": _answers(_ask_database), "broker": _answers(_ask_broker)}
    return JsonResponse(answers, status=200 if all(answers.values()) else 503)


def _answers(ask: Callable[[], None]) -> bool:
    try:
        ask()
    except Exception as problem:  # whatever goes wrong, the answer is "no"
        logger.warning("Health check: %s", problem)
        return False
    return True


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_broker() -> None:
    cache.get("health")
