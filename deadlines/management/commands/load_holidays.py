"""Loads public holidays and school holidays."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from deadlines.holidays import SCHOOL_HOLIDAYS, UnreadableHolidays, load


class Command(BaseCommand):
    """Loads the days that reminders may avoid; safe to repeat, also with other school holidays."""

    help = "Load public holidays and school holidays of all states. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--file", type=Path, default=SCHOOL_HOLIDAYS, help="school holidays; see data/holidays/")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the file and say how many holidays are known."""
        try:
            known = load(options["file"])
        except (UnreadableHolidays, OSError) as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"  {known:,} holidays are known")
