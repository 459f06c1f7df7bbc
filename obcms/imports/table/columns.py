"""What a slice declares of a table, and the answers that follow from it (SPEC 13)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from typing import Any

from obcms.imports.answers import Answers, Question
from obcms.imports.reading.doubts import DATES, LEAVE_OR_READ, MARKS, UNIT
from obcms.kernel.rules.folding import name_key

Said = dict[str, Any]  # what a row says, by the names of columns


class ColumnKind(Enum):
    """`SIGNED` is an amount that may be below zero."""

    TEXT = auto()
    AMOUNT = auto()
    SIGNED = auto()
    DATE = auto()
    FLAG = auto()
    CHOICE = auto()


AMOUNTS = (ColumnKind.AMOUNT, ColumnKind.SIGNED)


@dataclass(frozen=True)
class Column:
    """`label` is what people call it and its usual heading, `also` are other headings.

    `choices` maps what may be written, folded, to what it means.
    """

    name: str
    label: str
    also: tuple[str, ...] = ()
    kind: ColumnKind = ColumnKind.TEXT
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table that is found by the headings of its columns.

    Besides the required columns it needs all of one group of `one_of`; `lacking` says so where
    they are not found. A row without its `marker` column may be a total or a note. The `money`
    columns add up to a row's amount, for which `whole` stands where none of them is said.
    `rows` makes rows of what one says, told which columns the table has, and raises ValueError
    where it may not stand so.
    """

    columns: tuple[Column, ...]
    lacking: str
    marker: str
    money: tuple[str, ...]
    whole: str = ""
    one_of: tuple[tuple[str, ...], ...] = ((),)
    rows: Callable[[Said, Collection[str]], list[Said]] = lambda said, _columns: [said]

    @cached_property
    def headings(self) -> dict[str, str]:
        """The column that each folded heading means."""
        return {
            name_key(heading): column.name
            for column in self.columns
            for heading in (column.label, *column.also)
        }

    def suffices(self, names: Collection[str]) -> bool:
        """Whether these columns make the table."""
        required = [column.name for column in self.columns if column.required]
        return all(name in names for name in required) and any(
            all(name in names for name in group) for group in self.one_of
        )

    def of_kind(self, *kinds: ColumnKind) -> Sequence[Column]:
        """The columns of these kinds."""
        return [column for column in self.columns if column.kind in kinds]


def answers_of(table: Table) -> Answers:
    """What may be said of how such a table is read."""
    questions = {"unit": UNIT, "marks": MARKS, "hidden": LEAVE_OR_READ, "sheet": Question()}
    if table.of_kind(ColumnKind.DATE):
        questions["dates"] = DATES
    return Answers(
        columns={column.name: column.name for column in table.columns},
        labels={column.name: column.label for column in table.columns},
        questions=questions,
    )
