"""Entry points for Celery."""

from celery import shared_task

from agencies.models import Agency
from communes import services
from klikks.tenancy import agency_context


@shared_task
def forget_unconfirmed() -> None:
    """Forget, agency by agency, the registrations nobody confirmed in time."""
    for agency in Agency.objects.all():
        with agency_context(agency):
            services.forget_unconfirmed()
