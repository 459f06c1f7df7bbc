"""The records that a request refers to by their numbers."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from obcms.errors import Invalid, Problem
from obcms.extensions import db


def related(model: Any, ids: Sequence[int], field: str) -> list[Any]:
    """The records in the given order, each once; raises Invalid for those that are not there."""
    with db.session.no_autoflush:
        found = {one.id: one for one in db.session.scalars(select(model).where(model.id.in_(ids)))}
    if missing := [one for one in ids if one not in found]:
        raise Invalid(Problem(f"There is no record {one}.", field) for one in missing)
    return [found[one] for one in dict.fromkeys(ids)]
