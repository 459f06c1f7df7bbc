"""Where a sheet's header is, and which column holds what, told by the columns' names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from obcms.intake.cells import clean_text
from obcms.intake.reader import Row, Sheet

SEARCHED_ROWS = 60
THOUSANDS = re.compile(
    r"\bin\s+thousands?\b|\bthousand\s+pesos\b|(?:\bp|\bphp|₱)\s*['’`]?\s*000\b", re.IGNORECASE
)
# From the most to the least particular: a heading takes the first field that fits it.
_THING = r"(?:ppas?|programs?|projects?|activit(?:y|ies))"
_LABEL = r"(?:titles?|names?|descriptions?|particulars?)"
_KIND = r"(?:allotment|appropriation|budget|expenditure|expense|object)"
_SPENDER = r"(?:moa|ministry|agency|office)"
_MONEY = r"(?:allocations?|allotments?|amount|appropriations?|budget|cost)"
_OF_MONEY = rf"(?:{_THING}|annual|approved|authorized|fy|gaab|of|proposed|the|total|\d{{4}})"
_PLANNED = r"(?:expected|planned|target)"
# From the most to the least particular: a heading is the first field that fits all of it.
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (field, re.compile(pattern))
    for field, pattern in (
        ("fiscal_year", r"fiscal year|fy|budget year|year"),
        ("moa", rf"(?:implementing )?{_SPENDER}(?: acronym| code)?|acronym"),
        ("moa_name", rf"{_SPENDER} name|name of {_SPENDER}"),
        ("code", rf"(?:{_THING} |ref(?:erence)? )?(?:code|id|ref(?:erence)?)(?: no| number)?"),
        ("number", r"(?:item |seq(?:uence)? )?(?:no|number)|item|seq|#"),
        ("appropriation_class", rf"(?:{_KIND} )?class(?:ification)?|class of {_KIND}"),
        (
            "start",
            r"(?:date )?start(?:ed|ing)?(?: date)?|date (?:of start|started)|from"
            r"|begin(?:ning)?(?: date)?",
        ),
        (
            "end",
            rf"(?:date )?(?:{_PLANNED} )?(?:completion|end|ending|finish)(?: date)?"
            rf"|{_PLANNED} date(?: of completion)?|date of completion|to|until",
        ),
        ("remarks", r"remarks?|notes?|comments?"),
        ("title", rf"(?:{_THING}|{_LABEL}|and|of|or|the)(?: (?:{_THING}|{_LABEL}|and|of|or|the))*"),
        ("amount", rf"(?:{_OF_MONEY} )*{_MONEY}(?: (?:{_MONEY}|{_OF_MONEY}))*"),
    )
)
REQUIRED = ("title", "amount")


@dataclass(frozen=True, slots=True)
class Header:
    """The header's row number, and the column of each field found (from 0)."""

    row: int
    columns: Mapping[str, int]
    in_thousands: bool


def find_header(sheet: Sheet) -> Header | None:
    """The row that names the most known columns, a title and an amount among them."""
    best: Header | None = None
    candidates = sheet.rows[:SEARCHED_ROWS]
    for index, row in enumerate(candidates):
        below = candidates[index + 1] if index + 1 < len(candidates) else None
        for names, last in ((_names(row), row), (_joined(row, below), below)):
            columns = _match(names)
            complete = all(field in columns for field in REQUIRED)
            if last and complete and (best is None or len(columns) > len(best.columns)):
                said = [*_names_above(sheet, row), *names]
                best = Header(last.number, columns, any(THOUSANDS.search(name) for name in said))
    return best


def _names(row: Row) -> list[str]:
    return [clean_text(cell) if isinstance(cell, str) else "" for cell in row.cells]


def _joined(row: Row, below: Row | None) -> list[str]:
    """A heading over two rows; only where the second row is text, not already data."""
    if below is None:
        return []
    second = [cell for cell in below.cells if cell not in (None, "")]
    if not second or not all(isinstance(cell, str) for cell in second):
        return []
    if any(re.search(r"\d{4}", cell) and len(clean_text(cell)) < 40 for cell in second):
        return []
    first_names, second_names = _names(row), _names(below)
    width = max(len(first_names), len(second_names))
    first_names += [""] * (width - len(first_names))
    second_names += [""] * (width - len(second_names))
    return [f"{one} {two}".strip() for one, two in zip(first_names, second_names, strict=True)]


def _names_above(sheet: Sheet, header: Row) -> list[str]:
    return [name for row in sheet.rows if row.number < header.number for name in _names(row)]


def _match(names: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for index, name in enumerate(names):
        key = _key(name)
        field = next((field for field, pattern in PATTERNS if pattern.fullmatch(key)), None)
        if field and field not in columns:
            columns[field] = index
    return columns


def _key(name: str) -> str:
    """The heading in plain words: nothing in brackets, no punctuation, no unit."""
    name = re.sub(r"\([^)]*\)|['’`]\s*000\b", " ", name.casefold())
    words = re.sub(r"[^a-z0-9#]+", " ", name)
    return " ".join(
        re.sub(r"\bin (?:thousands? ?)?(?:pesos?)?\b|\b(?:php|pesos?)\b", " ", words).split()
    )
