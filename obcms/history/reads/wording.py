"""How the entries of a timeline read: the names of what they speak of, as of each entry."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from obcms.budget.models import DistributionBatch
from obcms.history.reads.funds import FundNames
from obcms.history.reads.names import NamesThen
from obcms.kernel.audit.models import ENTRIES, AuditAction
from obcms.kernel.audit.wording import referred_table, shown
from obcms.kernel.extensions import db
from obcms.kernel.formats import peso
from obcms.ledger.models import Obligation
from obcms.ppas.models import Milestone
from obcms.ppas.rules.choices import ApprovalStatus
from obcms.spending.models import Expenditure
from obcms.work.models import WorkItem

# The tables whose records are told by their names.
NAMED = ("organization", "user_account", "work_item")


class Wording:
    """The names that the entries need, read in five queries, and some more where entries ask for
    them.

    People and organizations are named as they were when the entry was written; what has a title by
    the one that it has now, or had last, so that it is found.
    """

    def __init__(self, entries: Iterable[Row[Any]]) -> None:
        entries = list(entries)
        self._lines = _rows(Expenditure, ("amount", "work_item_id"), entries)
        self._batches = _rows(DistributionBatch, ("parent_id",), entries)
        ids: dict[str, set[int]] = {table: set() for table in NAMED}
        for entry in entries:
            for table, key in _references(entry):
                ids[table].add(key)
        ids["work_item"] |= {line.work_item_id for line in self._lines.values()}
        ids["work_item"] |= {batch.parent_id for batch in self._batches.values()}
        since = min((entry.id for entry in entries), default=0)
        connection = db.session.connection()
        self.names = NamesThen(connection, ids["organization"], ids["user_account"], since)
        self.titles = titles_of(WorkItem, ids["work_item"])
        self.funds = FundNames(entries)
        self.milestones = titles_of(Milestone, _keys(Milestone, entries))

    def actor(self, entry: Row[Any]) -> str:
        """Who wrote the entry, by the full name where there is one."""
        called = self.names.user(entry.actor_id, entry.id) if entry.actor_id else None
        return called or entry.actor_name

    def record(self, entry: Row[Any]) -> str:
        """The record's own name; empty where the kind says enough."""
        changes, key = entry.changes, entry.row_key
        match entry.table_name:
            case "ppa":
                return ""
            case "work_item":
                return self._item(int(key))
            case "ppa_supporting_organization":
                return self.names.organization(_second(key), entry.id)
            case "work_item_assignee":
                return self.names.user(_second(key), entry.id) or ""
            case "expenditure" if line := self._lines.get(int(key)):
                return f"{peso(line.amount)} on {self._item(line.work_item_id)}"
            case "distribution_batch" if batch := self._batches.get(int(key)):
                return self._item(batch.parent_id)
            case "ppa_milestone":
                return quoted(self.milestones, int(key))
            case "fund_entry" if entry.action == AuditAction.INSERT:
                return self.funds.fund_entry(entry)
            case Obligation.__tablename__:
                return self.funds.obligation(entry)
            case "approval_step":
                return _way(changes)
            case "ppa_amendment":
                return ""  # its reason follows
        for name in ("title", "reason", "filename"):
            if name in changes:
                return str(changes[name][1] or changes[name][0])
        return ""

    def value(self, entry: Row[Any], column: str, value: Any) -> str:
        """A value in words; a reference by the name of what it refers to."""
        if value is not None:
            match referred_table(entry.table_name, column):
                case "work_item":
                    return self._item(value)
                case "organization":
                    return self.names.organization(value, entry.id)
                case "user_account":
                    return self.names.user(value, entry.id) or "a former user"
        return shown(entry.table_name, column, value)

    def _item(self, item_id: int) -> str:
        return quoted(self.titles, item_id)


def titles_of(model: Any, keys: Collection[int]) -> dict[int, str]:
    """The titles of the rows by their ids; of one that was removed since, the last it had."""
    query = select(model.id, model.title).where(model.id.in_(keys))
    titles = dict(db.session.execute(query).tuples().all())
    if gone := [str(key) for key in keys if key not in titles]:
        removed = select(ENTRIES.c.row_key, ENTRIES.c.changes["title"][0].as_string()).where(
            ENTRIES.c.table_name == model.__tablename__,
            ENTRIES.c.row_key.in_(gone),
            ENTRIES.c.action == AuditAction.DELETE,
        )
        titles |= {int(key): title for key, title in db.session.execute(removed)}
    return titles


def quoted(titles: Mapping[int, str], key: int) -> str:
    """The title, or words for what is gone with its entries."""
    return f"“{titles[key]}”" if key in titles else "one that was removed"


def _rows(model: Any, names: Sequence[str], entries: Sequence[Row[Any]]) -> dict[int, Row[Any]]:
    """The columns of those rows of the model that the entries are about."""
    if not (keys := _keys(model, entries)):
        return {}
    query = select(model.id, *(getattr(model, name) for name in names)).where(model.id.in_(keys))
    return {row.id: row for row in db.session.execute(query)}


def _keys(model: Any, entries: Sequence[Row[Any]]) -> set[int]:
    table = model.__tablename__
    return {int(entry.row_key) for entry in entries if entry.table_name == table}


def _way(changes: Mapping[str, Any]) -> str:
    """From which stage to which."""
    ends = (changes[name][1] or changes[name][0] for name in ("from_status", "to_status"))
    return " → ".join(ApprovalStatus(end).label for end in ends)


def _references(entry: Row[Any]) -> Iterator[tuple[str, int]]:
    """The records that an entry speaks of, by table and id."""
    if entry.actor_id is not None:
        yield "user_account", entry.actor_id
    match entry.table_name:
        case "work_item":
            yield "work_item", int(entry.row_key)
        case "ppa_supporting_organization":
            yield "organization", _second(entry.row_key)
        case "work_item_assignee":
            yield "user_account", _second(entry.row_key)
    for column, pair in entry.changes.items():
        table = referred_table(entry.table_name, column)
        if table in NAMED:
            yield from ((table, key) for key in pair if key is not None)


def _second(row_key: str) -> int:
    return int(row_key.split("/")[1])
