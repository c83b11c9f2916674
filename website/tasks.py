"""Entry points for Celery."""

from celery import shared_task

from agencies.tasks import in_each_agency
from website import care


@shared_task
def keep_care_tasks() -> None:
    """Let the tasks about silence follow what happened, in all agencies."""
    in_each_agency(care.keep_tasks)
