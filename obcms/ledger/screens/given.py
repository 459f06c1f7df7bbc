"""Reading what the address of a page says; what makes no sense counts as not said."""

from collections.abc import Mapping
from datetime import date
from typing import TypeVar

from obcms.kernel.rules.choice import Choice

C = TypeVar("C", bound=Choice)


def a_choice(given: Mapping[str, str], name: str, choices: type[C]) -> C | None:
    """A member of a choice list, if one is named."""
    try:
        return choices(given.get(name, "").lower())
    except ValueError:
        return None


def a_day(given: Mapping[str, str], name: str) -> date | None:
    """A day such as 2025-06-30."""
    try:
        return date.fromisoformat(given.get(name, ""))
    except ValueError:
        return None


def a_number(given: Mapping[str, str], name: str) -> int | None:
    """A record's number or a year."""
    raw = given.get(name, "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else None
