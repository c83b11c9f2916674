"""Loaded before the settings: gives each of several test processes a database of the broker of its own."""

import os

_NUMBER = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
if _NUMBER:
    os.environ["BROKER_URL"] = f"{os.environ['BROKER_URL'].rsplit('/', 1)[0]}/{int(_NUMBER) + 1}"
