"""Entry points for Celery."""

from celery import shared_task

from reports.figures import stored


@shared_task
def store_figures() -> None:
    """Store the figures of the agencies whose rows have changed."""
    stored.store()
