"""What single columns of rows held at different moments, such as the names of people (SPEC 2)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Table, or_, select

from obcms.kernel.audit.models import ENTRIES, AuditAction


class ValuesThen:
    """Text columns of the rows with these ids, at any position of the trail from `since` on.

    Two queries; of the trail only the changes of these columns are read.
    """

    def __init__(
        self,
        connection: Connection,
        table: Table,
        names: Sequence[str],
        ids: Collection[int],
        since: int,
    ) -> None:
        now = select(table.c.id, *(table.c[name] for name in names)).where(table.c.id.in_(ids))
        self._now = {row.id: dict(row._mapping) for row in connection.execute(now)}
        # Of each row the changes since, oldest first: the entry's id and the values before it.
        self._old: defaultdict[int, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
        pairs = [ENTRIES.c.changes[name] for name in names]
        changes = (
            select(ENTRIES.c.id, ENTRIES.c.row_key, *(pair[0].as_string() for pair in pairs))
            .where(
                ENTRIES.c.table_name == table.name,
                ENTRIES.c.row_key.in_([str(id_) for id_ in ids]),
                ENTRIES.c.action == AuditAction.UPDATE,
                ENTRIES.c.id > since,
                or_(*(pair[1].as_string().is_not(None) for pair in pairs)),
            )
            .order_by(ENTRIES.c.id)
        )
        for position, key, *old in connection.execute(changes):
            known = {n: value for n, value in zip(names, old, strict=True) if value is not None}
            self._old[int(key)].append((position, known))

    def at(self, id_: int, position: int) -> dict[str, Any] | None:
        """The columns when the entry at this position had been written; None for no such row."""
        if id_ not in self._now:
            return None
        values = dict(self._now[id_])
        for changed_at, old in reversed(self._old[id_]):
            if changed_at <= position:
                break
            values |= old
        return values
