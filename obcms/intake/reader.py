"""A file's visible sheets as plain rows of cells, with their true row numbers."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from obcms.errors import Invalid

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
Cell = Any


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `number` counts from 1 as in the file."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet by its name; CSV files have one without a name."""

    name: str
    rows: tuple[Row, ...]
    dates_from_1904: bool = False


def read_sheets(stream: IO[bytes], filename: str) -> list[Sheet]:
    """Every visible sheet. Raises Invalid for what cannot be read, saying why."""
    content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise Invalid("The file is larger than 10 MB.", "file")
    if not content.strip():
        raise Invalid("The file is empty.", "file")
    if content.startswith(b"PK"):
        return _read_workbook(content)
    if content.startswith(b"\xd0\xcf\x11\xe0") or filename.lower().endswith(".xls"):
        raise Invalid(
            "This is an old .xls or a password-protected workbook. Save it as .xlsx without a "
            "password and try again.",
            "file",
        )
    return [_read_csv(content)]


def _read_workbook(content: bytes) -> list[Sheet]:
    _refuse_bomb(content)
    try:
        results = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        formulas = load_workbook(io.BytesIO(content), read_only=True)
        sheets = [
            Sheet(sheet.title, tuple(_rows(_cells(sheet, written))), results.epoch.year == 1904)
            for sheet, written in zip(results.worksheets, formulas.worksheets, strict=True)
            if sheet.sheet_state == "visible"
        ]
    except Invalid:
        raise
    except (InvalidFileException, KeyError, ValueError, TypeError, OSError, SyntaxError) as error:
        raise Invalid("The workbook is damaged and cannot be read.", "file") from error
    return sheets


def _cells(results: Any, formulas: Any) -> Iterator[tuple[Cell, ...]]:
    """A formula's stored result; where there is none, the formula as plain text."""
    pairs = zip(
        results.iter_rows(values_only=True), formulas.iter_rows(values_only=True), strict=False
    )
    for values, written in pairs:
        yield tuple(
            text if value is None and isinstance(text, str) else value
            for value, text in zip(values, written, strict=False)
        )


def _refuse_bomb(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile as error:
        raise Invalid("The workbook is damaged and cannot be read.", "file") from error
    if size > MAX_UNPACKED_BYTES:
        raise Invalid("The workbook unpacks to more than 200 MB.", "file")


def _read_csv(content: bytes) -> Sheet:
    text = _decode(content)
    if "\0" in text:
        raise Invalid("This is neither a workbook (.xlsx) nor a CSV file.", "file")
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    delimiter = max(",;\t", key=lambda mark: sum(line.count(mark) for line in lines))
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        return Sheet("", tuple(_rows(reader)))
    except csv.Error as error:
        raise Invalid(f"The CSV file cannot be read: {error}.", "file") from error


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        if encoding == "utf-16" and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("The CSV file is in an unknown encoding; save it as UTF-8.", "file")


def _rows(values: Any) -> Iterator[Row]:
    for number, cells in enumerate(values, 1):
        if number > MAX_ROWS:
            raise Invalid(f"The file has more than {MAX_ROWS:,} rows.", "file")
        yield Row(number, tuple(cells[:MAX_COLUMNS]))
