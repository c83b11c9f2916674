"""Entry points for Celery."""

from celery import shared_task

from agencies.tasks import in_each_agency
from patrons import services


@shared_task
def forget_unconfirmed() -> None:
    """Forget, agency by agency, the interests nobody confirmed in time."""
    in_each_agency(services.forget_unconfirmed)
