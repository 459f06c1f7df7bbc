"""Fields that hold several things, and cleaning all fields of a record at once (SPEC 2)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from obcms.kernel.errors import Invalid, Problem
from obcms.kernel.rules.fields import NOT_WHOLE, Field, Ref

MOST_PARTS = 200


@dataclass(frozen=True)
class Refs(Field):
    """Several other records, each once, in the order given."""

    model: Any = None

    def clean(self, value: object) -> list[int]:
        """Their numbers."""
        if value is None:
            return []
        given = _listed(self, value)
        one = Ref(self.name, model=self.model, required=NOT_WHOLE)
        return list(dict.fromkeys(one.clean(each) for each in given))


@dataclass(frozen=True)
class Parts(Field):
    """A list of parts of the record, each with fields of its own, given as a whole."""

    model: Any = None
    fields: Sequence[Field] = ()

    def clean(self, value: object) -> list[dict[str, Any]]:
        """The parts as mappings of their columns; problems name the place, from 0."""
        if value is None:
            return []
        cleaned, problems = [], []
        for place, part in enumerate(_listed(self, value)):
            try:
                cleaned.append(clean_values(self.fields, part, f"One of the {self.name}", True))
            except Invalid as error:
                problems += [
                    Problem(each.message, f"{self.public}/{place}/{each.pointer}")
                    for each in error.problems
                ]
        if problems:
            raise Invalid(problems)
        return cleaned


def _listed(field: Field, value: object) -> Sequence[Any]:
    if not isinstance(value, (list, tuple)):
        raise field.refused("Not a valid list.")
    if len(value) > MOST_PARTS:
        raise field.refused(too_many(MOST_PARTS))
    return value


def too_many(most: int) -> str:
    """Of a list with more than `most` members."""
    return f"At most {most} fit here."


def told_together(*reads: Callable[[], Any]) -> list[Any]:
    """What each of them reads. Raises Invalid with the problems of all that cannot be read."""
    found, problems = [], []
    for read in reads:
        try:
            found.append(read())
        except Invalid as error:
            problems += error.problems
    if problems:
        raise Invalid(problems)
    return found


def clean_values(
    fields: Iterable[Field], values: Mapping[str, object], noun: str, is_new: bool
) -> dict[str, Any]:
    """The values by column, cleaned. Raises Invalid with one problem for each fault.

    A new record must be given what it requires; `noun` begins the sentence about a field that it
    does not have.
    """
    known = {field.name: field for field in fields}
    problems = [
        Problem(f"{noun} has no such field to edit.", name)
        for name in sorted(values.keys() - known)
    ]
    cleaned = {}
    for name, field in known.items():
        if name not in values and not (is_new and field.required):
            continue
        try:
            cleaned[name] = field.clean(values.get(name))
        except Invalid as error:
            problems += error.problems
    if problems:
        raise Invalid(problems)
    return cleaned
