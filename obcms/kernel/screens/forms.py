"""Reading what the forms of the PPA page sent: every value becomes itself or a clear problem."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from obcms.kernel.db.keys import LARGEST_KEY
from obcms.kernel.errors import Invalid, Problem
from obcms.kernel.rules.choice import Choice
from obcms.kernel.rules.money import parse_money, quote

EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)
LONGEST_TITLE = 255
LONGEST_PROSE = 10_000
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2})?)\s*%?")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
T = TypeVar("T")


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


def one_line(longest: int = LONGEST_TITLE) -> Callable[[str, str], str]:
    """Text for one line: control characters and runs of blanks become one blank."""

    def parse(raw: str, pointer: str) -> str:
        text = " ".join("".join(c if c.isprintable() else " " for c in raw).split())
        return _not_too_long(text, longest, pointer)

    return parse


def prose(raw: str, pointer: str) -> str:
    """Text of several lines, without control characters, which PostgreSQL would refuse."""
    lines = raw.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in lines if c.isprintable() or c in "\n\t").strip()
    return _not_too_long(text, LONGEST_PROSE, pointer)


def required(parse: Callable[[str, str], str], message: str) -> Callable[[str, str], str]:
    """The same field, refused with `message` when it is empty."""

    def parse_required(raw: str, pointer: str) -> str:
        text = parse(raw, pointer)
        if not text:
            raise Invalid(message, pointer)
        return text

    return parse_required


def optional_money(raw: str, pointer: str) -> Decimal | None:
    """Pesos, exact; empty means "not set"."""
    return parse_money(raw, pointer) if raw.strip() else None


def optional_date(raw: str, pointer: str) -> date | None:
    """A day as date fields send it (2025-06-30); empty means "not set"."""
    text = raw.strip()
    if not text:
        return None
    try:
        found = date.fromisoformat(text) if _ISO_DATE.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None:
        raise Invalid(f"“{quote(text)}” is not a date. Write it as 2025-06-30.", pointer)
    if not EARLIEST <= found <= LATEST:
        raise Invalid(f"The year {found.year} cannot be right.", pointer)
    return found


def needed_date(raw: str, pointer: str) -> date:
    """A day that must be given."""
    found = optional_date(raw, pointer)
    if found is None:
        raise Invalid("Choose a date.", pointer)
    return found


def percent(raw: str, pointer: str) -> Decimal:
    """Progress from 0 to 100 with at most two decimals."""
    match = _PERCENT.fullmatch(raw.strip())
    if match is None or Decimal(match[1]) > 100:
        raise Invalid("Progress is a percent from 0 to 100, with at most two decimals.", pointer)
    return Decimal(match[1])


def one_of(choices: type[Choice]) -> Callable[[str, str], Any]:
    """A member of a choice list."""

    def parse(raw: str, pointer: str) -> Choice:
        try:
            return choices(raw)
        except ValueError:
            raise Invalid(f"“{quote(raw)}” is not one of the choices.", pointer) from None

    return parse


def yes(raw: str, _pointer: str) -> bool:
    """A check box, sent as 1 beside a hidden 0."""
    return raw == "1"


def key(raw: str, pointer: str) -> int:
    """A record's or a version's number."""
    if not (raw.isascii() and raw.isdigit() and int(raw[:12]) <= LARGEST_KEY and len(raw) <= 10):
        raise Invalid("This form is incomplete. Please open it again.", pointer)
    return int(raw)


def optional_key(raw: str, pointer: str) -> int | None:
    """The same, or nothing."""
    return key(raw, pointer) if raw else None


def _not_too_long(text: str, longest: int, pointer: str) -> str:
    if len(text) > longest:
        raise Invalid(f"This has {len(text):,} characters; at most {longest:,} fit here.", pointer)
    return text
