"""Writes all figures of a programme with where they come from."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agencies.models import Agency, Programme
from reports.audit import as_csv, as_json, audit


class Command(BaseCommand):
    """Writes the figures of a programme, of all its agencies or of one, as JSON or CSV."""

    help = "Write all figures of a programme with their provenance, for docs/recompute.py. No person is named."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("programme", help="short name of the programme, such as klikks")
        parser.add_argument("file", type=Path, help="what to write: a name that ends with .json or .csv")
        parser.add_argument("--agency", help="short name of one agency; all agencies without it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file, and say how much it holds."""
        programme, file = self._programme(options["programme"]), options["file"]
        if file.suffix not in {".json", ".csv"}:
            raise CommandError("Please name a file that ends with .json or .csv.")
        content = audit(programme, self._agencies(programme, options["agency"]))
        text = as_json(content) if file.suffix == ".json" else as_csv(content["savings"])
        try:
            file.write_text(text, encoding="utf-8")
        except OSError as problem:
            raise CommandError(f"{file} cannot be written: {problem.strerror}") from problem
        self.stdout.write(f"{file}: {len(content['savings'])} calculations, {len(content['facts'])} facts.")

    def _programme(self, slug: str) -> Programme:
        try:
            return Programme.objects.get(slug=slug)
        except Programme.DoesNotExist:
            known = ", ".join(Programme.objects.values_list("slug", flat=True))
            raise CommandError(f"There is no programme “{slug}”. There are: {known}") from None

    def _agencies(self, programme: Programme, slug: str | None) -> list[Agency]:
        agencies = list(programme.agencies.order_by("slug"))
        chosen = [agency for agency in agencies if slug in {None, agency.slug}]
        if not chosen:
            known = ", ".join(agency.slug for agency in agencies)
            raise CommandError(f"No agency “{slug}” takes part. There are: {known}")
        return chosen
