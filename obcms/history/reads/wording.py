"""How the entries of a timeline read: the names of what they speak of, as of each entry."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Row, select

from obcms.history.reads.names import NamesThen
from obcms.kernel.audit.models import AuditAction
from obcms.kernel.audit.wording import referred_table, shown
from obcms.kernel.extensions import db
from obcms.work.models import WorkItem

# The tables whose records are told by their names.
NAMED = ("organization", "user_account", "work_item")


class Wording:
    """The names that the entries need, read in five queries.

    People and organizations are named as they were when the entry was written; work items by the
    title that they have now, or had last, so that they are found.
    """

    def __init__(self, entries: Iterable[Row[Any]]) -> None:
        entries = list(entries)
        ids: dict[str, set[int]] = {table: set() for table in NAMED}
        for entry in entries:
            for table, key in _references(entry):
                ids[table].add(key)
        since = min((entry.id for entry in entries), default=0)
        connection = db.session.connection()
        self.names = NamesThen(connection, ids["organization"], ids["user_account"], since)
        titles = select(WorkItem.id, WorkItem.title).where(WorkItem.id.in_(ids["work_item"]))
        self.titles = dict(db.session.execute(titles).tuples().all())
        for entry in entries:
            if entry.table_name == "work_item" and entry.action != AuditAction.UPDATE:
                old, new = entry.changes["title"]
                self.titles.setdefault(int(entry.row_key), new or old)

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
            case "expenditure" if "amount" in changes:
                amount, item = (changes[name][1] for name in ("amount", "work_item_id"))
                return f"{shown('expenditure', 'amount', amount)} on {self._item(item)}"
        for name in ("title", "reason", "filename", "method"):
            if name in changes:
                return str(changes[name][1] or changes[name][0])
        return f"#{key}"

    def value(self, entry: Row[Any], column: str, value: Any) -> str:
        """A value in words; a reference by the name of what it refers to."""
        if value is not None:
            match referred_table(entry.table_name, column):
                case "work_item":
                    return self._item(value)
                case "organization":
                    return self.names.organization(value, entry.id)
                case "user_account":
                    return self.names.user(value, entry.id) or f"#{value}"
        return shown(entry.table_name, column, value)

    def _item(self, item_id: int) -> str:
        return f"“{self.titles[item_id]}”" if item_id in self.titles else f"#{item_id}"


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
