"""A file's visible sheets as plain rows of cells, with their true row numbers (SPEC 13)."""

from collections.abc import Callable
from pathlib import Path
from typing import IO

from obcms.kernel.errors import Invalid
from obcms.kernel.intake import limits
from obcms.kernel.intake.delimited import read_records
from obcms.kernel.intake.html_tables import is_html, read_html
from obcms.kernel.intake.open_document import is_open_document, read_open_document
from obcms.kernel.intake.other_kinds import why_not_read
from obcms.kernel.intake.package import Package
from obcms.kernel.intake.quota import ReadingQuota, Report, say_nothing
from obcms.kernel.intake.sheet_rows import Book, read_sheet
from obcms.kernel.intake.table import Sheet
from obcms.kernel.intake.texts import read_formats, read_strings

ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
UNREADABLE = (
    "The file cannot be read as an Excel workbook; it may be damaged or of another kind. Open it "
    "in Excel, save it as .xlsx and try again."
)


def read_table(
    path_or_stream: str | Path | IO[bytes], filename: str, report: Report = say_nothing
) -> list[Sheet]:
    """Every visible sheet of a workbook (.xlsx, .xlsm, .ods), or the one of CSV text or a page.

    Formulas are never evaluated: a cell holds the stored result or a `Formula`. `report` hears how
    far the reading is. Raises Invalid, saying why, for what is past a limit or cannot be read.
    """
    content = _content(path_or_stream)
    refuse_empty(content)
    if told := why_not_read(content, filename):
        raise Invalid(told, "file")
    if content.startswith(ZIP_STARTS):
        read = read_open_document if is_open_document(content) else _read_workbook
        return _opened(read, content, ReadingQuota(report))
    if is_html(content):
        return _opened(read_html, content, ReadingQuota(report))
    return [Sheet("", tuple(read_records(content, ReadingQuota(report))))]


def refuse_empty(content: bytes) -> None:
    """Raises Invalid for a file with nothing in it."""
    if not content.strip():
        raise Invalid("The file is empty.", "file")


def check_size(content: bytes) -> None:
    """Raises Invalid for a file that is larger than any list; nothing of it is read."""
    if len(content) > limits.MAX_BYTES:
        raise Invalid(f"The file is larger than {limits.MAX_BYTES // limits.MB} MB.", "file")


def _content(path_or_stream: str | Path | IO[bytes]) -> bytes:
    if not isinstance(path_or_stream, str | Path):
        content = path_or_stream.read(limits.MAX_BYTES + 1)
    else:
        try:
            with open(path_or_stream, "rb") as stream:
                content = stream.read(limits.MAX_BYTES + 1)
        except OSError as error:
            raise Invalid(f"The file cannot be opened: {error.strerror}.", "file") from error
    check_size(content)
    return content


def _opened(
    read: Callable[[bytes, ReadingQuota], list[Sheet]], content: bytes, quota: ReadingQuota
) -> list[Sheet]:
    try:
        return read(content, quota)
    except (Invalid, MemoryError):
        raise
    # A damaged or hostile workbook raises nearly anything, from KeyError to zlib.error; to
    # whoever sent it all of that means the same.
    except Exception as error:
        raise Invalid(UNREADABLE, "file") from error


def _read_workbook(content: bytes, quota: ReadingQuota) -> list[Sheet]:
    package = Package(content, quota)
    book = Book(package, read_strings(package), read_formats(package))
    sheets = []
    for number, part in enumerate(package.sheets, 1):
        quota.begin_sheet(number, len(package.sheets))
        sheets.append(read_sheet(book, part, quota))
    return sheets
