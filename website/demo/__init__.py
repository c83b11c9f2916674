"""The demo: three programmes with real places and invented people, built through the rooms' own rules."""

from website.demo.accounts import DEMO_LOGINS, DEMO_PASSWORD
from website.demo.build import build

__all__ = ["DEMO_LOGINS", "DEMO_PASSWORD", "build"]
