"""The last key of every list, so that each row stands on one page, and on one only."""

from typing import Any

from sqlalchemy import ColumnElement, inspect

from obcms.kernel.extensions import db


def unique_order(model: type[db.Model], falling: bool = False) -> list[ColumnElement[Any]]:
    """What to order by after all else: the primary key."""
    keys = inspect(model).primary_key
    return [key.desc() if falling else key.asc() for key in keys]
