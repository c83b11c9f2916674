"""Stored figures: see the migration `0006_counting` for how they stay exact."""

from django.db import connection


def store() -> int:
    """Store the figures of the agencies whose rows have changed; return of how many. One run at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reports_store_figures()")
        return int(cursor.fetchone()[0])
