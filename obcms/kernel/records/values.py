"""Putting cleaned values on a record: what already stands there is no change (SPEC 2)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from obcms.kernel.db.relations import loaded
from obcms.kernel.errors import Invalid, Problem
from obcms.kernel.extensions import db
from obcms.kernel.rules.cleaning import Parts, Refs
from obcms.kernel.rules.fields import Field, Ref


def no_such_record(key: int, pointer: str) -> Problem:
    """For the number of a record that is not there, or is none of the actor's business."""
    return Problem(f"There is no record {key}.", pointer)


def resolve(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with the records that lists refer to. Raises Invalid for one that is not there."""
    found, problems = dict(values), []
    for field in fields:
        if field.name not in values or not isinstance(field, (Ref, Refs)):
            continue
        one = isinstance(field, Ref)
        asked = [values[field.name]] if one else values[field.name]
        ids = [key for key in asked if key is not None]
        there = _records(field.model, ids)
        problems += [no_such_record(key, field.public) for key in ids if key not in there]
        if not one:
            found[field.name] = [there[key] for key in ids if key in there]
    if problems:
        raise Invalid(problems)
    return found


def _records(model: Any, ids: Sequence[int]) -> dict[int, Any]:
    if not ids:
        return {}
    with db.session.no_autoflush:
        return {one.id: one for one in db.session.scalars(select(model).where(model.id.in_(ids)))}


def assign(record: Any, fields: Sequence[Field], values: Mapping[str, Any]) -> set[str]:
    """Sets what differs; returns the names of what was changed."""
    changed = set()
    for field in fields:
        if field.name not in values:
            continue
        if isinstance(field, Parts):
            differs = _assign_parts(record, field, values[field.name])
        else:
            differs = not field.same(_current(record, field), values[field.name])
            if differs:
                setattr(record, field.name, values[field.name])
        if differs:
            changed.add(field.name)
    return changed


def _current(record: Any, field: Field) -> Any:
    if isinstance(field, Refs):
        return list(loaded(record, field.name))
    return getattr(record, field.name)


def _assign_parts(record: Any, field: Parts, given: Sequence[Mapping[str, Any]]) -> bool:
    """Keeps the parts that stand there already, changes others in their order, and numbers all."""
    before = list(loaded(record, field.name))
    spare, after = list(before), []
    for values in given:
        same = next((part for part in spare if _holds(part, values)), None)
        if same is not None:
            spare.remove(same)
        after.append(same)
    differs = False
    for place, values in enumerate(given):
        part = after[place]
        if part is None:
            part = spare.pop(0) if spare else field.model()
            for name, value in values.items():
                setattr(part, name, value)
            after[place], differs = part, True
        if part.position != place:
            part.position, differs = place, True
    if differs or spare:
        setattr(record, field.name, after)
    return bool(differs or spare)


def _holds(part: Any, values: Mapping[str, Any]) -> bool:
    return all(getattr(part, name) == value for name, value in values.items())
