"""The operator's view of the running portal: counts and ages by agency, of all agencies, without a person's name.

The view belongs to the owner of the tables, so it counts behind the walls; it lists its columns one by one.
"""

from django.db import migrations, models

VIEW = """
CREATE VIEW website_systemstate WITH (security_barrier) AS
SELECT agency.id AS agency_id,
       coalesce(account.accounts, 0) AS accounts,
       coalesce(mail.waiting, 0) AS mails_waiting,
       mail.oldest AS oldest_mail_at,
       coalesce(mail.failed, 0) AS mails_failed,
       coalesce(job.unfinished, 0) AS jobs_unfinished,
       job.oldest AS oldest_job_at,
       coalesce(job.failed, 0) AS jobs_failed
FROM agencies_agency agency
LEFT JOIN (
    SELECT agency_id, count(*) AS accounts FROM agencies_user WHERE is_active GROUP BY agency_id
) account ON account.agency_id = agency.id
LEFT JOIN (
    SELECT agency_id,
           count(*) FILTER (WHERE status = 'waiting') AS waiting,
           min(created_at) FILTER (WHERE status = 'waiting') AS oldest,
           count(*) FILTER (WHERE status = 'failed') AS failed
    FROM deadlines_outboxmail
    WHERE status IN ('waiting', 'failed')
    GROUP BY agency_id
) mail ON mail.agency_id = agency.id
LEFT JOIN (
    SELECT agency_id,
           count(*) FILTER (WHERE status IN ('queued', 'running')) AS unfinished,
           min(ordered_at) FILTER (WHERE status IN ('queued', 'running')) AS oldest,
           count(*) FILTER (WHERE status = 'failed') AS failed
    FROM deadlines_job
    WHERE status IN ('queued', 'running', 'failed')
    GROUP BY agency_id
) job ON job.agency_id = agency.id
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("agencies", "0001_tables"), ("deadlines", "0001_tables")]
    operations = [
        migrations.RunSQL(VIEW, "DROP VIEW website_systemstate"),
        migrations.CreateModel(
            name="SystemState",
            fields=[
                (
                    "agency",
                    models.OneToOneField(
                        on_delete=models.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="agencies.agency",
                        verbose_name="agency",
                    ),
                ),
                ("accounts", models.IntegerField(verbose_name="active accounts")),
                ("mails_waiting", models.IntegerField(verbose_name="mails waiting")),
                ("oldest_mail_at", models.DateTimeField(null=True, verbose_name="oldest waiting mail")),
                ("mails_failed", models.IntegerField(verbose_name="mails failed")),
                ("jobs_unfinished", models.IntegerField(verbose_name="jobs waiting or running")),
                ("oldest_job_at", models.DateTimeField(null=True, verbose_name="oldest unfinished job")),
                ("jobs_failed", models.IntegerField(verbose_name="jobs failed")),
            ],
            options={
                "verbose_name": "state of the portal",
                "verbose_name_plural": "state of the portal",
                "db_table": "website_systemstate",
                "managed": False,
            },
        ),
    ]
