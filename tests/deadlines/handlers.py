"""Handlers of jobs that tests order."""

import time
from collections.abc import Callable

from django.core.exceptions import ValidationError

from deadlines.models import Deadline, Job

Progress = Callable[[int], None]


def count_to_three(job: Job, progress: Progress) -> None:
    """Report progress thrice and leave a trace that can be counted."""
    for percent in (33, 66, 99):
        progress(percent)
    Deadline.objects.create(title=f"done by {job.key}", due_on="2024-01-01")


def fail(job: Job, progress: Progress) -> None:
    """Fail without words for the reader."""
    raise RuntimeError("secret inner workings")


def refuse(job: Job, progress: Progress) -> None:
    """Fail with words for the reader."""
    raise ValidationError("Die Vorlage ist leer.")


def hang(job: Job, progress: Progress) -> None:
    """Begin, and go on until killed; a later attempt ends at once."""
    progress(10)
    while job.attempts == 1:
        time.sleep(0.1)
