"""A list of which an answer took the column of the title or of the amount (SPEC 13)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from openpyxl.utils import get_column_letter

from obcms.imports.reading.columns import REQUIRED
from obcms.imports.reading.doubts import Doubt
from obcms.imports.reading.header import Header
from obcms.imports.reading.kinds import ListRowKind
from obcms.imports.reading.lines import ListRow
from obcms.imports.reading.list_fields import ListField
from obcms.kernel.intake.amounts import parse_amount


def about_column(name: str, header: Header, lines: Sequence[tuple[ListRowKind, ListRow]]) -> Doubt:
    """Which column holds the title or the amount, among those that could."""
    texts: dict[int, list[str]] = {}
    for kind, line in lines:
        if kind is ListRowKind.PPA:
            for index, text in line.all_texts.items():
                texts.setdefault(index, []).append(text)
    fitting = [index for index in sorted(texts) if _could_be(name, texts[index])]
    readings = tuple(
        (letter, header.headings.get(index) or f"column {letter}")
        for index in fitting or sorted(header.headings)
        for letter in [get_column_letter(index + 1)]
    )
    question = f"No column is taken for {REQUIRED[name]}. Which one holds it?"
    return Doubt(name, question, readings)


def without(header: Header, missing: Iterable[str]) -> Header:
    """The header without the columns of these fields, to tell how the list was read."""
    columns = {name: index for name, index in header.columns.items() if name not in missing}
    amounts = () if ListField.AMOUNT in missing else header.amounts
    levels = () if ListField.TITLE in missing else header.levels
    return replace(header, columns=columns, amounts=amounts, levels=levels)


def _could_be(name: str, texts: Sequence[str]) -> bool:
    """Whether most of a column's cells are amounts, or for a title none of them."""
    amounts = sum(map(_is_amount, texts))
    return amounts > len(texts) / 2 if name == ListField.AMOUNT else amounts == 0


def _is_amount(text: str) -> bool:
    try:
        return parse_amount(text) >= 0
    except ValueError:
        return False
