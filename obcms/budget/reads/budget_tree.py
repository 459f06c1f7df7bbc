"""The work tree with its budget figures as plain nested values, ready for JSON (SPEC 5, 12).

Five thousand items must take no more than two and a half times what fetching and dumping them takes
(SPEC 15). So one query brings whole centavos as integers, all arithmetic is on integers, which is
as exact as Decimal, and amounts become text only at the end.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Date,
    Integer,
    Row,
    String,
    cast,
    select,
    type_coerce,
)

from obcms.kernel.db.types import Money, Percent
from obcms.kernel.extensions import db
from obcms.work.models import WorkItem
from obcms.work.rules.budget import budget_state

Centavos = int | None
# What a row of `tree_centavos` holds, in this order.
COLUMNS = (
    "id",
    "parent_id",
    "position",
    "version",
    "work_type",
    "title",
    "status",
    "priority",
    "progress",
    "start_date",
    "end_date",
    "allocated_budget",
    "distributed",
    "effective_allocation",
    "spent_here",
    "spent_total",
)


def tree_centavos(ppa_id: int) -> Sequence[Row[Any]]:
    """Every work item of the PPA in sibling order; amounts in whole centavos, choices as text."""
    item, connection = WorkItem.__table__.c, db.session.connection()
    sqlite = connection.dialect.name == "sqlite"
    columns = [_plain(item[name], sqlite).label(name) for name in COLUMNS]
    query = select(*columns).where(item.ppa_id == ppa_id).order_by(item.position, item.id)
    return connection.execute(query).all()


def _plain(column: Column[Any], sqlite: bool) -> ColumnElement[Any]:
    """The column as the driver gives it: an integer or text, and no conversion in Python."""
    match column.type:
        case Integer():
            return column
        case Money():
            stored = type_coerce(column, BigInteger)
            return stored if sqlite else cast(stored * 100, BigInteger)
        case Percent():
            return type_coerce(column, BigInteger if sqlite else String)
        case Date():
            return type_coerce(column, String) if sqlite else cast(column, String)
    return type_coerce(column, String)


def budget_tree(rows: Sequence[Row[Any]], root_id: int | None) -> dict[str, Any] | None:
    """The tree under `root_id` from `tree_centavos`; money and percents as strings, None unset."""
    parents = {row[1] for row in rows}
    nodes = {row[0]: _node(row, row[0] in parents) for row in rows}
    roots = []
    for row in rows:
        parent = nodes.get(row[1])
        (roots if parent is None else parent["children"]).append(nodes[row[0]])
    _number(roots)
    return nodes.get(root_id)


def _number(roots: list[dict[str, Any]]) -> None:
    """Outline numbers from the order of siblings: 1, 1.2, 1.2.3."""
    waiting = [("", roots)]
    while waiting:
        prefix, siblings = waiting.pop()
        for place, node in enumerate(siblings, 1):
            node["outline"] = number = f"{prefix}{place}"
            if node["children"]:
                waiting.append((number + ".", node["children"]))


def _node(row: Row[Any], has_children: bool) -> dict[str, Any]:
    (
        item_id,
        _parent,
        _position,
        version,
        work_type,
        title,
        status,
        priority,
        progress,
        start,
        end,
        own,
        distributed,
        allocated,
        spent_here,
        spent,
    ) = row
    variance = None if allocated is None else spent - allocated
    return {
        "id": item_id,
        "outline": "",
        "title": title,
        "work_type": work_type,
        "status": status,
        "priority": priority,
        "progress": f"{progress:.2f}" if not isinstance(progress, str) else progress,
        "start_date": start,
        "end_date": end,
        "version": version,
        "allocated_budget": pesos(own),
        "effective_allocation": pesos(allocated),
        "distributed": pesos(distributed),
        "unallocated": None if own is None else pesos(own - (distributed or 0)),
        "spent_here": pesos(spent_here),
        "spent_total": pesos(spent),
        "remaining": None if variance is None else pesos(-variance),
        "variance": pesos(variance),
        "variance_percent": percent(variance, allocated) if allocated else None,
        "utilization": percent(spent, allocated) if allocated else None,
        "budget_state": budget_state(own, distributed, has_children).value,
        "children": [],
    }


def pesos(centavos: Centavos) -> str | None:
    """12345 → "123.45"."""
    if not centavos:
        return None if centavos is None else "0.00"
    if -100 < centavos < 100:
        return f"{'-' if centavos < 0 else ''}0.{abs(centavos):02d}"
    digits = str(centavos)
    return f"{digits[:-2]}.{digits[-2:]}"


def percent(part: int, whole: int) -> str:
    """The part in percent of the whole with two decimals, half up; the whole is above zero."""
    if not part:
        return "0.00"
    hundredths = (2 * abs(part) * 10_000 + whole) // (2 * whole)
    return pesos(-hundredths if part < 0 else hundredths)
