"""Entry points for Celery. Each may run twice, and at the same time as another one."""

import logging
from collections.abc import Callable

from celery import shared_task

from agencies.models import Agency
from deadlines import jobs, outbox, reminders
from klikks.tenancy import agency_context

logger = logging.getLogger(__name__)


@shared_task
def write_due_reminders() -> None:
    """Write the reminders of all agencies whose day has come."""
    _in_each_agency(reminders.write_due_reminders)


@shared_task
def drain_outbox(agency_id: int | None = None) -> None:
    """Send what waits in an agency's outbox; in all of them without an agency."""
    if agency_id is None:
        outbox.drain_all()
    else:
        outbox.drain(agency_id)


@shared_task
def sweep_jobs() -> None:
    """Send jobs again that nobody runs, of all agencies."""
    _in_each_agency(jobs.sweep)


@shared_task
def run_job(agency_id: int, job_id: int) -> None:
    """Do a job of an agency."""
    with agency_context(agency_id):
        jobs.run(job_id)


def _in_each_agency(do: Callable[[], object]) -> None:
    """Call a service in the context of each agency; one agency's failure is logged and keeps no other waiting."""
    for agency_id in Agency.objects.order_by("pk").values_list("pk", flat=True):
        try:
            with agency_context(agency_id):
                do()
        except Exception:
            logger.exception("%s failed for agency %s", do.__qualname__, agency_id)
