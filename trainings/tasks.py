"""Entry points for Celery. Each may run twice, and at the same time as another one."""

from celery import shared_task

from agencies.tasks import in_each_agency
from trainings import conference, guests, notices, places
from trainings.feedback import services as feedback


@shared_task
def keep_waiting_lists() -> None:
    """Take back offers that nobody has answered in time, and offer what is free to those who wait."""
    for things in (places, conference):
        things.lapse_offers()
        things.fill_all()


@shared_task
def tell_changes() -> None:
    """Tell people that time or place of their training has changed, of all agencies."""
    in_each_agency(notices.tell_changes)


@shared_task
def ask_for_feedback() -> None:
    """Ask people who attended a training two days ago how it was, and delete what nobody may read, of all agencies."""
    in_each_agency(feedback.ask)
    in_each_agency(feedback.forget_slips)


@shared_task
def forget_guests() -> None:
    """Forget registrations that were not confirmed, and who the guests of long ago were, of all agencies."""
    in_each_agency(guests.forget_unconfirmed)
    in_each_agency(guests.forget_old)
