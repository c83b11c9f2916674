"""Entry points for Celery."""

from celery import shared_task

from agencies.models import Agency
from klikks.tenancy import agency_context
from patrons import services


@shared_task
def forget_unconfirmed() -> None:
    """Forget, agency by agency, the interests nobody confirmed in time."""
    for agency in Agency.objects.all():
        with agency_context(agency):
            services.forget_unconfirmed()
