"""Entry points for Celery, and the way in which all rooms work through the agencies."""

import logging
from collections.abc import Callable

from celery import shared_task
from django.core.management import call_command

from agencies.models import Agency
from agencies.sheets import services as sheets
from klikks.tenancy import agency_context

logger = logging.getLogger(__name__)


def in_each_agency(do: Callable[[], object]) -> None:
    """Call a service in the context of each agency; one agency's failure is logged and keeps no other waiting."""
    for agency_id in Agency.objects.order_by("pk").values_list("pk", flat=True):
        try:
            with agency_context(agency_id):
                do()
        except Exception:
            logger.exception("%s failed for agency %s", getattr(do, "__qualname__", do), agency_id)


@shared_task
def forget_sheets() -> None:
    """Forget the sheets of all agencies that have been kept long enough."""
    in_each_agency(sheets.forget_old)


@shared_task
def clear_sessions() -> None:
    """Delete the sessions that have ended by themselves: Django leaves their rows behind."""
    call_command("clearsessions")
