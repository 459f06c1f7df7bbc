"""A declared table as it comes back from the limited process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from obcms.imports.reading.parsed import RowNote

COMES_TO = "comes_to"  # a row's key for its amount


@dataclass(frozen=True, slots=True)
class TableRow:
    """What a row says by column: texts, truths, amounts in pesos and days in ISO form as texts.

    `amount` is what the whole row comes to, in pesos.
    """

    row: int
    said: Mapping[str, Any]
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class ParsedTable:
    """Its rows, and notes about those that were refused or are odd."""

    rows: Sequence[TableRow]
    refused: Sequence[RowNote]
    warnings: Sequence[RowNote]


def table_from_json(stored: Mapping[str, Any]) -> ParsedTable:
    """The rows of `read_declared` again."""
    return ParsedTable(
        [TableRow(said["row"], said, _amount(said[COMES_TO])) for said in stored["rows"]],
        [note_from_json(one) for one in stored["refused"]],
        [note_from_json(one) for one in stored["warnings"]],
    )


def note_from_json(stored: Sequence[Any]) -> RowNote:
    """A note again, of its row, reason and amount."""
    row, reason, amount = stored
    return RowNote(row, reason, _amount(amount))


def _amount(stored: str | None) -> Decimal | None:
    return None if stored is None else Decimal(stored)
