"""A register of entries as it was read: its rows, each with the entries that it says (SPEC 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from obcms.imports.reading.parsed import RowNote
from obcms.imports.table.columns import Said
from obcms.imports.table.parsed import note_from_json


@dataclass(frozen=True)
class RegisterRow:
    """A row of the file: one entry, or those of an opening balance, whose obligation is first."""

    row: int
    parts: Sequence[Said]

    @property
    def amount(self) -> Decimal:
        """Of its entry, or what an opening balance has obligated; pesos."""
        return Decimal(self.parts[0]["amount"])


@dataclass(frozen=True)
class RegisterFile:
    """All rows in the order of the file."""

    rows: Sequence[RegisterRow]
    refused: Sequence[RowNote]
    warnings: Sequence[RowNote] = ()


def from_json(read: Mapping[str, Any]) -> RegisterFile:
    """What the task of `register_table` answers, row by row."""
    return RegisterFile(
        [
            RegisterRow(number, list(parts))
            for number, parts in groupby(read["rows"], key=lambda part: part["row"])
        ],
        [note_from_json(one) for one in read["refused"]],
        [note_from_json(one) for one in read["warnings"]],
    )
