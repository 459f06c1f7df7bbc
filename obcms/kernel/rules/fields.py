"""What people may set on a record: each kind of field with its limits and messages (SPEC 2).

A record declares its fields once. Forms, the API, imports and shells hand values to the record's
verb, which cleans them here, so that the same input gets the same refusal at every door.
"""

import re
import unicodedata
from dataclasses import KW_ONLY, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from obcms.kernel.errors import Invalid
from obcms.kernel.rules.choice import Choice
from obcms.kernel.rules.money import NEGATIVE, parse_money, quote

LONGEST_LINE, LONGEST_PROSE = 255, 10_000
LARGEST_NUMBER = 2**31 - 1  # what an integer column holds
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)
BREAKS = "\t\n\r"
# Marks that turn the direction of text around: a title with them reads as another one.
TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
NOT_WHOLE = "Not a valid integer."
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2})?)\s*%?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"-?[0-9]{1,40}")


@dataclass(frozen=True)
class Field:
    """One thing to set. `name` is its column; forms and the API leave a final `_id` out.

    `required` is the sentence that refuses an empty value; without it empty means "not set".
    """

    name: str
    _: KW_ONLY
    label: str = ""
    help: str = ""
    required: str = ""

    empty = None

    @property
    def public(self) -> str:
        """What forms, the API and problems call it."""
        return self.name.removesuffix("_id")

    @property
    def said(self) -> str:
        """What a sentence calls it."""
        return (self.label or self.public.replace("_", " ")).lower() or "text"

    def clean(self, value: object) -> Any:
        """The value as the record keeps it. Raises Invalid at this field."""
        if value is None or (isinstance(value, str) and not value.strip()):
            if self.required:
                raise self.refused(self.required)
            return self.empty
        return self._read(value)

    def _read(self, value: object) -> Any:
        return value

    def same(self, stored: object, cleaned: object) -> bool:
        """Whether to set the cleaned value would change nothing."""
        return stored == cleaned

    def refused(self, message: str) -> Invalid:
        """The refusal, at this field."""
        return Invalid(message, self.public)


@dataclass(frozen=True)
class Text(Field):
    """One line: breaks and runs of blanks become one blank, invisible characters go."""

    longest: int = LONGEST_LINE

    empty = ""

    def _read(self, value: object) -> str:
        text = " ".join(self._storable(value, BREAKS).split())
        if TURNS & set(text):
            raise self._unstorable()
        return self._seen("".join(c for c in text if unicodedata.category(c) != "Cf").strip())

    def _seen(self, text: str) -> str:
        """Refuses what shows nothing where something is required."""
        if self.required and not any(unicodedata.category(char)[0] not in "CZ" for char in text):
            raise self.refused(self.required)
        return text

    def _storable(self, value: object, allowed: str) -> str:
        if not isinstance(value, str):
            raise self.refused("Not a valid string.")
        if len(value) > self.longest:
            raise self.refused(
                f"The {self.said} has {len(value):,} characters; at most {self.longest:,} fit."
            )
        if any(unicodedata.category(c) in ("Cc", "Cs") and c not in allowed for c in value):
            raise self._unstorable()
        return value

    def _unstorable(self) -> Invalid:
        return self.refused(f"The {self.said} holds characters that cannot be stored.")


@dataclass(frozen=True)
class Prose(Text):
    """Text of several lines; every line end becomes one character."""

    longest: int = LONGEST_PROSE

    def _read(self, value: object) -> str:
        text = self._storable(value, BREAKS)
        return self._seen(text.replace("\r\n", "\n").replace("\r", "\n").strip())


@dataclass(frozen=True)
class Whole(Field):
    """A whole number."""

    least: int = 0
    most: int = LARGEST_NUMBER

    def _read(self, value: object) -> int:
        if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.refused(NOT_WHOLE)
        if not self.least <= value <= self.most:
            raise self.refused(self.message)
        return value

    @property
    def message(self) -> str:
        """What is said of another number."""
        return f"A whole number from {self.least} to {self.most}."


@dataclass(frozen=True)
class Money(Field):
    """Pesos, exact to the centavo."""

    message: ClassVar[str] = NEGATIVE

    def _read(self, value: object) -> Decimal:
        return parse_money(value, self.public)


@dataclass(frozen=True)
class Percent(Field):
    """0 to 100 with at most two decimals."""

    empty = Decimal(0)
    message: ClassVar[str] = "A percent from 0 to 100, with at most two decimals."

    def _read(self, value: object) -> Decimal:
        given = isinstance(value, (str, int, Decimal)) and not isinstance(value, bool)
        huge = isinstance(value, int) and value.bit_length() > 64  # Python refuses to print some
        match = _PERCENT.fullmatch(str(value).strip()) if given and not huge else None
        if match is None or Decimal(match[1]) > 100:
            raise self.refused(self.message)
        return Decimal(match[1])


@dataclass(frozen=True)
class Day(Field):
    """A day, as a date or as 2025-06-30."""

    def _read(self, value: object) -> date:
        found = value if type(value) is date else None
        if isinstance(value, str) and _DAY.fullmatch(value.strip()):
            try:
                found = date.fromisoformat(value.strip())
            except ValueError:
                found = None
        if found is None or not EARLIEST <= found <= LATEST:
            raise self.refused("Write a day such as 2025-06-30, between 1990 and 2100.")
        return found


@dataclass(frozen=True)
class OneOf(Field):
    """A member of a choice list."""

    choices: type[Choice] = Choice

    def _read(self, value: object) -> Choice:
        try:
            return self.choices(value)
        except ValueError:
            known = ", ".join(self.choices)
            raise self.refused(f"“{quote(value)}” is not one of {known}.") from None


@dataclass(frozen=True)
class Flag(Field):
    """Yes or no."""

    def clean(self, value: object) -> bool:
        """True or False; nothing that merely looks like it."""
        if isinstance(value, bool):
            return value
        raise self.refused("Send true or false.")


@dataclass(frozen=True)
class Ref(Field):
    """Another record, by its number; the verb looks whether it is there."""

    model: Any = None

    def _read(self, value: object) -> int:
        number = Whole(self.name, least=1).clean(getattr(value, "id", value))
        return int(number)
