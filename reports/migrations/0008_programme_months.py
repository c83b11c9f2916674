"""The months of a whole programme are stored too: what its changed agencies had is taken off, what they have is added."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

counting = import_module("reports.migrations.0006_counting")

ANY_CHANGED = f"agency_id = ANY({counting.CHANGED})"

# A function, because a query with so many tables takes longer to plan than to run where nothing has changed.
COUNT = f"""
CREATE FUNCTION reports_count_changed()
RETURNS TABLE (agency_id bigint, programme_id bigint, figure text, month date, amount numeric, estimated numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
#variable_conflict use_column
DECLARE
    agencies bigint[] := {counting.CHANGED};
BEGIN
    IF cardinality(agencies) > 0 THEN
        RETURN QUERY {counting.LIVE.replace("AGENCIES", "agencies")};
    END IF;
END $$
"""  # nosec B608  (constant texts)

AGENCYMONTH = f"""
CREATE OR REPLACE VIEW reports_agencymonth WITH (security_barrier) AS
SELECT agency_id, programme_id, figure::text AS figure, month, amount, estimated
FROM reports_storedmonth
WHERE agency_id IS NOT NULL AND NOT {ANY_CHANGED}
UNION ALL
SELECT agency_id, programme_id, figure, month, amount, estimated FROM reports_count_changed()
"""  # nosec B608

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
"""  # nosec B608

PROGRAMMETOTAL = """
CREATE OR REPLACE VIEW reports_programmetotal WITH (security_barrier) AS
SELECT programme_id, figure, sum(amount) AS amount, sum(estimated) AS estimated
FROM reports_programmemonth
GROUP BY programme_id, figure
"""

STORE = counting.STORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").replace(
    "    INSERT INTO reports_countedagency",
    """    IF cardinality(agencies) > 0 THEN
        DELETE FROM reports_storedmonth WHERE agency_id IS NULL;
        INSERT INTO reports_storedmonth (programme_id, figure, month, amount, estimated)
        SELECT programme_id, figure, month, sum(amount), sum(estimated)
        FROM reports_storedmonth
        GROUP BY programme_id, figure, month;
    END IF;
    INSERT INTO reports_countedagency""",
)


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0003_funding"),
        ("reports", "0007_attendance_papers"),
    ]
    operations = [
        migrations.CreateModel(
            name="ProgrammeMonth",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "programme", "figure", "month", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("figure", models.CharField(max_length=32)),
                ("month", models.DateField()),
                ("amount", models.DecimalField(decimal_places=3, max_digits=20)),
                ("estimated", models.DecimalField(decimal_places=3, max_digits=20)),
            ],
            options={"db_table": "reports_programmemonth", "managed": False},
        ),
        migrations.AlterField(
            model_name="storedmonth",
            name="agency",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="agencies.agency"
            ),
        ),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
        migrations.RunSQL(AGENCYMONTH, migrations.RunSQL.noop),
        migrations.RunSQL(PROGRAMMEMONTH, migrations.RunSQL.noop),
        migrations.RunSQL(PROGRAMMETOTAL, migrations.RunSQL.noop),
        migrations.RunSQL(STORE, migrations.RunSQL.noop),
    ]
