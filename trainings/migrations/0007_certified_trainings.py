"""The view that verifies a certificate of attendance: the one whose code the connection names."""

from django.db import migrations

from klikks.tenancy import owners_view

CERTIFIED = """
SELECT
    certificate.code AS code,
    certificate.revoked_at IS NULL AS is_valid,
    certificate.name AS name,
    certificate.training AS training,
    certificate.held_on AS held_on
FROM trainings_trainingcertificate certificate
WHERE certificate.code = (SELECT current_setting('klikks.verification_code', true))
"""


class Migration(migrations.Migration):
    dependencies = [("trainings", "0006_on_the_day")]
    operations = [*owners_view("trainings_certifiedtraining", CERTIFIED)]
