"""Where a list says its unit: over the amounts, below its headings, in titles and notes."""

import re
from dataclasses import replace
from decimal import Decimal
from itertools import islice

from obcms.imports.reading.header import Header, texts_of
from obcms.imports.reading.headings import field_of
from obcms.imports.reading.paths import Path
from obcms.imports.reading.units import unit_in_heading, unit_in_note
from obcms.imports.reading.words import is_other
from obcms.kernel.intake.amounts import foreign_currency, parse_amount
from obcms.kernel.intake.cells import clean_text
from obcms.kernel.intake.table import Row, Sheet

# What a text needs to say the currency of the amounts, and not the name of a thing.
OF_AMOUNTS = re.compile(
    r"\bin (?:us|usd|eur|\w+ dollars?)\b|\b(?:amounts?|figures?|values?)\b|^\(", re.I
)


def with_line_below(sheet: Sheet, header: Header) -> Header:
    """A row below the header that only says units, such as (in thousand pesos), belongs to it."""
    below = next((row for row in sheet.rows if row.number > header.row), None)
    if below is None or below.number != header.row + 1:
        return header
    texts = texts_of(below)
    amount = texts.get(header.amount_column, "")
    said_unit = unit_in_heading(amount) or foreign_currency(amount)
    if not said_unit or not all(text.startswith("(") or text == amount for text in texts.values()):
        return header
    if any(char.isdigit() for char in amount.replace("000", "")):
        return header
    headings = {
        index: f"{name} {texts.get(index, '')}".strip() for index, name in header.headings.items()
    }
    return replace(header, row=below.number, headings=headings)


def unit_of_list(sheet: Sheet, path: Path, first_row: int, header: Header) -> tuple[int, str]:
    """What the headings over the amount say, else the nearest title above, a note, the sheet."""
    column = header.amount_column
    for text in (header.headings.get(column, ""), *reversed(path)):
        if (unit := unit_in_heading(text)) is not None:
            return unit, text
    above = [row for row in sheet.rows if row.number < first_row]
    below = [row for row in sheet.rows if row.number > header.row]
    titles = [text for row in reversed(above) for text in texts_of(row).values()]
    notes = [text for row in below for text in _notes(row, header)]
    for text in (*titles, *notes, sheet.name):
        if (unit := unit_in_note(text)) is not None:
            return unit, text
    return 1, ""


def currency_of_list(sheet: Sheet, first_row: int, header: Header) -> str:
    """Another currency in which a title or a note says all amounts are; empty where none does."""
    if unit_in_heading(header.headings.get(header.amount_column, "")) is not None:
        return ""
    above = [
        text for row in sheet.rows if row.number < first_row for text in texts_of(row).values()
    ]
    below = [row for row in sheet.rows if row.number > header.row]
    notes = [text for row in below for text in _notes(row, header)]
    said = (foreign_currency(text) for text in (*above, *notes) if OF_AMOUNTS.search(text))
    return next(filter(None, said), "")


def _notes(row: Row, header: Header) -> list[str]:
    """A row that is one text, without any amount, is a note."""
    texts = list(islice(filter(None, map(clean_text, row.cells)), 2))  # two are no note
    return texts if len(texts) == 1 and not holds_amount(row, header.amount_column) else []


def carries_money(row: Row) -> bool:
    """Whether a row has an amount anywhere, which alone beside a title may look like a year."""
    if any(holds_amount(row, column) for column in range(len(row.cells))):
        return True
    numbers = [cell for cell in row.cells if isinstance(cell, int | float | Decimal)]
    texts = [cell for cell in row.cells if isinstance(cell, str) and clean_text(cell)]
    return len(numbers) == 1 and any(not (field_of(text) or is_other(text)) for text in texts)


def holds_amount(row: Row, column: int | None) -> bool:
    """Whether an amount stands there that is not a year."""
    if column is None or column >= len(row.cells):
        return False
    try:
        # A year may well stand under "Approved Budget".
        return not 1990 <= parse_amount(row.cells[column]) <= 2100
    except ValueError:
        return False
