"""Entry points for Celery. Each may run twice, and at the same time as another one."""

from celery import shared_task

from agencies.tasks import in_each_agency
from deadlines import holidays, jobs, outbox, reminders, services
from klikks.tenancy import agency_context


@shared_task
def write_due_reminders() -> None:
    """Write the reminders of all agencies whose day has come."""
    in_each_agency(reminders.write_due_reminders)


@shared_task
def close_passed_dates() -> None:
    """Note that dates of all agencies have passed that nobody had to keep, such as the end of a window."""
    in_each_agency(services.close_passed_dates)


@shared_task
def load_holidays() -> None:
    """Know the public holidays of the coming years."""
    holidays.load()


@shared_task
def drain_outbox(agency_id: int | None = None) -> None:
    """Send what waits in an agency's outbox; in all of them without an agency."""
    if agency_id is None:
        outbox.drain_all()
    else:
        outbox.drain(agency_id)


@shared_task
def empty_old_mails() -> None:
    """Forget the words of mails that were sent long ago, of all agencies."""
    in_each_agency(outbox.empty_old)


@shared_task
def sweep_jobs() -> None:
    """Send jobs again that nobody runs, of all agencies."""
    in_each_agency(jobs.sweep)


@shared_task
def run_job(agency_id: int, job_id: int) -> None:
    """Do a job of an agency."""
    with agency_context(agency_id):
        jobs.run(job_id)
