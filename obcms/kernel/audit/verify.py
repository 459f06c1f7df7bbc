"""Recomputes the seal chain and names the first entry that is not as it was sealed."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, func, select

from obcms.kernel.audit.archive import ArchiveBroken
from obcms.kernel.audit.archives import last_archive
from obcms.kernel.audit.chain import COLUMNS, GENESIS, link
from obcms.kernel.audit.models import ENTRIES, SEALS
from obcms.kernel.audit.noted import NotedHead
from obcms.kernel.db.connections import reading

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A live row that is not as the trail has it, and in what."""

    table: str
    row: str
    problem: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`problem` is None where the chain holds; `checked` counts the links looked at.

    `rows` are those that differ from the trail, where that was asked.
    """

    checked: int
    position: int
    head: str
    problem: str | None = None
    rows: tuple[RowDifference, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return self.problem is None and not self.rows

    def as_json(self) -> dict[str, Any]:
        """The same, for programs."""
        return {"ok": self.holds} | asdict(self)

    def in_words(self) -> str:
        """What is wrong, a line for each thing; else how much holds."""
        found = [f"The audit trail is broken: {self.problem}."] if self.problem else []
        if self.rows:
            rows = "1 row is" if len(self.rows) == 1 else f"{len(self.rows):,} rows are"
            found.append(f"{rows} not as the audit trail has them:")
            found += [one.problem for one in self.rows]
        holds = f"The audit trail holds: {self.checked:,} sealed entries, head {self.head}."
        return "\n".join(found) or holds


def verify(
    engine: Engine,
    head: str | None = None,
    latest: int | None = None,
    noted: Sequence[NotedHead] = (),
    is_archived: Callable[[str], bool] = lambda _hash: False,
) -> Verdict:
    """Checks the chain, or its `latest` links.

    The hash `head` must occur in it, and so must each that was `noted`, at its position. It begins
    behind the last archive; `is_archived` tells whether a hash stands in an archive, and may raise
    ArchiveBroken.

    Reads on a connection and a snapshot of its own, row by row, and holds up no writer.
    """
    with one_snapshot(engine) as connection:
        return _Check(connection, latest, is_archived).run(head, noted)


def is_in_chain(connection: Connection, noted: NotedHead) -> bool:
    """Whether the chain still has the hash at its position; what is archived counts as there."""
    archived = last_archive(connection)
    if noted.position <= (archived.last_position if archived else 0):
        return True
    return _hash_at(connection, noted.position) == noted.hash


@contextmanager
def one_snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection on which all is read as of one moment, without holding up a writer."""
    on_postgresql = engine.dialect.name == "postgresql"
    options = {"isolation_level": "REPEATABLE READ"} if on_postgresql else {}
    with reading(), engine.connect().execution_options(**options) as connection:
        yield connection


class _Check:
    def __init__(
        self, connection: Connection, latest: int | None, is_archived: Callable[[str], bool]
    ) -> None:
        self.connection, self.is_archived = connection, is_archived
        self.hash = GENESIS
        self.checked = self.position = self.entry_id = 0
        if (archived := last_archive(connection)) is not None:
            self.position, self.entry_id = archived.last_position, archived.last_entry_id
            self.hash = archived.head
        self.archived_position, self.archived_entry = self.position, self.entry_id
        if latest is not None:
            self._start_at((connection.scalar(select(func.max(SEALS.c.position))) or 0) - latest)
        self.start = self.position

    def _start_at(self, position: int) -> None:
        before = self.connection.execute(
            select(SEALS.c.position, SEALS.c.entry_id, SEALS.c.hash).where(
                SEALS.c.position == position
            )
        ).one_or_none()
        if before is not None:
            self.position, self.entry_id, self.hash = before

    def run(self, head: str | None, noted: Sequence[NotedHead]) -> Verdict:
        """Walks the chain, and looks for the heads that must be in it."""
        try:
            problem = self._stray_seal() or self._walk()
            for one in noted:
                problem = problem or self._noted_head(one)
            problem = problem or self._given_head(head)
        except ArchiveBroken as error:
            problem = str(error)
        return Verdict(self.checked, self.position, self.hash, problem)

    def _walk(self) -> str | None:
        """The first link that does not follow from the one before it."""
        stray = self._first_unsealed()
        for row, following in _with_next(self._rows()):
            if stray is not None and stray < row["entry_id"]:
                break
            problem = self._problem_of(row, following)
            if problem:
                return problem
            self.checked += 1
            self.position, self.entry_id, self.hash = row["position"], row["entry_id"], row["hash"]
        if stray is None:
            return None
        if stray <= self.archived_entry:
            return f"entry {stray} stands outside the sealed order"
        return f"entry {stray} was put in between sealed entries"

    def _rows(self) -> Iterator[RowMapping]:
        query = (
            select(SEALS, ENTRIES)
            .join(ENTRIES, ENTRIES.c.id == SEALS.c.entry_id, isouter=True)
            .where(SEALS.c.position > self.start)
            .order_by(SEALS.c.position)
        )
        result = self.connection.execution_options(yield_per=BATCH).execute(query)
        yield from result.mappings()

    def _first_unsealed(self) -> int | None:
        """An entry without a seal before the last one that has a seal, or was archived: sealing
        begins at 1, goes by id and skips none.
        """
        last = self.connection.scalar(select(func.max(SEALS.c.entry_id))) or 0
        sealed = select(SEALS.c.entry_id).where(SEALS.c.entry_id == ENTRIES.c.id)
        up_to = max(last, self.archived_entry)
        strays = select(func.min(ENTRIES.c.id)).where(ENTRIES.c.id <= up_to, ~sealed.exists())
        return self.connection.scalar(strays)

    def _stray_seal(self) -> str | None:
        """A seal before the first position would make an entry look sealed that is not."""
        before = SEALS.c.position <= self.archived_position
        position = self.connection.scalar(select(func.min(SEALS.c.position)).where(before))
        return None if position is None else f"the seal at position {position} is outside the chain"

    def _problem_of(self, row: RowMapping, following: RowMapping | None) -> str | None:
        position, entry_id = row["position"], row["entry_id"]
        if position != self.position + 1:
            return f"the seal at position {self.position + 1} is missing"
        if entry_id <= self.entry_id or (following and following["entry_id"] < entry_id):
            return f"the order was changed at position {position}"
        if row["id"] is None:
            return f"entry {entry_id} is missing"
        expected = link(self.hash, _entry(row))
        if expected == row["hash"]:
            return None
        if following and following["id"] and link(expected, _entry(following)) == following["hash"]:
            return f"the seal of entry {entry_id} at position {position} was changed"
        return f"entry {entry_id} was changed"

    def _noted_head(self, noted: NotedHead) -> str | None:
        """A chain cut off, or made anew from an entry on, differs from what was noted."""
        if noted.position > self.position:
            return (
                f"the chain was cut: it ends at position {self.position}, "
                f"and was {noted.occasion} up to {noted.position}"
            )
        if noted.position <= self.archived_position:
            is_there = noted.position == 0 or self.is_archived(noted.hash)
        else:
            is_there = _hash_at(self.connection, noted.position) == noted.hash
        if is_there:
            return None
        return (
            "the chain was made anew: "
            f"position {noted.position} has another hash than when it was {noted.occasion}"
        )

    def _given_head(self, head: str | None) -> str | None:
        if head is None or head == GENESIS:
            return None
        sealed = self.connection.scalar(select(func.count()).where(SEALS.c.hash == head))
        return None if sealed or self.is_archived(head) else f"the chain holds no seal {head}"


def _hash_at(connection: Connection, position: int) -> str | None:
    return connection.scalar(select(SEALS.c.hash).where(SEALS.c.position == position))


def _entry(row: RowMapping) -> dict[str, Any]:
    return {name: row[name] for name in COLUMNS}


def _with_next(rows: Iterator[RowMapping]) -> Iterator[tuple[RowMapping, RowMapping | None]]:
    """Each row with the one behind it, which tells a changed seal from a changed entry."""
    row = next(rows, None)
    while row is not None:
        following = next(rows, None)
        yield row, following
        row = following
