"""A list's header, and the texts of rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from obcms.imports.reading.doubts import Doubt
from obcms.imports.reading.list_fields import ListField
from obcms.kernel.intake.cells import clean_text
from obcms.kernel.intake.table import Row
from obcms.ppas.rules.choices import AppropriationClass


@dataclass(frozen=True, slots=True)
class Header:
    """The header's last row, and the column of each field found (from 0).

    `amounts` are the columns that are added up, `parts` those of the classes beside their total,
    `levels` the columns of titles from the upper to the lower level. `unit` is the pesos that one
    of an amount means, and `unit_from` where that is said. `unnamed` lists, for a field, the
    columns to its right without a heading, which a merged heading covers; `lines` the texts of
    each header row by column, to know it when a page break repeats it.
    """

    row: int
    columns: Mapping[str, int]
    unit: int
    unnamed: Mapping[str, range]
    lines: Sequence[Mapping[int, str]]
    amounts: tuple[int, ...] = ()
    parts: Mapping[AppropriationClass, int] = field(default_factory=dict)
    levels: tuple[int, ...] = ()
    headings: Mapping[int, str] = field(default_factory=dict)
    window: range = range(0)
    unit_from: str = ""
    currency: str = ""
    doubts: tuple[Doubt, ...] = ()

    @property
    def amount_column(self) -> int:
        """The column of the amount, the first of those that are added up."""
        return self.columns[ListField.AMOUNT]


def texts_of(row: Row) -> dict[int, str]:
    """The row's texts by column, without the empty ones."""
    return {index: text for index, cell in enumerate(row.cells) if (text := clean_text(cell))}
