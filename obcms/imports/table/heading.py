"""Finding a table's heading row and its columns by name, in any order (SPEC 13)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openpyxl.utils import column_index_from_string, get_column_letter

from obcms.imports.answers import NOWHERE
from obcms.imports.reading.doubts import GivenAnswers
from obcms.imports.reading.header import texts_of
from obcms.imports.reading.units import unit_in_heading, unit_in_note
from obcms.imports.table.columns import Table
from obcms.kernel.errors import Invalid
from obcms.kernel.intake.table import Cell, Row, Sheet
from obcms.kernel.rules.folding import name_key

ROWS_ABOVE = 2  # that may belong to a heading
_UNIT = re.compile(r"\b(?:thousand|million|billion)s?\b|[('\s]000s?\b|\bin '?000", re.IGNORECASE)


@dataclass(frozen=True)
class Heading:
    """`columns` by name, counted from 0; `several` are names that more than one column has.

    `texts` are the headings by column, `own` those of the last heading row alone; `unit_from` is
    the text that speaks of another unit than the peso.
    """

    sheet: Sheet
    row: int
    columns: Mapping[str, int]
    several: Mapping[str, Sequence[int]]
    texts: Mapping[int, str]
    own: Mapping[int, str]
    unit_from: str

    def cell(self, row: Row, name: str) -> Cell:
        """What the row has in the column of this name; None without one."""
        place = self.columns.get(name)
        return None if place is None or place >= len(row.cells) else row.cells[place]


def find_heading(table: Table, sheet: Sheet, asked: GivenAnswers) -> Heading | None:
    """The sheet's first row whose names of columns suffice, with what stands over it.

    Answers choose columns by letter. Raises Invalid for a letter beyond the sheet.
    """
    chosen = _chosen(table, sheet, asked)
    before: list[tuple[int, dict[int, str]]] = []
    for row in sheet.rows:
        own = texts_of(row)
        near = [
            texts for number, texts in before[-ROWS_ABOVE:] if row.number - number <= ROWS_ABOVE
        ]
        texts = _with_above(table, own, near)
        found = _columns(table, texts)
        named = {name for name, place in chosen.items() if place in own}
        if found and table.suffices(named | (found.keys() - chosen.keys())):
            several = {
                name: places
                for name, places in found.items()
                if len(places) > 1 and name not in chosen
            }
            said = {name: place for name, place in chosen.items() if place is not None}
            columns = {
                name: places[0]
                for name, places in found.items()
                if name not in chosen and places[0] not in said.values()
            }
            above = [text for _, texts_above in before for text in texts_above.values()]
            unit = _unit_from(sheet, row.number, [*texts.values()], above)
            return Heading(sheet, row.number, columns | said, several, texts, own, unit)
        before.append((row.number, own))
    return None


def letter(column: int) -> str:
    """As a spreadsheet calls it."""
    return get_column_letter(column + 1)


def _chosen(table: Table, sheet: Sheet, asked: GivenAnswers) -> dict[str, int | None]:
    width = max((len(row.cells) for row in sheet.rows), default=0)
    found: dict[str, int | None] = {}
    for column in table.columns:
        if (said := asked.answer(column.name)) is None:
            continue
        place = None if said == NOWHERE else column_index_from_string(said.upper()) - 1
        if place is not None and place >= width:
            raise Invalid(f"“{column.name}={said}” names no column of the table.", "read")
        found[column.name] = place
    return found


def _with_above(
    table: Table, own: Mapping[int, str], near: Sequence[Mapping[int, str]]
) -> dict[int, str]:
    """Each column's heading: its own text, where that names none joined to what is over it."""
    found = {}
    for place in sorted({*own, *(place for texts in near for place in texts)}):
        text = own.get(place, "")
        above = " ".join(texts[place] for texts in near if place in texts)
        joined = f"{above} {text}".strip()
        nearest = next((texts[place] for texts in reversed(near) if place in texts), "")
        candidates = (text, joined, nearest if not text else "")
        found[place] = next((one for one in candidates if _name(table, one)), text or joined)
    return found


def _columns(table: Table, texts: Mapping[int, str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, text in texts.items():
        if (name := _name(table, text)) is not None:
            found.setdefault(name, []).append(place)
    return found


def _name(table: Table, text: str) -> str | None:
    """The column that a heading names; what it says in brackets is of its unit or a note."""
    bare = re.sub(r"\(.*?\)", "", text).replace("_", " ")
    return table.headings.get(name_key(bare).strip().rstrip(".")) if bare else None


def _unit_from(sheet: Sheet, row: int, headings: Sequence[str], above: Sequence[str]) -> str:
    """The first text that speaks of thousands or millions, beside the rows' own cells."""
    for text in (*headings, *above):
        if _UNIT.search(text) or (unit_in_heading(text) or 1) > 1:
            return text
    below = (list(texts_of(one).values()) for one in sheet.rows if one.number > row)
    notes = [texts[0] for texts in below if len(texts) == 1]
    return next((text for text in (*notes, sheet.name) if (unit_in_note(text) or 1) > 1), "")
