"""The thresholds that slices declare, with their limits and what must hold between them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from obcms.kernel.errors import Invalid, Problem
from obcms.kernel.rules.choice import Choice

_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,2})?")
Values = Mapping[str, Decimal]
Check = Callable[[Values], Iterator[Problem]]


class Unit(Choice):
    """What a threshold counts. Days are whole; all else has at most two decimals."""

    PERCENT = "percent"
    POINTS = "points", "Percentage points"
    DAYS = "days"
    WORKING_DAYS = "working_days"


WHOLE = frozenset({Unit.DAYS, Unit.WORKING_DAYS})


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number that decides something. `lowest` and `highest` are what makes sense, both allowed.

    `title` says in the list what it decides, `help` what follows from it.
    """

    key: str
    title: str
    unit: Unit
    default: Decimal
    lowest: Decimal
    highest: Decimal
    help: str = ""

    def clean(self, value: object) -> Decimal:
        """The number as it is kept. Raises Invalid at this key."""
        known = isinstance(value, (str, int, Decimal)) and not isinstance(value, bool)
        given = str(value).strip().removesuffix("%").rstrip() if known else ""
        number = Decimal(given) if _NUMBER.fullmatch(given) else None
        whole = self.unit in WHOLE
        fits = number is not None and self.lowest <= number <= self.highest
        if number is None or not fits or (whole and number != number.to_integral_value()):
            kind = "a whole number" if whole else "a number with at most two decimals"
            limits = f"from {plain(self.lowest)} to {plain(self.highest)}"
            raise Invalid(f"“{self.title}” must be {kind} {limits}.", self.key)
        return number


# By key, in the order in which they are shown.
THRESHOLDS: dict[str, Threshold] = {}
CHECKS: list[Check] = []


def declare(*thresholds: Threshold) -> None:
    """Adds thresholds. A slice does this when its models are read."""
    THRESHOLDS.update({one.key: one for one in thresholds})


def declare_check(check: Check) -> None:
    """Adds what must hold between the values of several; it yields a problem for each fault."""
    CHECKS.append(check)


def refuse_together(values: Values) -> None:
    """Raises Invalid where values contradict each other."""
    if problems := [problem for check in CHECKS for problem in check(values)]:
        raise Invalid(problems)


def plain(number: Decimal) -> str:
    """The number without zeros at its end: 10 rather than 10.00."""
    return f"{number.normalize():f}"
