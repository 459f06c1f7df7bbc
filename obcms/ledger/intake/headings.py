"""Finding a table's heading row and its columns by name, in any order (SPEC 6, "Import")."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from openpyxl.utils import column_index_from_string, get_column_letter

from obcms.imports.answers import NOWHERE
from obcms.kernel.errors import Invalid
from obcms.kernel.intake.cells import clean_text
from obcms.kernel.intake.table import Row, Sheet
from obcms.kernel.rules.folding import name_key

_UNIT = re.compile(r"\b(thousands?|millions?)\b|[('\s]000s?\b|\bin '?000", re.IGNORECASE)


@dataclass(frozen=True)
class Heading:
    """`columns` by name, counted from 0; `several` are names that more than one column has.

    `texts` are the heading's cells.
    """

    sheet: Sheet
    row: int
    texts: Sequence[str]
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
                columns = {name: places[0] for name, places in found.items()}
                several = {
                    name: places
                    for name, places in found.items()
                    if len(places) > 1 and name not in answers
                }
                unit = any(_UNIT.search(text) for text in (*above, *texts))
                chosen = _chosen(columns, answers, headings)
                return Heading(sheet, row.number, texts, chosen, several, unit)
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


def _chosen(
    columns: Mapping[str, int], answers: Mapping[str, str], names: Collection[str]
) -> dict[str, int]:
    """The columns by name, where these are, or were said to be; one column has one name."""
    said = {name: answers[name] for name in names if name in answers}
    places = {name: _place(name, value) for name, value in said.items() if value != NOWHERE}
    taken = set(places.values())
    kept = {
        name: place for name, place in columns.items() if name not in said and place not in taken
    }
    return kept | places


def _place(name: str, value: str) -> int:
    try:
        return column_index_from_string(value.upper()) - 1
    except ValueError:
        raise Invalid(f"“{name}={value}” names no column.", "read") from None
