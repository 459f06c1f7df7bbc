"""Finding a table's heading row and its columns by name, in any order (SPEC 6, "Import")."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from openpyxl.utils import column_index_from_string, get_column_letter

from obcms.kernel.errors import Invalid
from obcms.kernel.intake.cells import clean_text
from obcms.kernel.intake.table import Row, Sheet
from obcms.kernel.rules.folding import name_key

_UNIT = re.compile(r"\b(thousands?|millions?)\b|[('\s]000s?\b|\bin '?000", re.IGNORECASE)


@dataclass(frozen=True)
class Heading:
    """`columns` by name, counted from 0; `several` are names that more than one column has."""

    sheet: Sheet
    row: int
    columns: Mapping[str, int]
    several: Mapping[str, Sequence[int]]
    names_unit: bool

    def cell(self, row: Row, name: str) -> object:
        """What the row has in the column of this name."""
        place = self.columns.get(name)
        return None if place is None or place >= len(row.cells) else row.cells[place]


def find_columns(
    sheets: Sequence[Sheet],
    headings: Mapping[str, Sequence[str]],
    suffices: Callable[[Collection[str]], bool],
    answers: Mapping[str, str],
) -> Heading | None:
    """The first row whose names of columns suffice; `answers` choose columns by letter."""
    named = {heading: name for name, several in headings.items() for heading in several}
    for sheet in sheets:
        above: list[str] = []
        for row in sheet.rows:
            texts = [clean_text(cell) for cell in row.cells]
            found = _columns(texts, named)
            if suffices(found):
                chosen = {name: _chosen(name, places, answers) for name, places in found.items()}
                several = {
                    name: places
                    for name, places in found.items()
                    if len(places) > 1 and name not in answers
                }
                unit = any(_UNIT.search(text) for text in (*above, *texts))
                return Heading(sheet, row.number, chosen, several, unit)
            above += texts
    return None


def letter(column: int) -> str:
    """As a spreadsheet calls it."""
    return get_column_letter(column + 1)


def _columns(texts: Sequence[str], named: Mapping[str, str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        bare = re.sub(r"\(.*?\)", "", text).replace("_", " ")
        if (name := named.get(name_key(bare).strip().rstrip("."))) is not None:
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
