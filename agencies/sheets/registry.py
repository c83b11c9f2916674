"""Which resource reads which kind of sheet: rooms above name theirs in the settings, as jobs do."""

from django.conf import settings
from django.utils.module_loading import import_string

from agencies.sheets.resources import SheetResource


def resource_class(kind: str) -> type[SheetResource]:
    """Return the resource of a kind (see `SheetImport.Kind`)."""
    found: type[SheetResource] = import_string(settings.SHEET_RESOURCES[kind])
    return found
