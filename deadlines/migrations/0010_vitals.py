from django.db import migrations

from klikks.tenancy import owners_view

# Whose outbox has something to send now: a probe of the index for each agency, however full the outbox is.
DUE = """
SELECT agency.id AS agency_id
FROM agencies_agency agency
WHERE EXISTS (
    SELECT FROM deadlines_outboxmail mail
    WHERE mail.agency_id = agency.id AND mail.status = 'waiting' AND mail.not_before <= clock_timestamp()
)
"""
# Counts and times by agency, for operators, who belong to no agency: no address, no subject, no name of a person.
VITALS = """
SELECT agency.id AS agency_id, agency.slug,
       mail.waiting, mail.due, mail.oldest_due, mail.held,
       ended.failed AS failed_mails, ended.sent AS sent_mails,
       job.queued AS queued_jobs, job.running AS running_jobs, job.oldest_queued AS oldest_job,
       (SELECT count(*) FROM deadlines_job failed
        WHERE failed.agency_id = agency.id AND failed.status = 'failed'
              AND failed.finished_at > now() - interval '1 day') AS failed_jobs,
       (SELECT count(*) FROM deadlines_suppression suppression
        WHERE suppression.agency_id = agency.id) AS suppressed
FROM agencies_agency agency
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE status = 'waiting') AS waiting,
           count(*) FILTER (WHERE status = 'waiting' AND not_before <= clock_timestamp()) AS due,
           min(created_at) FILTER (WHERE status = 'waiting' AND not_before <= clock_timestamp()) AS oldest_due,
           count(*) FILTER (WHERE status = 'held') AS held
    FROM deadlines_outboxmail
    WHERE agency_id = agency.id AND status IN ('waiting', 'held')
) mail
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE status = 'failed') AS failed, count(*) FILTER (WHERE status = 'sent') AS sent
    FROM deadlines_outboxmail
    WHERE agency_id = agency.id AND created_at > now() - interval '1 day'
) ended
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE status = 'queued') AS queued, count(*) FILTER (WHERE status = 'running') AS running,
           min(ordered_at) FILTER (WHERE status = 'queued') AS oldest_queued
    FROM deadlines_job
    WHERE agency_id = agency.id AND status IN ('queued', 'running')
) job
"""


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0009_mail_rules")]

    operations = [*owners_view("deadlines_dueoutbox", DUE), *owners_view("deadlines_vitals", VITALS)]
