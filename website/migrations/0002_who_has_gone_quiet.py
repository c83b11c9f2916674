"""The view of patrons and partner municipalities of whom nothing was heard for longer than their agency allows.

It asks each table once and adds up by patron or municipality, so that its cost grows with the number of rows and not
with the number of patrons times the number of tables. Walls hold for whoever asks: only the own agency's rows count.
"""

from django.db import migrations, models

VIEW = """
CREATE VIEW website_quietcase WITH (security_invoker) AS
WITH kinds AS (
    SELECT id, model FROM django_content_type
    WHERE (app_label, model) IN (
        ('patrons', 'patron'), ('communes', 'partnership'), ('communes', 'registration'), ('projects', 'project')
    )
), moves AS (
    SELECT kinds.model, move.subject_id, max(move.at) AS at
    FROM agencies_transition move JOIN kinds ON kinds.id = move.subject_type_id
    GROUP BY kinds.model, move.subject_id
), project_life AS (
    SELECT project.id, project.commune_id,
           greatest(project.created_at, moved.at, measured.at) AS at
    FROM projects_project project
    LEFT JOIN moves moved ON moved.model = 'project' AND moved.subject_id = project.id
    LEFT JOIN (
        SELECT project_id, max(created_at) AS at FROM projects_measure GROUP BY project_id
    ) measured ON measured.project_id = project.id
), by_patron AS (
    SELECT patron_id, max("on")::timestamp AT TIME ZONE 'Europe/Berlin' AS at, 'hours' AS what
    FROM patrons_activity GROUP BY patron_id
    UNION ALL
    SELECT lead.patron_id, max(life.at), 'project'
    FROM projects_projectlead lead JOIN project_life life ON life.id = lead.project_id
    WHERE lead.patron_id IS NOT NULL GROUP BY lead.patron_id
    UNION ALL
    SELECT enrolment.patron_id,
           max(CASE WHEN enrolment.status = 'attended' THEN session.starts_at ELSE enrolment.created_at END), 'training'
    FROM trainings_enrolment enrolment JOIN trainings_trainingsession session ON session.id = enrolment.session_id
    WHERE enrolment.patron_id IS NOT NULL AND enrolment.status <> 'cancelled' GROUP BY enrolment.patron_id
    UNION ALL
    SELECT patron.id, account.last_login, 'login'
    FROM patrons_patron patron JOIN agencies_user account ON account.id = patron.user_id
    WHERE account.last_login IS NOT NULL
    UNION ALL
    SELECT subject_id, at, 'step' FROM moves WHERE model = 'patron'
    UNION ALL
    SELECT outreach.subject_id, max(outreach."on")::timestamp AT TIME ZONE 'Europe/Berlin', 'outreach'
    FROM communes_outreach outreach JOIN kinds ON kinds.id = outreach.subject_type_id AND kinds.model = 'patron'
    GROUP BY outreach.subject_id
    UNION ALL
    SELECT patron_id, max(appointed_on)::timestamp AT TIME ZONE 'Europe/Berlin', 'appointment'
    FROM patrons_appointment GROUP BY patron_id
), last_of_patron AS (
    SELECT DISTINCT ON (patron_id) patron_id, at, what FROM by_patron ORDER BY patron_id, at DESC, what
), serving AS (
    SELECT DISTINCT commune_id, patron_id FROM patrons_appointment WHERE ended_on IS NULL
), by_commune AS (
    SELECT commune_id, max("on")::timestamp AT TIME ZONE 'Europe/Berlin' AS at, 'outreach' AS what
    FROM communes_outreach WHERE commune_id IS NOT NULL GROUP BY commune_id
    UNION ALL
    SELECT partnership.commune_id, max(greatest(partnership.created_at, moves.at)), 'step'
    FROM communes_partnership partnership
    LEFT JOIN moves ON moves.model = 'partnership' AND moves.subject_id = partnership.id
    GROUP BY partnership.commune_id
    UNION ALL
    SELECT registration.commune_id, max(moves.at), 'step'
    FROM communes_registration registration
    JOIN moves ON moves.model = 'registration' AND moves.subject_id = registration.id
    GROUP BY registration.commune_id
    UNION ALL
    SELECT partnership.commune_id, max(backing.decided_on)::timestamp AT TIME ZONE 'Europe/Berlin', 'backing'
    FROM communes_backing backing JOIN communes_partnership partnership ON partnership.id = backing.partnership_id
    GROUP BY partnership.commune_id
    UNION ALL
    SELECT commune_id, max(at), 'project' FROM project_life GROUP BY commune_id
    UNION ALL
    SELECT serving.commune_id, max(by_patron.at), by_patron.what
    FROM serving JOIN by_patron ON by_patron.patron_id = serving.patron_id
    WHERE by_patron.what IN ('hours', 'training', 'appointment') GROUP BY serving.commune_id, by_patron.what
    UNION ALL
    SELECT contact.commune_id, max(account.last_login), 'login'
    FROM communes_contact contact JOIN agencies_user account ON account.id = contact.user_id
    WHERE contact.commune_id IS NOT NULL AND account.last_login IS NOT NULL GROUP BY contact.commune_id
), last_of_commune AS (
    SELECT DISTINCT ON (commune_id) commune_id, at, what FROM by_commune ORDER BY commune_id, at DESC, what
), managers AS (
    SELECT DISTINCT ON (serving.patron_id) serving.patron_id, partnership.manager_id
    FROM serving JOIN communes_partnership partnership ON partnership.commune_id = serving.commune_id
    WHERE partnership.status IN ('awaiting_backing', 'official') AND partnership.manager_id IS NOT NULL
    ORDER BY serving.patron_id, partnership.id
)
SELECT 'patron-' || patron.id AS key, patron.agency_id, 'patron' AS kind, patron.id AS subject_id,
       patron.first_name || ' ' || patron.last_name AS name,
       coalesce(latest.at, patron.confirmed_at, patron.received_at) AS since,
       coalesce(latest.what, '') AS what, managers.manager_id
FROM patrons_patron patron
JOIN agencies_agency agency ON agency.id = patron.agency_id
LEFT JOIN last_of_patron latest ON latest.patron_id = patron.id
LEFT JOIN managers ON managers.patron_id = patron.id
WHERE patron.status IN ('appointed', 'active')
  AND coalesce(latest.at, patron.confirmed_at, patron.received_at)
      < now() - make_interval(weeks => agency.quiet_weeks_patrons)
UNION ALL
SELECT 'partnership-' || partnership.id, partnership.agency_id, 'partnership', partnership.id, commune.name,
       latest.at, latest.what, partnership.manager_id
FROM communes_partnership partnership
JOIN agencies_agency agency ON agency.id = partnership.agency_id
JOIN communes_commune commune ON commune.id = partnership.commune_id
JOIN last_of_commune latest ON latest.commune_id = partnership.commune_id
WHERE partnership.status IN ('awaiting_backing', 'official')
  AND latest.at < now() - make_interval(weeks => agency.quiet_weeks_communes)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("website", "0001_system_state"),
        ("agencies", "0001_tables"),
        ("communes", "0001_tables"),
        ("patrons", "0001_tables"),
        ("projects", "0001_tables"),
        ("trainings", "0001_tables"),
    ]
    operations = [
        migrations.RunSQL(VIEW, "DROP VIEW website_quietcase"),
        migrations.CreateModel(
            name='QuietCase',
            fields=[
                ('key', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('patron', 'climate patron'), ('partnership', 'partner municipality')], max_length=12, verbose_name='kind')),
                ('subject_id', models.BigIntegerField()),
                ('name', models.CharField(max_length=161, verbose_name='name')),
                ('since', models.DateTimeField(verbose_name='quiet since')),
                ('what', models.CharField(choices=[('', 'nothing yet'), ('outreach', 'call or visit'), ('step', 'step of the case'), ('backing', 'political backing'), ('appointment', 'appointment'), ('project', 'work on a project'), ('hours', 'hours logged'), ('training', 'training'), ('login', 'signed in')], max_length=12, verbose_name='last activity')),
            ],
            options={
                'verbose_name': 'who has gone quiet',
                'verbose_name_plural': 'who has gone quiet',
                'db_table': 'website_quietcase',
                'ordering': ['since', 'key'],
                'managed': False,
            },
        ),
    ]
