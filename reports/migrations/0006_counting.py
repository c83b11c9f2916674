"""Figures of all agencies are stored by month, and counted anew only for the agencies whose rows have changed since.

Triggers note which agency changed (`reports_changedagency`), in the transaction of the change. The view
`reports_agencymonth` shows the stored months of all agencies that have not changed and counts the others on the spot:
it is always exact, and fast as long as few agencies have changed. `reports_programmemonth` does the same for
programmes: what its changed agencies had is taken off the stored sum, what they have now is added.
`reports_store_figures()` stores what has changed and is called by beat. A session that has ended by itself counts as a
change of its agency.
"""

from importlib import import_module

from django.db import migrations

from klikks.tenancy import only_readable

before = import_module("reports.migrations.0003_measures_count_once")
views = import_module("reports.migrations.0002_views")

HELD = "WHERE session.ends_at <= now()\n"


def now(query: str) -> str:
    """Return the query of a view as it is from here on: a session that was cancelled was not held."""
    return before.now(query).replace(HELD, "WHERE session.ends_at <= now() AND session.cancelled_at IS NULL\n")


REPLACED = [(name, option, now(query)) for name, option, query in views.VIEWS if now(query) != before.now(query)]

UNCOUNTED = """
CREATE VIEW reports_uncounted WITH (security_barrier) AS
SELECT agency.id AS agency_id
FROM agencies_agency agency
LEFT JOIN reports_countedagency counted ON counted.agency_id = agency.id
WHERE counted.agency_id IS NULL
   OR EXISTS (SELECT FROM reports_changedagency changed WHERE changed.agency_id = agency.id)
   OR EXISTS (SELECT FROM trainings_trainingsession session
              WHERE session.agency_id = agency.id AND session.ends_at > counted.counted_at AND session.ends_at <= now())
"""

LIVE = """
SELECT agency_id, programme_id, figure, month, sum(amount) AS amount, sum(estimated) AS estimated
FROM reports_figuremonth
WHERE reach = 3 AND agency_id = ANY(AGENCIES)
GROUP BY agency_id, programme_id, figure, month
"""

CHANGED = "ARRAY(SELECT agency_id FROM reports_uncounted)"

ANY_CHANGED = f"agency_id = ANY({CHANGED})"

# A function, because a query with so many tables takes longer to plan than to run where nothing has changed.
COUNT = f"""
CREATE FUNCTION reports_count_changed()
RETURNS TABLE (agency_id bigint, programme_id bigint, figure text, month date, amount numeric, estimated numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
#variable_conflict use_column
DECLARE
    agencies bigint[] := {CHANGED};
BEGIN
    IF cardinality(agencies) > 0 THEN
        RETURN QUERY {LIVE.replace("AGENCIES", "agencies")};
    END IF;
END $$
"""

AGENCYMONTH = f"""
CREATE VIEW reports_agencymonth WITH (security_barrier) AS
SELECT agency_id, programme_id, figure::text AS figure, month, amount, estimated
FROM reports_storedmonth
WHERE agency_id IS NOT NULL AND NOT {ANY_CHANGED}
UNION ALL
SELECT agency_id, programme_id, figure, month, amount, estimated FROM reports_count_changed()
"""  # nosec B608  (constant texts)

PROGRAMMEMONTH = f"""
CREATE VIEW reports_programmemonth WITH (security_barrier) AS
SELECT programme_id, figure::text AS figure, month, amount, estimated
FROM reports_storedmonth
WHERE agency_id IS NULL
UNION ALL
SELECT programme_id, figure::text, month, -amount, -estimated
FROM reports_storedmonth
WHERE {ANY_CHANGED}
UNION ALL
SELECT programme_id, figure, month, amount, estimated FROM reports_count_changed()
"""  # nosec B608  (constant texts)

PROGRAMMETOTAL = """
CREATE OR REPLACE VIEW reports_programmetotal WITH (security_barrier) AS
SELECT programme_id, figure, sum(amount) AS amount, sum(estimated) AS estimated
FROM reports_programmemonth
GROUP BY programme_id, figure
"""

# Whoever commits a change between the second and the third statement leaves a note that stays: counted again next time.
STORE = f"""
CREATE FUNCTION reports_store_figures() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    agencies bigint[];
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('reports_store_figures')) THEN
        RETURN 0;
    END IF;
    agencies := {CHANGED};
    DELETE FROM reports_changedagency WHERE agency_id = ANY(agencies);
    DELETE FROM reports_storedmonth WHERE agency_id = ANY(agencies);
    INSERT INTO reports_storedmonth (agency_id, programme_id, figure, month, amount, estimated)
    {LIVE.replace("AGENCIES", "agencies")};
    IF cardinality(agencies) > 0 THEN
        DELETE FROM reports_storedmonth WHERE agency_id IS NULL;
        INSERT INTO reports_storedmonth (programme_id, figure, month, amount, estimated)
        SELECT programme_id, figure, month, sum(amount), sum(estimated)
        FROM reports_storedmonth
        GROUP BY programme_id, figure, month;
    END IF;
    INSERT INTO reports_countedagency (agency_id, counted_at)
    SELECT unnest(agencies), now()
    ON CONFLICT (agency_id) DO UPDATE SET counted_at = excluded.counted_at;
    RETURN coalesce(cardinality(agencies), 0);
END $$
"""  # nosec B608  (constant texts)

NOTE = """
CREATE FUNCTION reports_note_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO reports_changedagency (agency_id) SELECT DISTINCT agency_id FROM rows_now;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO reports_changedagency (agency_id) SELECT DISTINCT agency_id FROM rows_before;
    END IF;
    IF TG_TABLE_NAME = 'trainings_trainingsession' AND TG_OP = 'UPDATE' THEN
        INSERT INTO reports_changedagency (agency_id)
        SELECT DISTINCT enrolment.agency_id
        FROM trainings_enrolment enrolment
        JOIN rows_now session ON session.id = enrolment.session_id;
    END IF;
    IF TG_TABLE_NAME = 'trainings_trainingseries' AND TG_OP = 'UPDATE' THEN
        INSERT INTO reports_changedagency (agency_id)
        SELECT DISTINCT enrolment.agency_id
        FROM trainings_enrolment enrolment
        JOIN trainings_trainingsession session ON session.id = enrolment.session_id
        JOIN rows_now series ON series.id = session.series_id;
    END IF;
    RETURN NULL;
END $$
"""

COUNTED_FROM = [
    *("communes_registration", "communes_partnership", "patrons_patron", "patrons_appointment", "patrons_activity"),
    *("trainings_trainingseries", "trainings_trainingsession", "trainings_enrolment"),
    *("projects_project", "projects_measure", "projects_saving", "projects_fundingapplication"),
]
ROWS = {
    "INSERT": "NEW TABLE AS rows_now",
    "UPDATE": "OLD TABLE AS rows_before NEW TABLE AS rows_now",
    "DELETE": "OLD TABLE AS rows_before",
}


def triggers(table: str) -> migrations.RunSQL:
    """Return the operation that lets a table note which agencies' rows a statement changed."""
    made, dropped = [], []
    for event, rows in ROWS.items():
        name = f"{table}_counts_{event.lower()}"
        made.append(
            f"CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {rows}"
            " FOR EACH STATEMENT EXECUTE FUNCTION reports_note_change()"
        )
        dropped.append(f"DROP TRIGGER {name} ON {table}")
    return migrations.RunSQL(made, dropped)


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0005_stored_figures"),
        ("trainings", "0004_registration_and_coaching"),
        ("communes", "0001_tables"),
        ("patrons", "0001_tables"),
        ("projects", "0005_savings_with_several_factors"),
    ]
    operations = [
        *[
            migrations.RunSQL(f"CREATE OR REPLACE VIEW {name} WITH ({option}) AS {query}", migrations.RunSQL.noop)
            for name, option, query in REPLACED
        ],
        migrations.RunSQL(UNCOUNTED, "DROP VIEW reports_uncounted"),
        migrations.RunSQL(COUNT, "DROP FUNCTION reports_count_changed"),
        migrations.RunSQL(AGENCYMONTH, "DROP VIEW reports_agencymonth"),
        migrations.RunSQL(PROGRAMMEMONTH, "DROP VIEW reports_programmemonth"),
        migrations.RunSQL(PROGRAMMETOTAL, migrations.RunSQL.noop),
        migrations.RunSQL(STORE, "DROP FUNCTION reports_store_figures"),
        migrations.RunSQL(NOTE, "DROP FUNCTION reports_note_change"),
        *[triggers(table) for table in COUNTED_FROM],
        *[only_readable(f"reports_{name}") for name in ("storedmonth", "countedagency", "changedagency")],
    ]
