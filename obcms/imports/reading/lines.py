"""One row of a sheet under its header, by field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from obcms.imports.reading.classes import parse_class
from obcms.imports.reading.header import Header, texts_of
from obcms.imports.reading.list_fields import ListField
from obcms.imports.reading.style import ListStyle
from obcms.kernel.intake.amounts import is_currency_sign, parse_amount
from obcms.kernel.intake.cells import DASHES, Formula, clean_text, parse_date
from obcms.kernel.intake.dates import (
    DateOrder,
    fits_year_first,
    order_of,
    read_month,
    turned,
)
from obcms.kernel.intake.table import Cell, Row
from obcms.kernel.rules.folding import code_form
from obcms.kernel.rules.money import NO_AMOUNT
from obcms.ppas.rules.choices import AppropriationClass

NO_CODE = {*DASHES, "n/a", "na", "none", "nil", "tba", "tbd", "to be assigned", "to follow"}
YEAR = re.compile(r"(?:[FC]Y)?\s*(20[0-9]{2})", re.IGNORECASE)
SPAN = re.compile(r"\b20[0-9]{2}\s*(?:[-–/&,]|to|and)\s*(?:20)?[0-9]{2}\b", re.IGNORECASE)
ACRONYM = re.compile(r"\(([A-Z][A-Z&-]+)\)$")


@dataclass(frozen=True, slots=True)
class ListRow:
    """`cells` and cleaned `texts` by field, every text of the row by column in `all_texts`.

    The amount is the sum of `added` where several columns make it, `parts` are those of the
    classes beside it. `indent` grows with the level. `whole` is the sum where the PPA has several
    rows, `classless` where these are of several classes.
    """

    number: int
    cells: Mapping[str, Cell]
    texts: Mapping[str, str]
    all_texts: Mapping[int, str]
    style: ListStyle
    dates_from_1904: bool
    added: tuple[Cell, ...] = ()
    parts: tuple[Cell, ...] = ()
    indent: int = 0
    whole: Decimal | None = None
    classless: bool = False

    def text(self, field: str) -> str:
        """The field's text; empty where the file has no such column or only a dash."""
        text = self.texts.get(field, "")
        return "" if text in DASHES else text

    @property
    def title(self) -> str:
        """Empty where the row has none."""
        return self.text(ListField.TITLE)

    @property
    def amount_text(self) -> str:
        """What stands in the column of the amount; empty where nothing does."""
        return self.text(ListField.AMOUNT)

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
        if self.whole is not None:
            return self.whole
        classes = self._sum(self.parts)
        if classes is not None and not self.amount_text:
            return classes
        if len(self.added) > 1:
            whole = self._sum(self.added)
            if whole is None:
                raise ValueError(NO_AMOUNT)
            return whole
        whole = self._pesos(self.cells.get(ListField.AMOUNT))
        if classes is not None and classes != whole:
            raise ValueError(
                f"The classes sum to ₱{classes:,.2f}, but the total says ₱{whole:,.2f}."
            )
        return whole

    def _sum(self, cells: Sequence[Cell]) -> Decimal | None:
        """None where all are empty."""
        said = [cell for cell in cells if clean_text(cell) not in ("", *DASHES)]
        amounts = [self._pesos(cell) for cell in said]
        return sum(amounts, Decimal(0)) if amounts else None

    def _pesos(self, cell: Cell) -> Decimal:
        return parse_amount(cell, self.style.unit, self.style.marks)

    def says_amount(self) -> bool:
        """Whether there is anything in the cells of the amount, readable or not."""
        cells = (self.cells.get(ListField.AMOUNT), *self.added, *self.parts)
        return any(clean_text(cell) not in ("", *DASHES) for cell in cells)

    def readable_amount(self) -> Decimal | None:
        """In pesos; None where the cell is empty or holds no amount."""
        try:
            return self.amount()
        except ValueError:
            return None

    def day(self, field: str) -> date | None:
        """None where the cell is empty. Raises ValueError where it holds no date."""
        if not self.text(field):
            return None
        cell = self.cells[field]
        if field in self.style.turned and isinstance(cell, datetime):
            return turned(cell)
        # What fits one order alone is never another day.
        order = self.style.orders.get(field)
        if not self._fits_year_first(field):
            order = order_of(self.text(field)) or order
        return parse_date(cell, self.dates_from_1904, order)

    def _fits_year_first(self, field: str) -> bool:
        is_year_first = self.style.orders.get(field) is DateOrder.YEAR_FIRST
        return is_year_first and fits_year_first(self.text(field))

    def is_other_way_round(self, field: str) -> bool:
        """Whether a date in numbers has another order than its column."""
        own = order_of(self.text(field))
        is_other = own is not None and own != self.style.orders.get(field, own)
        return is_other and not self._fits_year_first(field)

    def month(self, field: str) -> date | None:
        """The first day of a month that stands without its day, its last as a target end."""
        whole = read_month(self.text(field))
        return whole[field == "end"] if whole else None

    def readable_day(self, field: str) -> date | None:
        """None where the cell is empty or holds no date."""
        try:
            return self.day(field)
        except ValueError:
            return None

    def appropriation_class(self) -> AppropriationClass | None:
        """None where the cell is empty. Raises ValueError where it names no single class."""
        text = self.text("appropriation_class")
        return parse_class(text) if text and not self.classless else None

    def readable_class(self) -> AppropriationClass | None:
        """None where the cell is empty or names no single class."""
        try:
            return self.appropriation_class()
        except ValueError:
            return None

    def fiscal_year(self) -> int | None:
        """2025 for "FY 2025"; None where the cell is empty. Raises ValueError for the rest."""
        text = self.text("fiscal_year")
        if not text:
            return None
        found = YEAR.fullmatch(text)
        if not found:
            raise ValueError(f"“{text}” is not a year.")
        return int(found[1])

    def spans_years(self) -> bool:
        """Whether the cell names more than one year, as "FY 2025-26"."""
        text = self.text("fiscal_year")
        return bool(SPAN.search(text)) and not YEAR.fullmatch(text)

    def moa(self) -> str | None:
        """The ministry's acronym as the row gives it; of "Ministry of Health (MOH)" just MOH."""
        said = self.text("moa")
        in_brackets = ACRONYM.search(said) or ACRONYM.search(self.text("moa_name"))
        return in_brackets[1] if in_brackets else said or None


def read_line(
    row: Row, header: Header, style: ListStyle | None = None, dates_from_1904: bool = False
) -> ListRow:
    """The row by the header's columns. A merged heading's other columns are looked at too."""
    cells = {field: _cell(row, index) for field, index in header.columns.items()}
    titles = [header.columns[ListField.TITLE], *header.unnamed[ListField.TITLE]]
    titles = list(reversed(header.levels)) or titles
    place = next((index for index in titles if clean_text(_cell(row, index))), titles[0])
    cells[ListField.TITLE] = _cell(row, place)
    if is_currency_sign(cells[ListField.AMOUNT]):
        beside = [_cell(row, index) for index in header.unnamed[ListField.AMOUNT]]
        cells[ListField.AMOUNT] = beside[0] if beside else None
    texts = {field: clean_text(cell) for field, cell in cells.items()}
    title = str(cells[ListField.TITLE] or "")
    depth = texts.get("number", "").strip(". ").count(".")  # 1.2.1 stands below 1.2
    within = {index: text for index, text in texts_of(row).items() if index in header.window}
    return ListRow(
        row.number,
        cells,
        texts,
        within,
        style or ListStyle(unit=header.unit),
        dates_from_1904,
        tuple(_cell(row, index) for index in header.amounts),
        tuple(_cell(row, index) for index in header.parts.values()),
        place * 100 + depth * 10 + len(title) - len(title.lstrip()),
    )


def _cell(row: Row, index: int) -> Cell:
    return row.cells[index] if index < len(row.cells) else None
