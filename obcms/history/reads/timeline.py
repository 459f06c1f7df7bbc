"""The history of a PPA or a work item as people read it: acts, newest first (SPEC 9).

An act is everything one request, job or command changed. What followed from it by the roll-up is
told apart from what somebody did.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, String, cast, func, select

from obcms.approval.rules.steps import Action
from obcms.kernel.audit.models import AuditAction
from obcms.kernel.audit.past import ENTRY
from obcms.kernel.audit.wording import RECORDS, SILENT, label_of, shown
from obcms.kernel.extensions import db
from obcms.organizations.models import Organization
from obcms.people.models import User
from obcms.ppas.rules.choices import ApprovalStatus
from obcms.work.models import WorkItem

PAGE = 25
# Entries of one act that are told; a large tree makes thousands in one go.
SHOWN = 40
# Columns of a new or removed row that its line tells already, or that say nothing to a reader.
TOLD = frozenset(
    {
        "id",
        "ppa_id",
        "position",
        "budget_share",
        "title",
        "amount",
        "work_item_id",
        "posted_at",
        "posted_by_id",
        "made_at",
        "made_by_id",
        "applied_at",
        "applied_by_id",
    }
)
TIMESTAMPED = frozenset({"ppa", "work_item"})


@dataclass(frozen=True, slots=True)
class Detail:
    """One column's change in words; `old` is None where the row was made by the act."""

    label: str
    old: str | None
    new: str


@dataclass(frozen=True, slots=True)
class Line:
    """One record's change: “changed work item” with its name and the columns."""

    verb: str
    name: str
    details: Sequence[Detail] = ()


@dataclass(slots=True)
class Act:
    """What one person or job did in one go; `followed` is what the roll-up added."""

    at: datetime
    actor: str
    ip_address: str | None
    request_id: str | None
    position: int
    entries: int
    lines: list[Line] = field(default_factory=list)
    followed: list[Line] = field(default_factory=list)

    @property
    def untold(self) -> int:
        """How many entries of a large act are not listed."""
        return self.entries - len(self.lines) - len(self.followed)


def timeline(of: ColumnElement[bool], before: int | None = None) -> list[Act]:
    """Up to PAGE acts on the entries that `of` selects, older than the entry `before`."""
    group = func.coalesce(ENTRY.c.request_id, cast(ENTRY.c.at, String)).label("act")
    chosen = of if before is None else of & (ENTRY.c.id < before)
    acts = (
        select(group, func.max(ENTRY.c.id).label("last"), func.count().label("entries"))
        .where(chosen)
        .group_by(group)
        .order_by(func.max(ENTRY.c.id).desc())
        .limit(PAGE)
        .subquery()
    )
    place = func.row_number().over(partition_by=group, order_by=ENTRY.c.id).label("place")
    numbered = select(*ENTRY.c, group, place).where(chosen).subquery()
    query = (
        select(numbered, acts.c.last, acts.c.entries)
        .join(acts, acts.c.act == numbered.c.act)
        .where(numbered.c.place <= SHOWN)
        .order_by(acts.c.last.desc(), numbered.c.id)
    )
    rows = db.session.execute(query).all()
    names = _Names(rows)
    found: dict[str, Act] = {}
    for row in rows:
        act = found.setdefault(
            row.act,
            Act(
                row.at,
                names.users.get(row.actor_id, row.actor_name),
                row.ip_address,
                row.request_id,
                row.last,
                row.entries,
            ),
        )
        line = _line(row, names)
        (act.followed if _followed(row) else act.lines).append(line)
    return list(found.values())


def _followed(row: Row[Any]) -> bool:
    """Whether the roll-up wrote the entry: what people change notes the time in the row as well."""
    update = row.action == AuditAction.UPDATE
    return update and row.table_name in TIMESTAMPED and "updated_at" not in row.changes


def _line(row: Row[Any], names: "_Names") -> Line:
    record = RECORDS.get(row.table_name, row.table_name.replace("_", " "))
    changes = row.changes
    if row.action == AuditAction.UPDATE:
        return Line(f"changed {record}", names.of(row), _details(row.table_name, changes, names))
    side = 1 if row.action == AuditAction.INSERT else 0
    values = {name: pair[side] for name, pair in changes.items()}
    if row.table_name == "approval_step":
        return _step(values)
    verb = "added" if side else "removed"
    only_new = {name: [None, value] for name, value in values.items() if value not in (None, "")}
    return Line(f"{verb} {record}", names.of(row), _details(row.table_name, only_new, names, True))


def _step(values: Mapping[str, Any]) -> Line:
    ends = [ApprovalStatus(values[name]).label for name in ("from_status", "to_status")]
    said = [Detail("Comment", None, values["comment"])] if values["comment"] else []
    return Line(f"approval: {Action(values['action']).label.lower()}", " → ".join(ends), said)


def _details(
    table: str, changes: Mapping[str, Any], names: "_Names", whole: bool = False
) -> list[Detail]:
    hidden = SILENT | TOLD if whole else SILENT
    return [
        Detail(
            label_of(name),
            None if whole else names.shown(table, name, old),
            names.shown(table, name, new),
        )
        for name, (old, new) in changes.items()
        if name not in hidden and not isinstance(new, dict | list)
    ]


class _Names:
    """What the records that entries speak of are called, read in three queries."""

    def __init__(self, rows: Iterable[Row[Any]]) -> None:
        rows = list(rows)
        items = {int(row.row_key) for row in rows if row.table_name == "work_item"}
        for row in rows:
            for name in ("work_item_id", "parent_id"):
                items |= {value for value in row.changes.get(name, ()) if value is not None}
        self.items = _titles(WorkItem, WorkItem.title, items)
        for row in rows:
            old, new = row.changes.get("title", (None, None))
            if row.table_name == "work_item" and row.action != AuditAction.UPDATE:
                self.items.setdefault(int(row.row_key), new or old)
        self.organizations = _titles(Organization, Organization.acronym)
        self.users = _titles(User, func.coalesce(func.nullif(User.full_name, ""), User.username))

    def of(self, row: Row[Any]) -> str:
        """The record's own name; empty where the kind says enough."""
        changes = row.changes
        match row.table_name:
            case "ppa":
                return ""
            case "work_item":
                return self._item(int(row.row_key))
            case "ppa_supporting_organization":
                return self.organizations.get(int(row.row_key.split("/")[1]), "")
            case "work_item_assignee":
                return self.users.get(int(row.row_key.split("/")[1]), "")
            case "expenditure" if "amount" in changes:
                amount, item = (changes[name][1] for name in ("amount", "work_item_id"))
                return f"{shown('expenditure', 'amount', amount)} on {self._item(item)}"
        for name in ("title", "reason", "filename", "method"):
            if name in changes:
                return str(changes[name][1] or changes[name][0])
        return f"#{row.row_key}"

    def shown(self, table: str, column: str, value: Any) -> str:
        """A value in words; a reference by the name of what it refers to."""
        if value is not None and column in {"parent_id", "work_item_id"}:
            return self._item(value)
        if value is not None and column == "implementing_moa_id":
            return self.organizations.get(value, f"#{value}")
        if value is not None and column.endswith("_by_id"):
            return self.users.get(value, f"#{value}")
        return shown(table, column, value)

    def _item(self, item_id: int) -> str:
        return f"“{self.items[item_id]}”" if item_id in self.items else f"#{item_id}"


def _titles(model: type[db.Model], name: Any, ids: set[int] | None = None) -> dict[int, str]:
    query = select(model.id, name)
    if ids is not None:
        query = query.where(model.id.in_(ids))
    return dict(db.session.execute(query).tuples().all())
