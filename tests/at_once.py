"""Several people who do something at the same moment, each in a thread and on a connection of its own.

Tests that use it need `pytest.mark.django_db(transaction=True)`.
"""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Make calls at the same moment; return what they return, or the refusal each was answered with."""
    start = Barrier(len(calls))
    answers: list[Any] = []

    def make(call: Callable[[], Any]) -> None:
        try:
            start.wait()
            answers.append(call())
        except ValidationError as refusal:
            answers.append(refusal)
        finally:
            connection.close()

    threads = [Thread(target=make, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(calls), "one of them failed; see above"
    return answers
