"""Settings of the worker that tests start: the portal's own, and handlers of jobs that only tests order."""

from klikks.settings import *  # noqa: F403
from klikks.settings import JOB_HANDLERS as REAL_HANDLERS

JOB_HANDLERS = {
    **REAL_HANDLERS,
    "test_counts": "tests.deadlines.handlers.count_to_three",
    "test_fails": "tests.deadlines.handlers.fail",
    "test_refuses": "tests.deadlines.handlers.refuse",
    "test_hangs": "tests.deadlines.handlers.hang",
}
