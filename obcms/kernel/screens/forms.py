"""Reading what the forms of the PPA page sent: every value becomes itself or a clear problem."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from obcms.kernel.errors import Invalid, Problem, incomplete_form
from obcms.kernel.rules.choice import Choice
from obcms.kernel.rules.fields import LARGEST_NUMBER, LONGEST_LINE, OneOf, Prose, Text

T = TypeVar("T")
Parse = Callable[[str, str], Any]


class Reader:
    """Takes fields out of one form and collects every problem, so that all are told at once."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self.form = form
        self.problems: list[Problem] = []

    def read(self, name: str, parse: Callable[[str, str], T], default: T) -> T:
        """The parsed field; the default where it is wrong, with the problem noted."""
        try:
            return parse(self.form.get(name, ""), name)
        except Invalid as error:
            self.problems += error.problems
            return default

    def given(self, fields: Mapping[str, Callable[[str, str], Any]]) -> dict[str, Any]:
        """The fields that the form holds; one that it leaves out stays as it is."""
        return {
            name: self.read(name, parse, None)
            for name, parse in fields.items()
            if name in self.form
        }

    def note(self, message: str, pointer: str) -> None:
        """Adds a problem that concerns more than one field."""
        self.problems.append(Problem(message, pointer))

    def finish(self) -> None:
        """Raises Invalid with all problems, if there are any."""
        if self.problems:
            raise Invalid(self.problems)


def one_line(longest: int = LONGEST_LINE) -> Parse:
    """Text for one line."""
    return lambda raw, pointer: Text(pointer, longest=longest).clean(raw)


def prose(raw: str, pointer: str) -> str:
    """Text of several lines."""
    return Prose(pointer).clean(raw)


def one_of(choices: type[Choice]) -> Parse:
    """A member of a choice list."""
    return lambda raw, pointer: OneOf(pointer, choices=choices, required="Choose one.").clean(raw)


def yes(raw: str, _pointer: str) -> bool:
    """A check box, sent as 1 beside a hidden 0."""
    return raw == "1"


def key(raw: str, pointer: str) -> int:
    """A record's or a version's number."""
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 10 and int(raw) <= LARGEST_NUMBER):
        raise incomplete_form(pointer)
    return int(raw)


def optional_key(raw: str, pointer: str) -> int | None:
    """The same, or nothing."""
    return key(raw, pointer) if raw else None
