"""What a proclaimed or computed day is to the offices."""

from dataclasses import dataclass
from datetime import date

from obcms.kernel.rules.choice import Choice
from obcms.kernel.rules.folding import name_key


class DayKind(Choice):
    """The three classes of BAA 39; only the last one is a day on which the offices work."""

    REGULAR = "regular", "Regular holiday (no work)"
    SPECIAL_NON_WORKING = "special_non_working", "Special non-working day (no work)"
    SPECIAL_WORKING = "special_working", "Special working holiday (offices work)"

    @property
    def is_off(self) -> bool:
        """Whether the offices are closed."""
        return self is not DayKind.SPECIAL_WORKING


@dataclass(frozen=True, slots=True)
class Holiday:
    """A named day. `proclamation` is empty where it is computed.

    `instead_of` are the computed days whose place a proclaimed one takes.
    """

    day: date
    name: str
    kind: DayKind
    proclamation: str = ""
    instead_of: tuple[date, ...] = ()


def day_key(name: str) -> str:
    """What two spellings of a holiday's name have in common: letters and digits alone."""
    return "".join(char for char in name_key(name) if char.isalnum())
