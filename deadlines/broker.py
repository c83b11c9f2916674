"""Handing work to Celery."""

import logging

from django.db import transaction
from kombu.exceptions import OperationalError

from klikks.celery import app

logger = logging.getLogger(__name__)


def send_after_commit(task: str, *arguments: int) -> None:
    """Hand a task to Celery once the transaction is committed.

    `task` is its name, `arguments` are primary keys. A broker that is down is logged and does not disturb the
    request: whatever must be done is a row, and beat looks for such rows again and again.
    """

    def send() -> None:
        try:
            app.send_task(task, arguments, retry=False)
        except OperationalError as problem:
            logger.warning("The broker cannot be reached, beat will see to %s%s: %s", task, arguments, problem)

    transaction.on_commit(send, robust=True)
