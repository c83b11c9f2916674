"""Loaded before the settings: gives each test process a queue, a folder for files and, among several, a broker."""

import atexit
import os
import shutil
import tempfile

_NUMBER = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
if _NUMBER:
    os.environ["BROKER_URL"] = f"{os.environ['BROKER_URL'].rsplit('/', 1)[0]}/{int(_NUMBER) + 1}"
os.environ["INSTANCE"] = f"test-{os.getpid()}"
os.environ["MEDIA_ROOT"] = tempfile.mkdtemp(prefix="klikks-test-")
atexit.register(shutil.rmtree, os.environ["MEDIA_ROOT"], ignore_errors=True)
