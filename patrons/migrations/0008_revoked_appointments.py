"""The page that verifies a certificate also says when an appointment was revoked because it was wrong."""

from django.db import migrations

CREATE = """
CREATE OR REPLACE VIEW patrons_verification WITH (security_barrier) AS
SELECT
    appointment.code,
    appointment.ended_on IS NULL
        OR (
            appointment.revoked_on IS NULL
            AND appointment.ended_on > (now() AT TIME ZONE 'Europe/Berlin')::date
        ) AS is_valid,
    patron.first_name || ' ' || patron.last_name AS name,
    commune.name AS municipality,
    appointment.appointed_on AS since,
    appointment.revoked_on IS NOT NULL AS is_revoked
FROM patrons_appointment appointment
JOIN patrons_patron patron ON patron.id = appointment.patron_id
JOIN communes_commune commune ON commune.id = appointment.commune_id
WHERE appointment.code = (SELECT current_setting('klikks.verification_code', true))
"""
BEFORE = """
DROP VIEW patrons_verification;
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
    dependencies = [("patrons", "0007_appointment_days_and_merging")]
    operations = [migrations.RunSQL(CREATE, BEFORE)]
