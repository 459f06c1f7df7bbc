"""One row of a sheet under its header, by field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from obcms.imports.reading.classes import parse_class
from obcms.imports.reading.columns import Header, texts_of
from obcms.kernel.intake.cells import (
    DASHES,
    Formula,
    clean_text,
    is_currency_sign,
    parse_amount,
    parse_date,
)
from obcms.kernel.intake.table import Cell, Row
from obcms.kernel.rules.folding import code_form
from obcms.kernel.rules.money import AMOUNT_LIMIT
from obcms.ppas.rules.choices import AppropriationClass

NO_CODE = {*DASHES, "n/a", "na", "none", "nil", "tba", "tbd", "to be assigned", "to follow"}
YEAR = re.compile(r"(?:[FC]Y)?\s*(20[0-9]{2})", re.IGNORECASE)
ACRONYM = re.compile(r"\(([A-Z][A-Z&-]+)\)$")


@dataclass(frozen=True, slots=True)
class ListRow:
    """`cells` and cleaned `texts` by field, every text of the row by column in `all_texts`."""

    number: int
    cells: Mapping[str, Cell]
    texts: Mapping[str, str]
    all_texts: Mapping[int, str]
    unit: int
    dates_from_1904: bool

    def text(self, field: str) -> str:
        """The field's text; empty where the file has no such column or only a dash."""
        text = self.texts.get(field, "")
        return "" if text in DASHES else text

    @property
    def title(self) -> str:
        """Empty where the row has none."""
        return self.text("title")

    @property
    def code(self) -> str:
        """As it would be kept; empty for "n/a" and the like."""
        code = self.texts.get("code", "")
        return "" if code.casefold() in NO_CODE else code_form(code)

    def is_formula(self, field: str) -> bool:
        """Whether the cell is a formula without a stored result."""
        return isinstance(self.cells.get(field), Formula)

    def amount(self) -> Decimal:
        """In pesos, whatever the file's unit. Raises ValueError with the reason."""
        pesos = parse_amount(self.cells.get("amount")) * self.unit
        if pesos >= AMOUNT_LIMIT:
            raise ValueError(f"The amount {self.text('amount')} is too large.")
        return pesos

    def readable_amount(self) -> Decimal | None:
        """In pesos; None where the cell is empty or holds no amount."""
        try:
            return self.amount()
        except ValueError:
            return None

    def day(self, field: str) -> date | None:
        """None where the cell is empty. Raises ValueError where it holds no date."""
        return parse_date(self.cells[field], self.dates_from_1904) if self.text(field) else None

    def readable_day(self, field: str) -> date | None:
        """None where the cell is empty or holds no date."""
        try:
            return self.day(field)
        except ValueError:
            return None

    def appropriation_class(self) -> AppropriationClass | None:
        """None where the cell is empty. Raises ValueError where it names no single class."""
        text = self.text("appropriation_class")
        return parse_class(text) if text else None

    def fiscal_year(self) -> int | None:
        """2025 for "FY 2025"; None where the cell is empty. Raises ValueError for the rest."""
        text = self.text("fiscal_year")
        if not text:
            return None
        found = YEAR.fullmatch(text)
        if not found:
            raise ValueError(f"“{text}” is not a year.")
        return int(found[1])

    def moa(self) -> str | None:
        """The ministry's acronym as the row gives it; of "Ministry of Health (MOH)" just MOH."""
        said = self.text("moa")
        in_brackets = ACRONYM.search(said) or ACRONYM.search(self.text("moa_name"))
        return in_brackets[1] if in_brackets else said or None


def read_line(row: Row, header: Header, dates_from_1904: bool = False) -> ListRow:
    """The row by the header's columns. A merged heading's other columns are looked at too."""
    cells = {field: _cell(row, index) for field, index in header.columns.items()}
    indented = (_cell(row, index) for index in header.unnamed["title"])
    if not clean_text(cells["title"]):
        cells["title"] = next((cell for cell in indented if clean_text(cell)), None)
    if is_currency_sign(cells["amount"]):
        beside = [_cell(row, index) for index in header.unnamed["amount"]]
        cells["amount"] = beside[0] if beside else None
    texts = {field: clean_text(cell) for field, cell in cells.items()}
    return ListRow(row.number, cells, texts, texts_of(row), header.unit, dates_from_1904)


def _cell(row: Row, index: int) -> Cell:
    return row.cells[index] if index < len(row.cells) else None
