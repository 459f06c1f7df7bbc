"""One sheet of a workbook, its filled rows and what is hidden or merged, in one pass."""

from contextlib import closing
from dataclasses import dataclass
from typing import Any

from openpyxl.utils.cell import column_index_from_string, range_boundaries
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel, from_ISO8601

from obcms.kernel.intake import limits
from obcms.kernel.intake.cells import Formula
from obcms.kernel.intake.package import Package, SheetPart
from obcms.kernel.intake.quota import ReadingQuota, check_text
from obcms.kernel.intake.table import Block, Row, Sheet
from obcms.kernel.intake.texts import Formats, TextCollector
from obcms.kernel.intake.xml_parts import Attributes, parse_pieces

DIGITS = "0123456789"
OUT_OF_RANGE = "#VALUE!"  # what Excel shows for a day that is none
PESO_SIGNS = ("₱", "p", "php")
TRUE = ("1", "true")


@dataclass(frozen=True, slots=True)
class Book:
    """What all sheets of a workbook share."""

    package: Package
    strings: list[str]
    formats: Formats

    def value(self, kind: str, stored: str, style: int) -> Any:
        """What a cell's stored text means by the cell's kind and style."""
        match kind:
            case "s":
                return self.strings[int(stored)]
            case "b":
                return bool(int(stored))
            case "d":
                return from_ISO8601(stored)
            case "n":
                return self._number(stored, style)
        return stored

    def _number(self, stored: str, style: int) -> Any:
        number = float(stored) if set(stored) & set(".eE") else int(stored)
        if style in self.formats.days:
            epoch = MAC_EPOCH if self.package.from_1904 else WINDOWS_EPOCH
            try:
                day = from_excel(number, epoch, timedelta=style in self.formats.spans)
            except (OverflowError, ValueError):
                return OUT_OF_RANGE
            # "Dec-26" is stored as the first of the month, which nobody said.
            only_month = style in self.formats.months and getattr(day, "day", 0) == 1
            return f"{day:%b %Y}" if only_month else day
        if style in self.formats.percents:
            return f"{number * 100:g}%"  # as text: 5 % is not an amount of five centavos
        if unit := self.formats.units.get(style):
            return f"{number!r}{unit}" if unit[0] == "," else f"{number!r} {unit}"
        sign = self.formats.currencies.get(style, "")
        return f"{sign}{number!r}" if sign.casefold() not in ("", *PESO_SIGNS) else number


def read_sheet(book: Book, part: SheetPart, quota: ReadingQuota) -> Sheet:
    """The sheet with the rows that hold something. Raises Invalid past a limit.

    Formulas are never evaluated: a cell has the stored result, or where there is none a `Formula`.
    """
    cells = _Cells(book, quota)
    with closing(book.package.open(part.path)) as source:
        for _ in parse_pieces(source, cells, quota):
            pass
    return Sheet(
        part.name,
        tuple(cells.rows),
        book.package.from_1904,
        frozenset(cells.hidden_rows),
        frozenset(cells.hidden_columns),
        tuple(cells.merged),
    )


class _Cells:
    """Told of the sheet's elements, it puts filled rows together."""

    def __init__(self, book: Book, quota: ReadingQuota) -> None:
        self.book, self.quota = book, quota
        self.rows: list[Row] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.merged: list[Block] = []
        self.row = self.column = 0
        self.filled: dict[int, Any] = {}
        self.in_data = False
        self.kind, self.style, self.has_formula = "n", 0, False
        self.stored, self.formula, self.inline = "", "", TextCollector()
        self.inside = ""

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        if name == "sheetData":
            self.in_data = True
        elif not self.in_data:
            self._note_looks(name, attributes)
        elif name == "c":
            self._begin_cell(attributes)
        elif name == "row":
            self._begin_row(attributes)
        elif name in ("v", "f"):
            self.inside = name
            self.has_formula = self.has_formula or name == "f"
        else:
            self.inline.start(name, attributes)

    def text(self, text: str) -> None:
        """A piece of text, at most as long as the largest token."""
        if self.inside == "v":
            self.stored += text
            check_text(len(self.stored), f"Row {self.row} of the file")
        elif self.inside == "f":
            self.formula += text
            check_text(len(self.formula), f"Row {self.row} of the file")
        else:
            self.inline.text(text)

    def end(self, name: str) -> None:
        """An element ends."""
        self.inside = ""
        if not self.in_data:
            return
        if name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        elif name == "sheetData":
            self.in_data = False
        else:
            self.inline.end(name)

    def _note_looks(self, name: str, attributes: Attributes) -> None:
        """Columns stand before the cells, merged ranges after them."""
        if name == "col" and attributes.get("hidden") in TRUE:
            first, last = int(attributes["min"]), int(attributes["max"])
            self.hidden_columns.update(range(first - 1, min(last, limits.MAX_COLUMNS)))
        elif name == "mergeCell":
            left, top, right, bottom = range_boundaries(attributes["ref"])
            self.merged.append(Block(top, bottom, left - 1, right - 1))

    def _begin_row(self, attributes: Attributes) -> None:
        given = attributes.get("r")
        number = self.row + 1 if given is None else int(float(given))
        if not self.row < number <= limits.LAST_EXCEL_ROW:
            raise ValueError(f"Row {given} cannot stand after row {self.row}.")
        self.row, self.column, self.filled = number, 0, {}
        if attributes.get("hidden") in TRUE:
            self.hidden_rows.add(number)

    def _begin_cell(self, attributes: Attributes) -> None:
        place = attributes.get("r")
        self.column = column_index_from_string(place.rstrip(DIGITS)) if place else self.column + 1
        if self.column > limits.LAST_EXCEL_COLUMN:
            raise ValueError(f"There is no column {self.column}.")
        self.kind, self.style = attributes.get("t", "n"), int(attributes.get("s", 0))
        self.has_formula, self.stored, self.formula = False, "", ""

    def _end_cell(self) -> None:
        text, value = self.inline.take(), None
        if self.kind == "inlineStr":
            value = text
        elif self.stored:
            value = self.book.value(self.kind, self.stored, self.style)
        elif self.has_formula and self.kind != "str":
            # "str" marks a stored result that is an empty text, as of =IF(B5="","",B5).
            value = Formula(f"={self.formula}")
        if value is not None and not (isinstance(value, str) and not value.strip()):
            self.filled[self.column] = value

    def _end_row(self) -> None:
        if self.filled:
            width = max(self.filled)
            self.quota.take_row(self.row, width, len(self.filled))
            cells = tuple(self.filled.get(column) for column in range(1, width + 1))
            self.rows.append(Row(self.row, cells))
            self.filled = {}
