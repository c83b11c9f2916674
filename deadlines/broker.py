"""Handing work to Celery."""

from functools import partial

from django.db import transaction

from klikks.celery import app


def send_after_commit(task: str, *arguments: int) -> None:
    """Hand a task to Celery once the transaction is committed.

    `task` is its name, `arguments` are primary keys. A broker that is down is logged and does not disturb the
    request: whatever must be done is a row, and beat looks for such rows again and again.
    """
    transaction.on_commit(partial(app.send_task, task, arguments, retry=False), robust=True)
