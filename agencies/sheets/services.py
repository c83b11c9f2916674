"""What happens to sheets: uploaded and previewed, then confirmed or dropped. Nothing is written before."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import PurePath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Programme, SheetImport, SheetRow, User
from agencies.permissions import require
from agencies.sheets.exceptions import AlreadyDone, NotASheet, PreviewOutdated, RowsWrong
from agencies.sheets.preview import Preview, preview
from agencies.sheets.registry import resource_class
from agencies.sheets.resources import Order, Row
from agencies.sheets.writing import write

logger = logging.getLogger(__name__)

FORGOTTEN_AFTER = timedelta(days=14)
IMPORTED_KEPT = timedelta(days=30)
AT_ONCE = 1000


@transaction.atomic
def upload(kind: str, file: File, *, programme: Programme, by: User) -> SheetImport:
    """Keep a sheet with its preview; nothing of it is written yet.

    Raises NotAllowed, or a ValidationError in words when the file cannot be read as a sheet of this kind.
    """
    _require(kind, by)
    if file.size and file.size > settings.UPLOAD_MAX_BYTES:
        raise NotASheet(
            _("The file has %(size)s; up to %(limit)s are possible. Please split it.")
            % {"size": filesizeformat(file.size), "limit": filesizeformat(settings.UPLOAD_MAX_BYTES)}
        )
    _forget_old_previews()
    name = PurePath((file.name or "").replace("\\", "/")).name[-255:]
    made = preview(resource_class(kind)(_order(programme, by, name)), file)
    sheet = SheetImport(kind=kind, programme=programme, uploaded_by=by, file_name=name)
    file.seek(0)
    sheet.file.save(name, file, save=False)
    _keep(sheet, made)
    return sheet


def confirm(sheet: SheetImport, *, by: User) -> SheetImport:
    """Write what the preview shows, all or nothing.

    Raises NotAllowed, AlreadyDone, RowsWrong while rows are wrong, and PreviewOutdated when the data changed since
    the preview; the preview is then made anew.
    """
    if sheet.counts.get(SheetRow.Verdict.WRONG):
        raise RowsWrong(_("Some rows are wrong. Please mend them and upload the sheet again, or leave them out."))
    return _confirm(sheet, by)


def confirm_without_faulty_rows(sheet: SheetImport, *, by: User) -> SheetImport:
    """Write what the preview shows and leave the faulty rows out, which can still be downloaded.

    Raises NotAllowed, AlreadyDone and PreviewOutdated as `confirm` does.
    """
    return _confirm(sheet, by)


@transaction.atomic
def drop(sheet: SheetImport, *, by: User) -> SheetImport:
    """Forget a previewed sheet with its rows and its file. Raises NotAllowed or AlreadyDone."""
    sheet = _locked(sheet, by)
    _forget(sheet)
    return sheet


@transaction.atomic
def forget_old() -> None:
    """Forget what the agency's old sheets hold of people: previews after two weeks, imported sheets after a month.

    Of an imported sheet its file and its faulty rows go; that it was imported, by whom and when, stays.
    """
    _forget_old_previews()
    imported = SheetImport.objects.filter(
        status=SheetImport.Status.CONFIRMED, confirmed_at__lt=timezone.now() - IMPORTED_KEPT
    ).exclude(file="")
    for sheet in imported.select_for_update(skip_locked=True):
        _forget(sheet, SheetImport.Status.CONFIRMED)


def import_at_once(made: Preview) -> None:
    """Write a preview that was made by a command, all or nothing. Raises PreviewOutdated."""
    with transaction.atomic(), _clashes_told():
        write(made)


def _confirm(sheet: SheetImport, by: User) -> SheetImport:
    """Write the sheet; when its preview has become untrue, keep the new one and say so."""
    anew = None
    with transaction.atomic():
        sheet = _locked(sheet, by)
        made = _preview_again(sheet, by)
        if made.fingerprint() == sheet.fingerprint:
            with _clashes_told():
                write(made)
            _finish(sheet)
        else:
            anew = made
            _keep(sheet, made)
    if anew is not None:
        raise PreviewOutdated(
            _(
                "Since this preview was made, somebody has changed data that the sheet touches. Nothing was written. "
                "The preview below is new: please look at it and confirm again."
            )
        )
    return sheet


@contextmanager
def _clashes_told() -> Iterator[None]:
    """Put into words what the database refuses, such as a partnership with another agency. Raises PreviewOutdated."""
    try:
        yield
    except IntegrityError as clash:
        logger.warning("A sheet clashed with stored data: %s", clash)
        raise PreviewOutdated(
            _(
                "The database refused a row that clashes with data outside of this sheet, perhaps of another agency "
                "(%(rule)s). Nothing was written. Please make a new preview."
            )
            % {"rule": getattr(getattr(clash.__cause__, "diag", None), "constraint_name", None) or "–"}
        ) from clash


def _require(kind: str, by: User, sheet: SheetImport | None = None) -> None:
    """Go on only if `by` may import sheets of this kind. Raises NotAllowed."""
    require(by, "sheetimport", "import", sheet)
    if right := resource_class(kind).right:
        require(by, *right)


def _locked(sheet: SheetImport, by: User) -> SheetImport:
    """Return the sheet's row, locked, if it still waits. Raises NotAllowed or AlreadyDone."""
    _require(sheet.kind, by, sheet)
    sheet = SheetImport.objects.select_for_update().get(pk=sheet.pk)
    if sheet.status != SheetImport.Status.PREVIEWED:
        raise AlreadyDone(
            _("This sheet is “%(status)s” already; nothing was written now.") % {"status": sheet.get_status_display()}
        )
    return sheet


def _preview_again(sheet: SheetImport, by: User) -> Preview:
    """Preview the stored file once more, with the rows it touches locked."""
    resource = resource_class(sheet.kind)(_order(sheet.programme, by, sheet.file_name))
    resource.locks = True
    with sheet.file.open("rb") as file:
        return preview(resource, file)


def _order(programme: Programme, by: User, source: str) -> Order:
    """Return for whom a sheet is imported. Raises ValidationError if the agency has no part in the programme."""
    agency = programme.agencies.filter(pk=by.agency_id).first()
    if agency is None:
        raise ValidationError(_("Your agency has no part in the programme “%(name)s”.") % {"name": programme})
    return Order(agency, programme, by, source)


def _keep(sheet: SheetImport, made: Preview) -> None:
    """Store a preview in place of the one before."""
    sheet.counts, sheet.fingerprint = made.counts(), made.fingerprint()
    sheet.unknown, sheet.doubled, sheet.headings = made.unknown, made.doubled, made.headings
    sheet.save()
    sheet.rows.all().delete()
    SheetRow.objects.bulk_create((_stored(row, sheet) for row in made.rows), batch_size=AT_ONCE)


def _stored(row: Row, sheet: SheetImport) -> SheetRow:
    return SheetRow(
        agency_id=sheet.agency_id,
        sheet=sheet,
        number=row.number,
        verdict=row.verdict,
        title=row.title[:200],
        changes=row.changes,
        problems=row.problems,
        hints=row.hints,
        cells=row.texts() if row.problems else [],
    )


def _finish(sheet: SheetImport) -> None:
    """Close a sheet that was written. Only the faulty rows stay, for their download."""
    sheet.status, sheet.confirmed_at = SheetImport.Status.CONFIRMED, timezone.now()
    sheet.save()
    sheet.rows.exclude(verdict=SheetRow.Verdict.WRONG).delete()


def _forget_old_previews() -> None:
    """Drop the agency's previews that nobody confirmed for a long time: they hold personal data."""
    old = timezone.now() - FORGOTTEN_AFTER
    waiting = SheetImport.objects.filter(status=SheetImport.Status.PREVIEWED, uploaded_at__lt=old)
    for sheet in waiting.select_for_update(skip_locked=True):
        _forget(sheet)


def _forget(sheet: SheetImport, status: str = SheetImport.Status.DROPPED) -> None:
    """Delete rows and file; what stays is that there was a sheet."""
    sheet.rows.all().delete()
    file, storage = sheet.file.name or "", sheet.file.storage
    sheet.file, sheet.status = "", status
    sheet.save()
    transaction.on_commit(lambda: storage.delete(file))
