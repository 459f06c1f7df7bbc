"""The records that a request refers to by their numbers or names."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from obcms.kernel.errors import Problem
from obcms.kernel.extensions import db


def related(model: Any, ids: Sequence[int], field: str) -> tuple[list[Any], list[Problem]]:
    """The records in the given order, each once, and a problem for each that is not there."""
    with db.session.no_autoflush:
        found = {one.id: one for one in db.session.scalars(select(model).where(model.id.in_(ids)))}
    missing = [Problem(f"There is no record {one}.", field) for one in ids if one not in found]
    return [found[one] for one in dict.fromkeys(ids) if one in found], missing
