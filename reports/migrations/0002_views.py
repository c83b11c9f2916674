"""The views behind every figure: what was achieved, on which day or in which month, without a person's name.

`FACTS` says once how each figure is counted. Two views show it: `reports_fact` to the day, behind the walls of
whoever asks (own agency only), and `reports_figuremonth` by month for all agencies, which belongs to the owner of the
tables and lists no column that leads to a person. `reports_programmetotal` is all that the public pages read.

`reach` says for how wide a scope a row counts: 3 for agency and programme, 2 for the district and the municipality,
1 for the municipality only. So a patron of two municipalities counts in both of them, and once for the agency.
"""

from django.db import migrations

from klikks.tenancy import only_readable

COMMUNES = """
SELECT agency_id, programme_id, commune_id, 'communes_interested' AS figure, min((confirmed_at AT TIME ZONE 'Europe/Berlin')::date) AS day,
       3 AS reach, 1::numeric AS amount, false AS estimated
FROM communes_registration
WHERE confirmed_at IS NOT NULL
GROUP BY agency_id, programme_id, commune_id
UNION ALL
SELECT agency_id, programme_id, commune_id, 'communes_official', min(since), 3, 1, false
FROM communes_partnership
WHERE status IN ('official', 'ended')
GROUP BY agency_id, programme_id, commune_id
"""

PATRONS = """
SELECT agency_id, programme_id, home_id, 'patrons_interested', (confirmed_at AT TIME ZONE 'Europe/Berlin')::date, 3, 1, false
FROM patrons_patron
WHERE confirmed_at IS NOT NULL
UNION ALL
SELECT agency_id, programme_id, commune_id, 'patrons_appointed', day,
       CASE WHEN 1 = row_number() OVER (PARTITION BY agency_id, programme_id, patron_id ORDER BY day, commune_id)
            THEN 3
            WHEN 1 = row_number() OVER (PARTITION BY agency_id, programme_id, patron_id, district_id
                                        ORDER BY day, commune_id)
            THEN 2
            ELSE 1 END,
       1, false
FROM (
    SELECT appointment.agency_id, patron.programme_id, appointment.patron_id, appointment.commune_id,
           commune.district_id, min(appointment.appointed_on) AS day
    FROM patrons_appointment appointment
    JOIN patrons_patron patron ON patron.id = appointment.patron_id
    JOIN communes_commune commune ON commune.id = appointment.commune_id
    WHERE appointment.revoked_on IS NULL
    GROUP BY 1, 2, 3, 4, 5
) first_appointment
UNION ALL
SELECT activity.agency_id, patron.programme_id,
       coalesce(office.commune_id, patron.matched_commune_id, patron.home_id),
       'volunteer_hours', activity."on", 3, activity.hours, false
FROM patrons_activity activity
JOIN patrons_patron patron ON patron.id = activity.patron_id
LEFT JOIN LATERAL (
    SELECT appointment.commune_id
    FROM patrons_appointment appointment
    WHERE appointment.patron_id = activity.patron_id
      AND appointment.appointed_on <= activity."on"
      AND (appointment.ended_on IS NULL OR appointment.ended_on >= activity."on")
    ORDER BY appointment.appointed_on DESC, appointment.id DESC
    LIMIT 1
) office ON true
"""

TRAININGS = """
SELECT session.agency_id, series.programme_id, NULL::bigint, 'trainings', (session.starts_at AT TIME ZONE 'Europe/Berlin')::date, 3, 1, false
FROM trainings_trainingsession session
JOIN trainings_trainingseries series ON series.id = session.series_id
WHERE session.ends_at <= now()
UNION ALL
SELECT enrolment.agency_id, series.programme_id, coalesce(patron.matched_commune_id, patron.home_id),
       'training_participants', (session.starts_at AT TIME ZONE 'Europe/Berlin')::date, 3, 1, false
FROM trainings_enrolment enrolment
JOIN trainings_trainingsession session ON session.id = enrolment.session_id
JOIN trainings_trainingseries series ON series.id = session.series_id
LEFT JOIN patrons_patron patron ON patron.id = enrolment.patron_id
WHERE enrolment.status = 'attended'
"""

PROJECTS = """
SELECT project.agency_id, project.programme_id, project.commune_id, 'projects', coalesce(project.starts_on, (project.created_at AT TIME ZONE 'Europe/Berlin')::date), 3, 1, false
FROM projects_project project
WHERE project.status <> 'dropped'
UNION ALL
SELECT project.agency_id, project.programme_id, project.commune_id, 'invested', coalesce(project.starts_on, (project.created_at AT TIME ZONE 'Europe/Berlin')::date), 3, project.investment,
       project.status <> 'done'
FROM projects_project project
WHERE project.status IN ('under_way', 'done') AND project.investment IS NOT NULL
UNION ALL
SELECT measure.agency_id, project.programme_id, project.commune_id, 'measures_done', measure.done_on, 3, 1, false
FROM projects_measure measure
JOIN projects_project project ON project.id = measure.project_id
WHERE measure.status = 'done'
UNION ALL
SELECT saving.agency_id, project.programme_id, project.commune_id, 'kg_done', measure.done_on, 3, saving.kg_per_year,
       saving.quality = 'estimated' OR NOT factor.is_confirmed
FROM projects_saving saving
JOIN projects_measure measure ON measure.id = saving.measure_id
JOIN projects_project project ON project.id = measure.project_id
JOIN projects_emissionfactor factor ON factor.id = saving.factor_id
WHERE saving.replaced_at IS NULL AND measure.status = 'done'
UNION ALL
SELECT saving.agency_id, project.programme_id, project.commune_id, 'kg_planned', (measure.created_at AT TIME ZONE 'Europe/Berlin')::date, 3,
       saving.kg_per_year, saving.quality = 'estimated' OR NOT factor.is_confirmed
FROM projects_saving saving
JOIN projects_measure measure ON measure.id = saving.measure_id
JOIN projects_project project ON project.id = measure.project_id
JOIN projects_emissionfactor factor ON factor.id = saving.factor_id
WHERE saving.replaced_at IS NULL AND measure.status = 'planned' AND project.status <> 'dropped'
"""

FUNDING = """
SELECT application.agency_id, project.programme_id, project.commune_id, 'funding_applied',
       coalesce(application.submitted_on, application.decided_on, coalesce(project.starts_on, (project.created_at AT TIME ZONE 'Europe/Berlin')::date)), 3, application.applied_for, false
FROM projects_fundingapplication application
JOIN projects_project project ON project.id = application.project_id
WHERE application.status <> 'drafted' AND application.applied_for IS NOT NULL
UNION ALL
SELECT application.agency_id, project.programme_id, project.commune_id, 'funding_granted',
       coalesce(application.decided_on, application.submitted_on, coalesce(project.starts_on, (project.created_at AT TIME ZONE 'Europe/Berlin')::date)), 3, application.granted, false
FROM projects_fundingapplication application
JOIN projects_project project ON project.id = application.project_id
WHERE application.status = 'granted'
"""

FACTS = "UNION ALL".join([COMMUNES, PATRONS, TRAININGS, PROJECTS, FUNDING])

VIEWS = [
    ("reports_fact", "security_invoker", FACTS),
    (
        "reports_figuremonth",
        "security_barrier",
        """
        SELECT agency_id, programme_id, commune_id, figure, date_trunc('month', day)::date AS month, reach,
               sum(amount) AS amount, coalesce(sum(amount) FILTER (WHERE estimated), 0) AS estimated
        FROM (FACTS) fact
        GROUP BY agency_id, programme_id, commune_id, figure, date_trunc('month', day)::date, reach
        """.replace("FACTS", FACTS),  # nosec B608
    ),
    (
        "reports_programmetotal",
        "security_barrier",
        """
        SELECT programme_id, figure, sum(amount) AS amount, sum(estimated) AS estimated
        FROM reports_figuremonth
        WHERE reach = 3
        GROUP BY programme_id, figure
        """,
    ),
    (
        "reports_agencytarget",
        "security_barrier",
        "SELECT agency_id, programme_id, figure, value FROM agencies_target",
    ),
]

def view(name: str, option: str, query: str) -> migrations.RunSQL:
    """Return the operation that makes a view, and drops it when taken back."""
    return migrations.RunSQL(f"CREATE VIEW {name} WITH ({option}) AS {query}", f"DROP VIEW {name}")


class Migration(migrations.Migration):
    replaces = [("reports", "0002_figures"), ("reports", "0004_targets_are_only_read"), ("reports", "0006_revoked_appointments")]
    dependencies = [
        ("reports", "0001_tables"),
        ("patrons", "0001_tables"),
        ("projects", "0001_tables"),
        ("trainings", "0001_tables"),
    ]
    operations = [*[view(*parts) for parts in VIEWS], only_readable("reports_agencytarget")]
