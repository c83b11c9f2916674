"""The portal's settings with a storage that can be made to fail."""

from klikks.settings import *  # noqa: F403
from klikks.settings import STORAGES as REAL_STORAGES

STORAGES = {**REAL_STORAGES, "default": {"BACKEND": "tests.drills.storage.FailingStorage"}}
