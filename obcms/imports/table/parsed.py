"""A declared table as it comes back from the limited process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from obcms.imports.reading.parsed import RowNote


@dataclass(frozen=True, slots=True)
class TableRow:
    """What a row says by column: texts, truths, amounts in pesos and days in ISO form as texts."""

    row: int
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ParsedTable:
    """Its rows, and notes about those that were refused or are odd."""

    rows: Sequence[TableRow]
    refused: Sequence[RowNote]
    warnings: Sequence[RowNote]


def table_from_json(stored: Mapping[str, Any]) -> ParsedTable:
    """The rows of `read_declared` again."""
    return ParsedTable(
        [TableRow(said["row"], said) for said in stored["rows"]],
        [_note(one) for one in stored["refused"]],
        [_note(one) for one in stored["warnings"]],
    )


def _note(stored: Sequence[Any]) -> RowNote:
    row, reason, amount = stored
    return RowNote(row, reason, None if amount is None else Decimal(amount))
