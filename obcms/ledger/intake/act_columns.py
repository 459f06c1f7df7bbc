"""Which column of an act's table is which: found by name, in any order (SPEC 6, "Import")."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openpyxl.utils import column_index_from_string, get_column_letter

from obcms.kernel.errors import Invalid
from obcms.kernel.intake.cells import clean_text
from obcms.kernel.intake.table import Sheet
from obcms.kernel.rules.folding import name_key

CLASSES = ("ps", "mooe", "finex", "co")
HEADINGS: Mapping[str, Sequence[str]] = {
    "fiscal_year": ("fiscal year", "fy", "year"),
    "moa_acronym": ("moa acronym", "moa", "office", "acronym", "ministry", "agency"),
    "cost_structure": ("cost structure", "structure"),
    "title": ("title", "line", "item", "particulars", "program"),
    "ppa_code": ("ppa code", "ppa", "code"),
    "uacs_code": ("uacs code", "uacs"),
    "ps": ("ps", "personnel services", "personal services"),
    "mooe": ("mooe", "maintenance and other operating expenses"),
    "finex": ("finex", "fe", "financial expenses"),
    "co": ("co", "capital outlay", "capital outlays"),
    "total": ("total", "amount"),
    "later_release": ("for later release", "later release"),
}
_NAMED = {heading: name for name, headings in HEADINGS.items() for heading in headings}
_NEEDED = ("cost_structure", "title")
_UNIT = re.compile(r"\b(thousands?|millions?)\b|[('\s]000s?\b|\bin '?000", re.IGNORECASE)


@dataclass(frozen=True)
class Heading:
    """`columns` by name, counted from 0; `several` are names that more than one column has."""

    sheet: Sheet
    row: int
    columns: Mapping[str, int]
    several: Mapping[str, Sequence[int]]
    names_unit: bool


def find_heading(sheets: Sequence[Sheet], answers: Mapping[str, str]) -> Heading:
    """The heading row of the first sheet that has one; `answers` choose columns by letter."""
    for sheet in sheets:
        above: list[str] = []
        for row in sheet.rows:
            texts = [clean_text(cell) for cell in row.cells]
            found = _columns(texts)
            if all(name in found for name in _NEEDED) and any(one in found for one in CLASSES):
                chosen = {name: _chosen(name, places, answers) for name, places in found.items()}
                several = {
                    name: places
                    for name, places in found.items()
                    if len(places) > 1 and name not in answers
                }
                unit = any(_UNIT.search(text) for text in (*above, *texts))
                return Heading(sheet, row.number, chosen, several, unit)
            above += texts
    raise Invalid(
        "No heading row was found: the table needs columns headed “cost structure”, “title”, and "
        "the classes “PS”, “MOOE”, “FinEx” or “CO”.",
        "file",
    )


def letter(column: int) -> str:
    """As a spreadsheet calls it."""
    return get_column_letter(column + 1)


def _columns(texts: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        bare = re.sub(r"\(.*?\)", "", text).replace("_", " ")
        if (name := _NAMED.get(name_key(bare).strip())) is not None:
            found.setdefault(name, []).append(place)
    return found


def _chosen(name: str, places: Sequence[int], answers: Mapping[str, str]) -> int:
    if name not in answers:
        return places[0]
    try:
        chosen = column_index_from_string(answers[name].upper()) - 1
    except ValueError:
        chosen = -1
    if chosen not in places:
        raise Invalid(f"“{name}={answers[name]}” names no column headed so.", "read")
    return chosen
