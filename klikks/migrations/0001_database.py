"""Prepares the database before any table: extensions, and the rights of the application's role."""

from django.conf import settings
from django.contrib.postgres.operations import CreateExtension
from django.db import migrations

EXTENSIONS = ["pg_trgm", "btree_gist", "unaccent"]


def grant(apps, schema_editor):
    """Let the application's role read and write the tables to come, and own none of them."""
    role = schema_editor.quote_name(settings.DATABASES["default"]["USER"])
    schema_editor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
    schema_editor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    schema_editor.execute(
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}"
    )
    schema_editor.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}")


class Migration(migrations.Migration):
    initial = True
    run_before = [
        ("contenttypes", "0001_initial"),
        ("sessions", "0001_initial"),
        ("agencies", "0001_tables"),
        ("account", "0001_initial"),
        ("mfa", "0001_initial"),
        ("pghistory", "0001_initial"),
    ]
    operations = [
        *[CreateExtension(name) for name in EXTENSIONS],
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
