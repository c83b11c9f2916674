"""Loads the demo."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from agencies.models import Programme
from deadlines.holidays import load as load_holidays
from projects.measures.factors import load_factors
from website.demo import build


class Command(BaseCommand):
    """Builds the three programmes of the demo. Only with DEBUG on: its passwords are public."""

    help = "Build the demo: KlikK aktiv, KlikKS and KlimaPartnerschaft. Needs load_reference first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there is a programme already")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build the demo, or say why not."""
        if not settings.DEBUG:
            raise CommandError("The demo's passwords are public; it is loaded with DEBUG on only.")
        if Programme.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError("There are programmes already; the demo needs an empty database.")
        load_factors()
        load_holidays()
        build(lambda step: self.stdout.write(f"  {step}"))
