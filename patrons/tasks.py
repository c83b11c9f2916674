"""Entry points for Celery."""

from celery import shared_task

from agencies.tasks import in_each_agency
from patrons import consents, services
from patrons.exchange import digest


@shared_task
def forget_unconfirmed() -> None:
    """Forget, agency by agency, the interests nobody confirmed in time."""
    in_each_agency(services.forget_unconfirmed)


@shared_task
def order_digests() -> None:
    """Order, agency by agency, the mails with what is new in the exchange."""
    in_each_agency(digest.order_digests)


@shared_task
def keep_consents() -> None:
    """Ask, agency by agency, the people who wait to become patron before their consent ends."""
    in_each_agency(consents.keep_dates)
