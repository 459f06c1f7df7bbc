"""A file's visible sheets as plain rows of cells, with their true row numbers (SPEC 13)."""

import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from openpyxl import load_workbook

from obcms.kernel.errors import Invalid
from obcms.kernel.intake.cells import Formula
from obcms.kernel.intake.delimited import read_records

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
LAST_EXCEL_ROW = 1_048_576
ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
OLE_START = b"\xd0\xcf\x11\xe0"
UNREADABLE = (
    "The file cannot be read as an Excel workbook; it may be damaged or of another kind. Open it "
    "in Excel, save it as .xlsx and try again."
)
Cell = Any


@dataclass(frozen=True, slots=True)
class Row:
    """One row that holds something; `number` counts from 1 as in the file."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet by its name, without its blank rows; a CSV file is one sheet without a name."""

    name: str
    rows: tuple[Row, ...]
    dates_from_1904: bool = False


def read_table(path_or_stream: str | Path | IO[bytes], filename: str) -> list[Sheet]:
    """Every visible sheet of a workbook (.xlsx, .xlsm), or the one of a CSV file.

    Formulas are never evaluated: a cell holds the stored result or a `Formula`. Raises Invalid,
    saying why, for what is too large or cannot be read.
    """
    content = _content(path_or_stream)
    if len(content) > MAX_BYTES:
        raise Invalid("The file is larger than 10 MB.", "file")
    if not content.strip():
        raise Invalid("The file is empty.", "file")
    if content.startswith(ZIP_STARTS):
        return _read_workbook(content)
    if content.startswith(OLE_START) or filename.lower().endswith(".xls"):
        raise Invalid(
            "This is an old .xls or a password-protected workbook. Save it as .xlsx without a "
            "password and try again.",
            "file",
        )
    return [Sheet("", tuple(_filled(read_records(content))))]


def _content(path_or_stream: str | Path | IO[bytes]) -> bytes:
    if not isinstance(path_or_stream, str | Path):
        return path_or_stream.read(MAX_BYTES + 1)
    try:
        with open(path_or_stream, "rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise Invalid(f"The file cannot be opened: {error.strerror}.", "file") from error


def _read_workbook(content: bytes) -> list[Sheet]:
    try:
        _refuse_bomb(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl's, about styles and other things not read
            return _read_sheets(content)
    except Invalid:
        raise
    # A damaged or hostile workbook makes openpyxl raise nearly anything, from KeyError to
    # zlib.error; to whoever sent it all of that means the same.
    except Exception as error:
        raise Invalid(UNREADABLE, "file") from error


def _refuse_bomb(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(member.file_size for member in archive.infolist()) > MAX_UNPACKED_BYTES:
            raise Invalid("The workbook unpacks to more than 200 MB.", "file")


def _read_sheets(content: bytes) -> list[Sheet]:
    results = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    written = load_workbook(io.BytesIO(content), read_only=True)
    from_1904 = results.epoch.year == 1904
    sheets, rows_left = [], MAX_ROWS
    for sheet, formulas in zip(results.worksheets, written.worksheets, strict=True):
        if sheet.sheet_state != "visible":
            continue
        rows = tuple(_filled(_cells(sheet, formulas), rows_left))
        rows_left -= len(rows)
        sheets.append(Sheet(sheet.title, rows, from_1904))
    return sheets


def _cells(sheet: Any, formulas: Any) -> Iterator[tuple[Cell, ...]]:
    """A formula's stored result; where there is none, the formula as plain text."""
    for part in (sheet, formulas):
        part.reset_dimensions()  # some programs store a wrong size, which would cut rows off
    # A few columns past the limit, so that a wider sheet is noticed but costs nothing.
    width = MAX_COLUMNS + 50
    pairs = zip(sheet.iter_rows(max_col=width), formulas.iter_rows(max_col=width), strict=True)
    for row, written in pairs:
        yield tuple(
            _value(cell, formula.value) if formula.value is not None else None
            for cell, formula in zip(row, written, strict=True)
        )


def _value(cell: Any, written: Any) -> Cell:
    if cell.value is None:
        # "str" marks a stored result that is an empty text, as of =IF(B5="","",B5).
        empty = cell.data_type == "str"
        return None if empty else Formula(getattr(written, "text", None) or written)
    if isinstance(cell.value, int | float) and "%" in (cell.number_format or ""):
        return f"{cell.value * 100:g}%"  # as text: 5 % is not an amount of five centavos
    return cell.value


def _filled(records: Iterable[tuple[Cell, ...]], limit: int = MAX_ROWS) -> Iterator[Row]:
    """The rows that hold something, without the blank cells at their ends."""
    found = 0
    for number, cells in enumerate(records, 1):
        width = max((i for i, cell in enumerate(cells, 1) if cell not in (None, "")), default=0)
        if not width:
            if number > LAST_EXCEL_ROW:
                raise Invalid(UNREADABLE, "file")
            continue
        found += 1
        if found > limit:
            raise Invalid(f"The file has more than {MAX_ROWS:,} rows.", "file")
        if width > MAX_COLUMNS:
            raise Invalid(f"Row {number} of the file has more than {MAX_COLUMNS} columns.", "file")
        yield Row(number, cells[:width])
