"""The view behind the public page that verifies a certificate: the one appointment whose code the connection names."""

from django.db import migrations, models

CREATE = """
CREATE VIEW patrons_verification WITH (security_barrier) AS
SELECT
    appointment.code,
    appointment.ended_on IS NULL
        OR appointment.ended_on > (now() AT TIME ZONE 'Europe/Berlin')::date AS is_valid,
    patron.first_name || ' ' || patron.last_name AS name,
    commune.name AS municipality,
    appointment.appointed_on AS since
FROM patrons_appointment appointment
JOIN patrons_patron patron ON patron.id = appointment.patron_id
JOIN communes_commune commune ON commune.id = appointment.commune_id
WHERE appointment.code = (SELECT current_setting('klikks.verification_code', true))
"""


class Migration(migrations.Migration):
    dependencies = [("patrons", "0001_initial")]
    operations = [
        migrations.RunSQL(CREATE, "DROP VIEW patrons_verification"),
        migrations.CreateModel(
            name="Verification",
            fields=[
                (
                    "code",
                    models.CharField(max_length=12, primary_key=True, serialize=False, verbose_name="code"),
                ),
                ("is_valid", models.BooleanField(verbose_name="valid")),
                ("name", models.CharField(max_length=161, verbose_name="name")),
                ("municipality", models.CharField(max_length=120, verbose_name="municipality")),
                ("since", models.DateField(verbose_name="appointed on")),
            ],
            options={
                "verbose_name": "verification",
                "verbose_name_plural": "verifications",
                "db_table": "patrons_verification",
                "managed": False,
            },
        ),
    ]
