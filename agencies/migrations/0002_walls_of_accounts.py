"""Walls around the tables of the account library: an account's rows are as visible as the account."""

from django.db import migrations

TABLES = ["account_emailaddress", "mfa_authenticator"]
VISIBLE = "EXISTS (SELECT 1 FROM agencies_user WHERE agencies_user.id = user_id)"


def raise_wall(table: str) -> migrations.RunSQL:
    """Return the operation that lets a table's rows be seen only with their account."""
    return migrations.RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY wall ON {table} USING ({VISIBLE}) WITH CHECK ({VISIBLE});
        """,
        f"DROP POLICY wall ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
    )


class Migration(migrations.Migration):
    replaces = [("agencies", "0002_account_walls")]
    dependencies = [
        ("agencies", "0001_tables"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [raise_wall(table) for table in TABLES]
