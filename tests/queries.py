"""Counts how often a page asks the database, without the settings that raise the walls of the connection."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

WALLS = ("set_config(", "SELECT current_setting(")


@contextmanager
def at_most(number: int) -> Iterator[None]:
    """Fail if the block reads or writes rows more than `number` times."""
    with CaptureQueriesContext(connection) as captured:
        yield
    asked = [query["sql"] for query in captured.captured_queries if not any(wall in query["sql"] for wall in WALLS)]
    assert len(asked) <= number, f"{len(asked)} queries instead of {number}:\n" + "\n".join(sql[:300] for sql in asked)
