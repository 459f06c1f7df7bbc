"""What a column held before a change that is not flushed yet."""

from typing import Any

from sqlalchemy import inspect


def value_before(record: object, name: str) -> Any:
    """The stored value of an attribute; None where there is none yet."""
    history = inspect(record).attrs[name].load_history()
    if history.deleted:
        return history.deleted[0]
    return history.unchanged[0] if history.unchanged else None
