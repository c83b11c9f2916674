"""Loaded before the settings: gives each test process a queue and, among several, a database of the broker."""

import os

_NUMBER = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
if _NUMBER:
    os.environ["BROKER_URL"] = f"{os.environ['BROKER_URL'].rsplit('/', 1)[0]}/{int(_NUMBER) + 1}"
os.environ["INSTANCE"] = f"test-{os.getpid()}"
