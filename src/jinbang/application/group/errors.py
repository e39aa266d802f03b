"""What group entries refuse as a whole; a single bad row is answered in its row."""

from jinbang.kernel.errors import DomainError


class GroupNotFound(DomainError):
    """No such upload, row or region for this reader."""

    code = "group_not_found"


class SheetTooLarge(DomainError):
    """Too many bytes, rows or cells. Fields: `megabytes_max`, `rows_max`."""

    code = "sheet_too_large"


class SheetUnreadable(DomainError):
    """Neither a CSV file in UTF-8 or GB 18030 nor a sound XLSX workbook, or no row in it."""

    code = "sheet_unreadable"


class SheetHeadingsMissing(DomainError):
    """The first row does not name every column. Field: `missing`."""

    code = "sheet_headings_missing"


class GroupRowAnswered(DomainError):
    """The row has been confirmed, declined or has lapsed. Field: `state`."""

    code = "group_row_answered"


class GroupNameDiffers(DomainError):
    """The sheet names the holder of the document otherwise than the record does."""

    code = "group_name_differs"
