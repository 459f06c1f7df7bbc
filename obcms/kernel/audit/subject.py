"""To which PPA a changed row belongs, so that its history is found in one place."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Table
from sqlalchemy.orm import Session

ROOT = "ppa"


class Link(NamedTuple):
    """How a row belongs to a PPA by way of another record: its PPA's id, and a PPA's records."""

    ppa_of: Callable[[Session, int], int | None]
    ids_of: Callable[[int], Select[tuple[int]]]


# By the name of the column that refers to the other record; slices add theirs.
LINKS: dict[str, Link] = {}


def ppa_of(session: Session, table: Table, row: Mapping[str, Any]) -> int | None:
    """The PPA's id; None for what belongs to none, such as a user."""
    if table.name == ROOT:
        return row["id"]
    if "ppa_id" in row:
        return row["ppa_id"]
    for column, link in LINKS.items():
        if column in row:
            return link.ppa_of(session, row[column])
    return None


def of_ppa(table: Table, ppa_id: int) -> ColumnElement[bool] | None:
    """The rows that belong to the PPA; None for a table whose rows belong to none."""
    if table.name == ROOT:
        return table.c.id == ppa_id
    if "ppa_id" in table.c:
        return table.c.ppa_id == ppa_id
    for column, link in LINKS.items():
        if column in table.c:
            return table.c[column].in_(link.ids_of(ppa_id))
    return None
