"""The view that says how many places of a session are taken, by people of whichever agency, without naming them."""

from django.db import migrations, models

VIEW = """
CREATE VIEW trainings_takenplaces WITH (security_barrier) AS
SELECT session_id, count(*)::integer AS taken
FROM trainings_enrolment
WHERE status IN ('enrolled', 'attended', 'absent')
GROUP BY session_id
"""


class Migration(migrations.Migration):
    dependencies = [("trainings", "0001_initial")]
    operations = [
        migrations.RunSQL(VIEW, "DROP VIEW trainings_takenplaces"),
        migrations.CreateModel(
            name="TakenPlaces",
            fields=[
                (
                    "session",
                    models.OneToOneField(
                        on_delete=models.DO_NOTHING,
                        primary_key=True,
                        related_name="taken_places",
                        serialize=False,
                        to="trainings.trainingsession",
                    ),
                ),
                ("taken", models.IntegerField()),
            ],
            options={"db_table": "trainings_takenplaces", "managed": False},
        ),
    ]
