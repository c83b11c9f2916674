"""Prints the demo's logins."""

from typing import Any

from django.core.management.base import BaseCommand

from website.demo import DEMO_LOGINS, DEMO_PASSWORD


class Command(BaseCommand):
    """Prints one login per role."""

    help = "Print the logins of the demo, one per role."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the table."""
        for login in DEMO_LOGINS:
            who = " ".join(filter(None, [login.role.value.replace("_", " "), login.agency and f"({login.agency})"]))
            self.stdout.write(f"  {who:<26} {login.email:<28} {DEMO_PASSWORD}")
