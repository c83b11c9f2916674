"""Entry points for Celery."""

from celery import shared_task

from agencies.tasks import in_each_agency
from reports import owed
from reports.figures import stored


@shared_task
def store_figures() -> None:
    """Store the figures of the agencies whose rows have changed."""
    stored.store()


@shared_task
def keep_owed_reports() -> None:
    """Let all agencies know which reports they owe their funders, and by when."""
    in_each_agency(owed.keep_reports)
