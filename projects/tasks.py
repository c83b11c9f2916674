"""Entry points for Celery."""

from celery import shared_task

from agencies.tasks import in_each_agency
from projects.funding import watching
from projects.ideas import authors


@shared_task
def forget_people_of_ideas() -> None:
    """Forget authors and followers of ideas whose time is over, of all agencies."""
    in_each_agency(authors.forget_old)


@shared_task
def keep_watched_calls() -> None:
    """Let the dates of all agencies follow the calls of the funding programmes that are watched."""
    in_each_agency(watching.keep_dates)
