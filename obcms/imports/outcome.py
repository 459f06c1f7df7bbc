"""What an import would do, row by row: the same for its preview and for the import itself."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from obcms.imports.reading.parsed import RowNote
from obcms.kernel.rules.choice import Choice


class RowKind(Choice):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """What one accepted row does.

    `code` and `title` say which record it is, `shown` what that then holds. `changes` maps a
    column to its old and new value. `record_id` is None for a new record, whose columns are
    `values`.
    """

    row: int
    kind: RowKind
    code: str
    title: str
    shown: Mapping[str, Any]
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    record_id: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class ImportOutcome:
    """What an import did, or what a preview would do."""

    rows: list[PlannedRow] = field(default_factory=list)
    refused: list[RowNote] = field(default_factory=list)
    warnings: list[RowNote] = field(default_factory=list)

    def count(self, kind: RowKind) -> int:
        """How many accepted rows are of this kind."""
        return sum(row.kind is kind for row in self.rows)

    def of(self, kind: RowKind) -> list[PlannedRow]:
        """The accepted rows of this kind."""
        return [row for row in self.rows if row.kind is kind]

    def counts(self, kinds: Iterable[RowKind]) -> str:
        """In words: 2 new, 1 changed, 0 refused."""
        told = [f"{self.count(kind):,} {kind.value}" for kind in kinds]
        return ", ".join([*told, f"{len(self.refused):,} refused"])

    def summary(self, kinds: Iterable[RowKind]) -> dict[str, Any]:
        """The JSON of `flask … import --json`; `kinds` are those that the import has."""
        return {
            **{kind.value: self.count(kind) for kind in kinds},
            "refused": [
                {"row": note.row, "reason": note.reason, **note.details} for note in self.refused
            ],
            "warnings": [{"row": note.row, "reason": note.reason} for note in self.warnings],
        }

    def fingerprint(self) -> str:
        """Equal for two previews that would do the same."""
        return hashlib.sha256(repr((self.rows, self.refused)).encode()).hexdigest()
