"""The view that says how many places of a session are taken, by people of whichever agency, without naming them."""

from django.db import migrations

VIEW = """
CREATE VIEW trainings_takenplaces WITH (security_barrier) AS
SELECT session_id, count(*)::integer AS taken
FROM trainings_enrolment
WHERE status IN ('enrolled', 'attended', 'absent')
GROUP BY session_id
"""


class Migration(migrations.Migration):
    replaces = [("trainings", "0002_taken_places")]
    dependencies = [("trainings", "0001_tables")]
    operations = [migrations.RunSQL(VIEW, "DROP VIEW trainings_takenplaces")]
