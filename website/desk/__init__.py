"""The frame and the opening page of the staff desk: the one place that knows the lists of all rooms."""

from website.desk.dashboard import dashboard
from website.desk.navigation import account_links, environment, navigation

__all__ = ["account_links", "dashboard", "environment", "navigation"]
