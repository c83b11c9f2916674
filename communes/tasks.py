"""Entry points for Celery."""

from celery import shared_task

from agencies.tasks import in_each_agency
from communes import services, windows


@shared_task
def forget_unconfirmed() -> None:
    """Forget, agency by agency, the registrations nobody confirmed in time."""
    in_each_agency(services.forget_unconfirmed)


@shared_task
def keep_dates() -> None:
    """Let the dates of all agencies follow their participation windows."""
    in_each_agency(windows.keep_dates)
