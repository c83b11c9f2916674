"""Appointments that were revoked because they were wrong count in no figure."""

from importlib import import_module

from django.db import migrations

before = import_module("reports.migrations.0002_figures")

COUNTED = """    JOIN communes_commune commune ON commune.id = appointment.commune_id
    GROUP BY 1, 2, 3, 4, 5"""
ONLY_RIGHT_ONES = """    JOIN communes_commune commune ON commune.id = appointment.commune_id
    WHERE appointment.revoked_on IS NULL
    GROUP BY 1, 2, 3, 4, 5"""


def views() -> list[migrations.RunSQL]:
    """Return the operations that replace the two views which count appointments."""
    return [
        migrations.RunSQL(
            f"CREATE OR REPLACE VIEW {name} WITH ({option}) AS {query.replace(COUNTED, ONLY_RIGHT_ONES)}",
            f"CREATE OR REPLACE VIEW {name} WITH ({option}) AS {query}",
        )
        for name, option, query in before.VIEWS
        if COUNTED in query
    ]


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_thanks_and_days"), ("patrons", "0008_revoked_appointments")]
    operations = views()
