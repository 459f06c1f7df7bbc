"""Relationships that never ask the database unseen.

Reading one that was not loaded raises: a query states in its loader options what is read of its
rows, and whoever has one record at hand asks for what is read of it (`loaded`).
"""

from functools import partial
from typing import Any

from sqlalchemy import inspect, orm
from sqlalchemy.orm.base import NO_RAISE, PASSIVE_OFF

relationship = partial(orm.relationship, lazy="raise_on_sql")


def loaded(record: Any, name: str) -> Any:
    """What is related to one record; in one query, where it is not loaded yet.

    For a single record only: a list asks for the related records of all its rows at once.
    """
    state = inspect(record)
    return state.manager[name].impl.get(state, state.dict, PASSIVE_OFF | NO_RAISE)
