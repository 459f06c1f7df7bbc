"""Live rows that are not as the trail has them: somebody changed them behind its back (SPEC 9)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import orjson
from sqlalchemy import Connection, LargeBinary, Table, TypeDecorator, select, type_coerce

from obcms.kernel.audit.fingerprints import fingerprint_name, is_of_known_key, matches
from obcms.kernel.audit.past import whole
from obcms.kernel.audit.registry import SECRET_COLUMNS, audited_tables
from obcms.kernel.audit.replay import BATCH, Replayed
from obcms.kernel.audit.trail import row_key, writers
from obcms.kernel.errors import ObcmsError

LONGEST = 60  # letters of a value that is told
UNREADABLE = object()


class DifferenceKind(Enum):
    """In what a row differs."""

    UNTOLD = "is not in the trail"
    MISSING = "is in the trail, but not in its table"
    CHANGED = "is not as the trail has it"


@dataclass(frozen=True, slots=True)
class DifferingRow:
    """A row that is not as the trail has it: `live` is what its table holds, `told` the trail.

    Values are as they stand in the trail; `columns` and `secrets` name those that differ. `hidden`
    are the live values of secret columns.
    """

    table: Table
    row_key: str
    kind: DifferenceKind
    live: Mapping[str, Any]
    told: Mapping[str, Any]
    columns: Sequence[str] = ()
    secrets: Sequence[str] = ()
    hidden: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        name = f"{self.table.name} {self.row_key}"
        if self.kind is not DifferenceKind.CHANGED:
            return f"{name} {self.kind.value}"
        columns = [self._column(column) for column in self.columns]
        return f"{name}: {', '.join(columns + [self._secret(name) for name in self.secrets])}"

    def _column(self, name: str) -> str:
        live, told = _short(self.live[name]), _short(self.told.get(name))
        return f"{name} is {live}, and {told} by the trail"

    def _secret(self, name: str) -> str:
        kept = self.told.get(fingerprint_name(name))
        if kept is not None and not is_of_known_key(kept):
            return f"{name} was noted under a key that is not in SECRET_KEY_FALLBACKS"
        return f"{name} is not the one that the trail knows"


def differences(connection: Connection, replayed: Replayed) -> Iterator[DifferingRow]:
    """Every row of the audited tables that differs; uses up `replayed`."""
    tables = {table.name: table for table in audited_tables()}
    for name in sorted(tables):
        for key, live, hidden in _live(connection, tables[name]):
            told = replayed.take(name, key)
            difference = _compare(tables[name], key, live, hidden, told)
            if difference is not None:
                yield difference
    for name, key, told in replayed.left():
        if name in tables:  # and not one that there was once
            yield DifferingRow(tables[name], key, DifferenceKind.MISSING, {}, told)


def _compare(
    table: Table,
    key: str,
    live: Mapping[str, Any],
    hidden: Mapping[str, Any],
    told: Mapping[str, Any] | None,
) -> DifferingRow | None:
    if told is None:
        return DifferingRow(table, key, DifferenceKind.UNTOLD, live, {}, hidden=hidden)
    columns = [name for name, value in live.items() if told.get(name) != value]
    secrets = [
        name
        for name, value in hidden.items()
        if not matches(table, key, name, value, told.get(fingerprint_name(name)))
    ]
    if not columns and not secrets:
        return None
    return DifferingRow(table, key, DifferenceKind.CHANGED, live, told, columns, secrets, hidden)


def _live(
    connection: Connection, table: Table
) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """The rows: key, columns as the trail would have them, and the values of secret columns."""
    names = whole([table])[table]
    secrets = [column for column in table.columns if column.name in SECRET_COLUMNS]
    stored = (type_coerce(column, _stored_type(column.type)) for column in secrets)
    query = select(*(table.c[name] for name in names), *stored)
    # The contents of files one at a time: each may be as large as an upload.
    size = 1 if any(isinstance(column.type, LargeBinary) for column in secrets) else BATCH
    write, dialect = writers(table), connection.dialect
    for row in connection.execute(query, execution_options={"yield_per": size}):
        values = dict(zip(names, row, strict=False))
        live = {name: write[name](value) for name, value in values.items()}
        hidden = {
            column.name: _read(column.type, value, dialect)
            for column, value in zip(secrets, row[len(names) :], strict=True)
        }
        yield row_key(table, values), orjson.loads(orjson.dumps(live)), hidden


def _stored_type(kind: Any) -> Any:
    """The type of what is stored: an encrypted value that cannot be read must not end the check."""
    return kind.impl if isinstance(kind, TypeDecorator) else kind


def _read(kind: Any, value: Any, dialect: Any) -> Any:
    if not isinstance(kind, TypeDecorator):
        return value
    with suppress(ObcmsError, ValueError):
        return kind.process_result_value(value, dialect)
    return UNREADABLE


def _short(value: Any) -> str:
    text = "not set" if value is None else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
