"""When somebody is reminded of a work item, counted in working days (SPEC 10)."""

from enum import StrEnum

SOON, VERY_SOON = 5, 2  # working days before an item is due
# An item that was overdue before is not news any more, as when assignees change.
OVERDUE_IS_NEWS = 30


class DueThreshold(StrEnum):
    """What of an item's due date was passed; the latest alone is told."""

    SOON = "due in 5 working days"
    VERY_SOON = "due in 2 working days"
    OVERDUE = "overdue"


def passed(left: int, late: int, is_past: bool) -> DueThreshold | None:
    """The latest threshold that was passed, also where nobody looked on the day itself.

    `left` are the working days up to the due date, `late` those since; on days off after a date
    that `is_past` nothing is overdue yet.
    """
    if is_past:
        return DueThreshold.OVERDUE if 0 < late <= OVERDUE_IS_NEWS else None
    if left <= VERY_SOON:
        return DueThreshold.VERY_SOON
    return DueThreshold.SOON if left <= SOON else None


def in_words(left: int, late: int) -> str:
    """How an item stands to its due date: `due in 4 working days`, `due today`, `overdue`."""
    if late > 0:
        return "overdue"
    if left == 0:
        return "due today"
    return f"due in {left} working day{'' if left == 1 else 's'}"
