"""A measure that counts in another one adds nothing of its own; and a saving says itself whether it is an estimate."""

from importlib import import_module

from django.db import migrations

before = import_module("reports.migrations.0002_views")

REPLACED = [
    ("saving.quality = 'estimated' OR NOT factor.is_confirmed", "saving.is_estimate"),
    ("JOIN projects_emissionfactor factor ON factor.id = saving.factor_id\n", ""),
    ("WHERE measure.status = 'done'\n", "WHERE measure.status = 'done' AND measure.counted_in_id IS NULL\n"),
    (
        "WHERE saving.replaced_at IS NULL AND measure.status",
        "WHERE saving.replaced_at IS NULL AND measure.counted_in_id IS NULL AND measure.status",
    ),
]


def now(query: str) -> str:
    """Return the query of a view as it is from here on."""
    for old, new in REPLACED:
        query = query.replace(old, new)
    return query


VIEWS = [(name, option, now(query)) for name, option, query in before.VIEWS if now(query) != query]


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_views"), ("projects", "0005_savings_with_several_factors")]
    operations = [
        migrations.RunSQL(f"CREATE OR REPLACE VIEW {name} WITH ({option}) AS {query}", migrations.RunSQL.noop)
        for name, option, query in VIEWS
    ]
