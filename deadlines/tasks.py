"""Entry points for Celery. Each may run twice, and at the same time as another one."""

from celery import shared_task
from django.conf import settings

from agencies.tasks import in_each_agency
from deadlines import bounces, claims, digests, holidays, jobs, outbox, reminders, services, unused_accounts, vitals
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
def close_unused_accounts() -> None:
    """Tell the owners of unused accounts of all agencies when these end, and close those whose day has passed."""
    in_each_agency(unused_accounts.close_ended)


@shared_task
def load_holidays() -> None:
    """Know the public holidays of the coming years."""
    holidays.load()


@shared_task
def drain_outbox(agency_id: int | None = None) -> None:
    """Send what waits in the outboxes; `agency_id` says whose mail was written, all others take their turn too."""
    outbox.drain_all()


@shared_task
def write_digests() -> None:
    """Write the digests of all agencies whose morning has come."""
    in_each_agency(digests.write_due)


@shared_task
def fetch_bounces() -> None:
    """Read the mailbox of what came back, where there is one."""
    if settings.BOUNCE_MAILBOX_URL:
        bounces.fetch()


@shared_task
def note_pulse() -> None:
    """Note that beat, broker, worker and database still work together."""
    vitals.note_pulse(vitals.BEAT)


@shared_task
def empty_old_mails() -> None:
    """Forget the words of mails sent long ago, and what was counted about addresses and providers, of all agencies."""
    in_each_agency(outbox.empty_old)
    in_each_agency(bounces.forget_old)
    claims.forget_providers()


@shared_task
def sweep_jobs() -> None:
    """Send jobs again that nobody runs, of all agencies."""
    in_each_agency(jobs.sweep)


@shared_task
def run_job(agency_id: int, job_id: int) -> None:
    """Do a job of an agency."""
    with agency_context(agency_id):
        jobs.run(job_id)
