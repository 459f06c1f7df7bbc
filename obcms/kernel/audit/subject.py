"""To which subject a changed row belongs, so that its history is found in one place.

The one concept that the kernel knows: a subject is a PPA. The trail's column is called after it in
every database and every archive that there is, and no stored entry may be changed.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Table
from sqlalchemy.orm import Session

# The subjects' table, and what the trail and their parts call the column with their number.
ROOT, SUBJECT = "ppa", "ppa_id"


class Link(NamedTuple):
    """How a row belongs to a subject by way of another record: its number, and its records."""

    subject_of: Callable[[Session, int], int | None]
    ids_of: Callable[[int], Select[tuple[int]]]


# By the name of the column that refers to the other record; slices add theirs.
LINKS: dict[str, Link] = {}


def subject_of(session: Session, table: Table, row: Mapping[str, Any]) -> int | None:
    """The subject's number; None for what belongs to none, such as a user."""
    if table.name == ROOT:
        return row["id"]
    if SUBJECT in row:
        return row[SUBJECT]
    for column, link in LINKS.items():
        if column in row:
            return link.subject_of(session, row[column])
    return None


def of_subject(table: Table, number: int) -> ColumnElement[bool] | None:
    """The rows that belong to the subject; None for a table whose rows belong to none."""
    if table.name == ROOT:
        return table.c.id == number
    if SUBJECT in table.c:
        return table.c[SUBJECT] == number
    for column, link in LINKS.items():
        if column in table.c:
            return table.c[column].in_(link.ids_of(number))
    return None
