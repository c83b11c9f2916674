"""Loads states, districts, municipalities and postcodes."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from communes.models import Commune
from communes.reference import FOLDER, UnreadableReference, load
from deadlines.holidays import load as load_holidays

SHOWN = 40


class Command(BaseCommand):
    """Loads the official register; safe to repeat, also with a newer edition."""

    help = "Load states, districts, municipalities and postcodes, with source and licence. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--folder", type=Path, default=FOLDER, help="another folder; see data/reference/README.md")
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there are municipalities already")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the folder and print what is new, changed, unchanged and gone."""
        if options["if_empty"] and Commune.objects.exists():
            return
        try:
            outcomes = load(options["folder"])
        except UnreadableReference as problem:
            raise CommandError(str(problem)) from None
        load_holidays()
        for kind, outcome in outcomes.items():
            self.stdout.write(
                f"  {kind:<16}{outcome.new:>7,} new {outcome.changed:>7,} changed"
                f" {outcome.unchanged:>7,} unchanged {outcome.gone:>7,} gone"
            )
        details = [detail for outcome in outcomes.values() for detail in outcome.details]
        for detail in details[:SHOWN]:
            self.stdout.write(f"    {detail}")
        if len(details) > SHOWN:
            self.stdout.write(f"    … and {len(details) - SHOWN} more")
