"""What can go wrong with a sheet. Each message is for the person who uploaded it and says what to do."""

from django.core.exceptions import ValidationError


class NotASheet(ValidationError):
    """The file is not a spreadsheet that can be read."""


class ColumnMissing(ValidationError):
    """The sheet lacks a column without which no row can be understood."""


class NothingInIt(ValidationError):
    """The sheet has no rows below its headings."""


class TooManyRows(ValidationError):
    """The sheet has more rows than one import takes."""


class AlreadyDone(ValidationError):
    """The import was confirmed or dropped before."""


class RowsWrong(ValidationError):
    """Some rows are wrong, and nobody has said that they shall be left out."""


class PreviewOutdated(ValidationError):
    """The data or the outcome changed since the preview was made."""


class CellWrong(Exception):
    """A cell cannot be understood: `reason` says why, `mend` what to write instead."""

    def __init__(self, reason: str, mend: str) -> None:
        super().__init__(reason)
        self.reason, self.mend = reason, mend
