"""Lists: one query for the count, one for the page, and links to the pages beside it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request
from sqlalchemy import Select, func, select

from obcms.kernel.api.schemas import PAGE_SIZE
from obcms.kernel.db.order import unique_order
from obcms.kernel.extensions import db


def page_of(query: Select, given: Mapping[str, Any], columns: Mapping[str, Any]) -> dict[str, Any]:
    """The page that `given` asks for; `columns` are those a list may be ordered by.

    Rows that are equal in that column follow each other by their numbers, so that every row stands
    on one page, and on one only.
    """
    number, size = given.get("page", 1), given.get("page_size", PAGE_SIZE)
    count = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
    last = max(1, -(-count // size))
    wanted = given.get("ordering", "id")
    column = columns[wanted.removeprefix("-")]
    falling = wanted.startswith("-")
    last_keys = unique_order(query.column_descriptions[0]["entity"], falling)
    ordered = query.order_by(column.desc() if falling else column, *last_keys)
    found = db.session.scalars(ordered.limit(size).offset((number - 1) * size)).unique().all()
    return {
        "count": count,
        "next": _link(number + 1) if number * size < count else None,
        "previous": _link(min(number - 1, last)) if number > 1 else None,
        "results": found,
    }


def _link(number: int) -> str:
    return f"{request.base_url}?{urlencode({**request.args.to_dict(), 'page': number})}"
