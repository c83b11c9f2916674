"""Letting people who act on the same thing do so one after the other where no row can be locked."""

from django.db import connection, models


def one_at_a_time(*rows: models.Model) -> None:
    """Let those who act on the same rows do so one after the other, until the transaction ends.

    Works across agencies, where nobody may lock the other's row.
    """
    with connection.cursor() as cursor:
        for row in sorted(rows, key=lambda one: (one._meta.label, one.pk)):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [row._meta.label, row.pk])
