"""Workbooks of LibreOffice and OpenOffice (.ods): their visible sheets in one pass.

An own handler and no library: those that read .ods keep neither what is hidden nor whether a
number is a percentage or another currency, and some expand a cell that repeats itself a million
times before anybody can count.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from obcms.kernel.intake import limits
from obcms.kernel.intake.archive import Archive
from obcms.kernel.intake.cells import Formula
from obcms.kernel.intake.dates import read_month
from obcms.kernel.intake.quota import ReadingQuota, refuse_sheets
from obcms.kernel.intake.sheet_rows import PESO_SIGNS
from obcms.kernel.intake.table import Block, Row, Sheet
from obcms.kernel.intake.texts import TextCollector
from obcms.kernel.intake.xml_parts import Attributes, local

CONTENT = "content.xml"
MEDIA_TYPE = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
FIRST_BYTES = 200
HIDDEN = ("collapse", "filter")
CELLS = ("table-cell", "covered-table-cell")


def is_open_document(content: bytes) -> bool:
    """Whether the zip says of itself that it is such a workbook."""
    return MEDIA_TYPE in content[:FIRST_BYTES]


def read_open_document(content: bytes, quota: ReadingQuota) -> list[Sheet]:
    """Its visible sheets with the rows that hold something.

    Formulas are never evaluated. Raises Invalid past a limit, and nearly anything for what is no
    such workbook.
    """
    book = _Sheets(quota)
    Archive(content, quota).parse(CONTENT, book)
    return book.sheets


@dataclass(slots=True)
class _Sheet:
    """One sheet so far."""

    name: str
    rows: list[Row] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[Block] = field(default_factory=list)

    def finished(self) -> Sheet:
        return Sheet(
            self.name,
            tuple(self.rows),
            hidden_rows=frozenset(self.hidden_rows),
            hidden_columns=frozenset(self.hidden_columns),
            merged=tuple(self.merged),
        )


class _Sheets:
    """Told of the elements of `content.xml`, it puts sheets together."""

    def __init__(self, quota: ReadingQuota) -> None:
        self.quota = quota
        self.sheets: list[Sheet] = []
        self.style = ""
        self.unseen: set[str] = set()  # styles of hidden sheets
        self.raised: set[str] = set()  # styles of footnote marks
        self.table: _Sheet | None = None
        self.hides = False
        self.row = self.column = self.listed = 0
        self.filled: dict[int, Any] = {}
        self.repeated: Attributes = {}
        self.cell: Attributes | None = None
        self.path: list[str] = []  # elements inside the cell
        self.shown = TextCollector()

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        given = {local(key): value for key, value in attributes.items()}
        if self.cell is not None:
            self._inside_cell(name, given)
        elif self.table is None:
            self._before_tables(name, given)
        elif name == "table-column":
            self._begin_column(given)
        elif name == "table-row":
            self.repeated, self.column, self.filled = given, 0, {}
        elif name in CELLS:
            self.cell, self.path = given, []

    def text(self, text: str) -> None:
        """A piece of text."""
        if self.path[:1] == ["p"]:
            self.shown.text(text)

    def end(self, name: str) -> None:
        """An element ends."""
        if self.path:
            self.path.pop()
            self.shown.end("r" if name == "span" else "")
            self.shown.listening = self.path[:1] == ["p"]
        elif name in CELLS and self.cell is not None:
            self._end_cell(self.cell)
            self.cell = None
        elif name == "table-row":
            self._end_row()
        elif name == "table" and self.table is not None:
            if not self.hides:
                self.sheets.append(self.table.finished())
            self.table = None

    def _before_tables(self, name: str, given: Attributes) -> None:
        if name == "style":
            self.style = given.get("name", "")
        elif name == "table-properties" and given.get("display") == "false":
            self.unseen.add(self.style)
        elif name == "text-properties" and given.get("text-position", "").startswith("super"):
            self.raised.add(self.style)
        elif name == "table":
            self.listed += 1
            refuse_sheets(self.listed)
            self.table = _Sheet(given.get("name", ""))
            self.hides = given.get("style-name", "") in self.unseen
            self.row = self.column = 0
            self.quota.begin_sheet(self.listed, 1)

    def _begin_column(self, given: Attributes) -> None:
        first, count = self.column, int(given.get("number-columns-repeated", 1))
        self.column += count
        if self.table is not None and given.get("visibility") in HIDDEN:
            last = min(first + count, limits.MAX_COLUMNS)
            self.table.hidden_columns.update(range(first, last))

    def _inside_cell(self, name: str, given: Attributes) -> None:
        """Only paragraphs are the cell's text; notes and drawings inside it are not."""
        if name == "p" and not self.path and self.shown.length:
            self._say("\n")
        self.path.append(name)
        if self.path[0] != "p":
            return
        self.shown.listening = True
        if name == "span" and given.get("style-name") in self.raised:
            self.shown.raised = True
        elif name in ("s", "tab", "line-break"):
            count = min(int(given.get("c", 1)), limits.MAX_TEXT + 1)
            self._say("\n" if name == "line-break" else " " * count)

    def _say(self, text: str) -> None:
        self.shown.listening = True
        self.shown.text(text)

    def _end_cell(self, given: Attributes) -> None:
        count = int(given.get("number-columns-repeated", 1))
        first, self.column = self.column, self.column + count
        value = _value(given, self.shown.take())
        if self.table is not None:
            wide = int(given.get("number-columns-spanned", 1))
            high = int(given.get("number-rows-spanned", 1))
            if wide > 1 or high > 1:
                block = Block(self.row + 1, self.row + high, first, first + wide - 1)
                self.table.merged.append(block)
        if value is None or (isinstance(value, str) and not value.strip()):
            return
        if self.column > limits.MAX_COLUMNS:
            # The row's number is what the quota needs to refuse it.
            self.quota.take_row(self.row + 1, self.column, 1)
        self.filled.update(dict.fromkeys(range(first, self.column), value))

    def _end_row(self) -> None:
        count = int(self.repeated.get("number-rows-repeated", 1))
        if self.table is not None and self.filled and not self.hides:
            self.table.rows.extend(self._rows(count))
            if self.repeated.get("visibility") in HIDDEN:
                self.table.hidden_rows.update(range(self.row + 1, self.row + count + 1))
        self.row += count

    def _rows(self, count: int) -> Iterator[Row]:
        width = max(self.filled) + 1
        cells = tuple(self.filled.get(column) for column in range(width))
        for number in range(self.row + 1, self.row + count + 1):
            self.quota.take_row(number, width, len(self.filled))
            yield Row(number, cells)


def _value(given: Attributes, shown: str) -> Any:
    """What the cell holds; None where it is empty."""
    kind = given.get("value-type", "")
    if not kind:
        return Formula(f"={given['formula']}") if "formula" in given and not shown else shown
    match kind:
        case "float":
            return _number(given["value"])
        case "percentage":
            return f"{_number(given['value']) * 100:g}%"  # 5 % is not an amount of five centavos
        case "currency":
            sign = given.get("currency", "")
            number = _number(given["value"])
            return number if sign.casefold() in ("", *PESO_SIGNS) else f"{sign}{number!r}"
        case "date":
            return _day(given["date-value"], shown)
        case "boolean":
            return given.get("boolean-value") == "true"
    return shown or given.get("string-value", "")


def _number(stored: str) -> int | float:
    return float(stored) if set(stored) & set(".eE") else int(stored)


def _day(stored: str, shown: str) -> date | str:
    # "Dec 26" is stored as the first of the month, which nobody said.
    return shown if read_month(shown) else datetime.fromisoformat(stored)
