"""Recomputes the seal chain and names the first entry that is not as it was sealed."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, func, select

from obcms.kernel.audit.chain import COLUMNS, GENESIS, link
from obcms.kernel.audit.models import ARCHIVES, ENTRIES, SEALS
from obcms.kernel.db.connections import reading

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class SealedUpTo:
    """How far the chain once went, noted outside of it, and its hash there."""

    position: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`problem` is None where the chain holds; `checked` counts the links looked at."""

    checked: int
    position: int
    head: str
    problem: str | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return self.problem is None

    def as_json(self) -> dict[str, Any]:
        """What `flask audit verify --json` prints."""
        return {"ok": self.holds} | asdict(self)


def verify(
    engine: Engine,
    noted_head: str | None = None,
    latest: int | None = None,
    recorded: SealedUpTo | None = None,
    is_archived: Callable[[str], bool] = lambda _hash: False,
) -> Verdict:
    """Checks the chain, or its `latest` links; `noted_head` is a hash that must occur in it.

    So must what was `recorded`, at its position; the caller reads that before it comes here.
    It begins behind the last archive; `is_archived` tells whether a hash stands in an archive.

    Reads on a connection and a snapshot of its own, row by row, and holds up no writer.
    """
    on_postgresql = engine.dialect.name == "postgresql"
    options = {"isolation_level": "REPEATABLE READ"} if on_postgresql else {}
    with reading(), engine.connect().execution_options(**options) as connection:
        return _Check(connection, latest, is_archived).run(noted_head, recorded)


class _Check:
    def __init__(
        self, connection: Connection, latest: int | None, is_archived: Callable[[str], bool]
    ) -> None:
        self.connection, self.is_archived = connection, is_archived
        self.start, self.hash = 0, GENESIS
        self.checked = self.position = self.entry_id = 0
        self._start_behind_archives()
        if latest is not None:
            self._start_at((connection.scalar(select(func.max(SEALS.c.position))) or 0) - latest)

    def _start_behind_archives(self) -> None:
        archived = self.connection.execute(
            select(ARCHIVES.c.last_position, ARCHIVES.c.last_entry_id, ARCHIVES.c.head)
            .order_by(ARCHIVES.c.id.desc())
            .limit(1)
        ).one_or_none()
        if archived is not None:
            self.position, self.entry_id, self.hash = archived
            self.start = self.position

    def _start_at(self, position: int) -> None:
        before = self.connection.execute(
            select(SEALS.c.position, SEALS.c.entry_id, SEALS.c.hash).where(
                SEALS.c.position == position
            )
        ).one_or_none()
        if before is not None:
            self.position, self.entry_id, self.hash = before
            self.start = self.position

    def run(self, noted: str | None, recorded: SealedUpTo | None) -> Verdict:
        problem = self._walk() or self._recorded_head(recorded) or self._noted_head(noted)
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
        return f"entry {stray} was put in between sealed entries" if stray is not None else None

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
        """An entry among the sealed ones that has no seal: sealing goes by id and skips none."""
        last = select(func.max(SEALS.c.entry_id)).scalar_subquery()
        sealed = select(SEALS.c.entry_id).where(SEALS.c.entry_id == ENTRIES.c.id)
        return self.connection.scalar(
            select(func.min(ENTRIES.c.id)).where(
                ENTRIES.c.id > self.entry_id, ENTRIES.c.id < last, ~sealed.exists()
            )
        )

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

    def _recorded_head(self, recorded: SealedUpTo | None) -> str | None:
        """A chain cut off, or made anew from an entry on, differs from what sealing reported."""
        if recorded is None:
            return None
        if recorded.position > self.position:
            return (
                f"the chain was cut: it ends at position {self.position}, "
                f"and was sealed up to {recorded.position}"
            )
        if self._hash_at(recorded.position) != recorded.hash:
            return (
                "the chain was made anew: "
                f"position {recorded.position} has another hash than recorded"
            )
        return None

    def _noted_head(self, noted: str | None) -> str | None:
        if noted is None or noted == GENESIS:
            return None
        sealed = self.connection.scalar(select(func.count()).where(SEALS.c.hash == noted))
        return None if sealed or self.is_archived(noted) else f"the chain holds no seal {noted}"

    def _hash_at(self, position: int) -> str | None:
        return self.connection.scalar(select(SEALS.c.hash).where(SEALS.c.position == position))


def _entry(row: RowMapping) -> dict[str, Any]:
    return {name: row[name] for name in COLUMNS}


def _with_next(rows: Iterator[RowMapping]) -> Iterator[tuple[RowMapping, RowMapping | None]]:
    """Each row with the one behind it, which tells a changed seal from a changed entry."""
    row = next(rows, None)
    while row is not None:
        following = next(rows, None)
        yield row, following
        row = following
