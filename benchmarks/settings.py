"""The portal's production settings with one more address: the empty view everything is compared with."""

from klikks.settings import *  # noqa: F403
from klikks.settings import BASE_DIR

ROOT_URLCONF = "benchmarks.urls"
STATIC_ROOT = BASE_DIR / "var" / "bench" / "static"
