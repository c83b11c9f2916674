"""Entry points for Celery."""

from celery import shared_task

from agencies.tasks import in_each_agency
from projects.ideas import authors


@shared_task
def forget_people_of_ideas() -> None:
    """Forget authors and followers of ideas whose time is over, of all agencies."""
    in_each_agency(authors.forget_old)
