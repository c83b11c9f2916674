"""Loads the published emission factors."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from projects.measures.factors import FACTORS, FactorChanged, load_factors


class Command(BaseCommand):
    """Stores the emission factors that are missing. Safe to run again."""

    help = "Load the published emission factors; those not yet confirmed at the source are kept but never used."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say how many are new and how many must still be confirmed."""
        try:
            new = load_factors()
        except FactorChanged as problem:
            raise CommandError(str(problem)) from problem
        unconfirmed = sum(not factor.is_confirmed for factor in FACTORS)
        self.stdout.write(f"{len(FACTORS)} emission factors, {new} new; {unconfirmed} still to be confirmed, not used.")
