"""Imports a spreadsheet on the command line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pghistory
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from agencies.models import Agency, Programme, SheetImport
from agencies.sheets.preview import Preview, preview
from agencies.sheets.registry import resource_class
from agencies.sheets.resources import Order, Row, SheetResource, Verdict
from agencies.sheets.services import import_at_once
from klikks.tenancy import agency_context

SHOWN = frozenset({Verdict.CHANGED, Verdict.WRONG})


class Command(BaseCommand):
    """Prints the preview of a sheet, and writes it when told to."""

    help = (
        "Import municipalities, climate patrons, projects or funding programmes from XLSX or CSV. "
        "Without --confirm nothing is written. Ends with an error when rows are wrong; -v 2 prints every row."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add what to import, for whom, and whether to write it."""
        parser.add_argument("kind", choices=SheetImport.Kind.values)
        parser.add_argument("file", type=Path)
        parser.add_argument("--agency", required=True, metavar="SLUG")
        parser.add_argument("--programme", required=True, metavar="SLUG")
        parser.add_argument("--confirm", action="store_true", help="write what the preview shows, all or nothing")
        parser.add_argument(
            "--leave-out-faulty-rows", action="store_true", help="with --confirm: write the other rows all the same"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the preview; with --confirm write it."""
        agency = self._one(Agency, options["agency"])
        programme = self._one(Programme, options["programme"])
        if not programme.agencies.filter(pk=agency.pk).exists():
            raise CommandError(f"{agency} has no part in {programme}.")
        path: Path = options["file"]
        with (
            translation.override(settings.LANGUAGE_CODE),
            agency_context(agency),
            pghistory.context(command="import_sheet", file=path.name),
        ):
            resource = resource_class(options["kind"])(Order(agency, programme, None, path.name))
            resource.locks = options["confirm"]
            with transaction.atomic():
                made = self._preview(resource, path)
                self._print(made, options["verbosity"])
                faulty = made.counts()[Verdict.WRONG]
                if options["confirm"] and (not faulty or options["leave_out_faulty_rows"]):
                    self._write(made)
                elif options["confirm"]:
                    self.stdout.write(_("Nothing was written, because rows are wrong."))
            if faulty:
                raise CommandError(_("Rows that are wrong: %(count)d") % {"count": faulty})

    def _one(self, model: Any, slug: str) -> Any:
        found = model.objects.filter(slug=slug).first()
        if found is None:
            known = ", ".join(model.objects.values_list("slug", flat=True))
            raise CommandError(f"There is no {model._meta.model_name} “{slug}”; there are: {known}")
        return found

    def _preview(self, resource: SheetResource, path: Path) -> Preview:
        try:
            with path.open("rb") as file:
                return preview(resource, file)
        except OSError as problem:
            raise CommandError(f"{path}: {problem.strerror}") from problem
        except ValidationError as refusal:
            raise CommandError("\n".join(refusal.messages)) from refusal

    def _write(self, made: Preview) -> None:
        try:
            import_at_once(made)
        except ValidationError as refusal:
            raise CommandError("\n".join(refusal.messages)) from refusal
        self.stdout.write(self.style.SUCCESS(_("Imported.")))

    def _print(self, made: Preview, verbosity: int) -> None:
        """Print counts, columns left out, and the rows: changed and wrong ones, all of them if asked for."""
        for heading in made.unknown:
            self.stdout.write(_("The column “%(column)s” is not known and left out.") % {"column": heading})
        for heading in made.doubled:
            self.stdout.write(_("The column “%(column)s” stands there twice; the first counts.") % {"column": heading})
        for row in made.rows:
            if verbosity > 1 or row.verdict in SHOWN or (row.hints and verbosity):
                self._print_row(row)
        counts = made.counts()
        self.stdout.write(", ".join(f"{counts[verdict]} {verdict.label}" for verdict in Verdict))

    def _print_row(self, row: Row) -> None:
        self.stdout.write(_("Row %(number)d, %(outcome)s: %(title)s") % {
            "number": row.number, "outcome": row.verdict.label, "title": row.title,
        })  # fmt: skip
        for change in row.changes:
            self.stdout.write(f"    {change.label}: {change.old or '–'} → {change.new}")
        for hint in row.hints:
            self.stdout.write(f"    {hint}")
        for problem in row.problems:
            self.stdout.write(self.style.ERROR(f"    {problem.column}: {problem.reason} {problem.mend}".rstrip()))
