"""Rows of an upper level that carry the sum of the rows below them (SPEC 13)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from obcms.imports.reading.doubts import Doubt

MOST_BELOW = 500
NEARLY_ALL = 0.8
NEARLY_EQUAL = Decimal("0.05")
TELLING_DIGITS = 4
LOWEST, UPPER, ALL = "lowest", "upper", "all"


@dataclass(frozen=True, slots=True)
class Level:
    """A row with money: its place in the file, its amount in pesos, and how far it is indented.

    `is_plain` where it has neither code nor number, class or date, so that it may be a sum;
    `says_sum` where its title speaks of a whole.
    """

    row: int
    amount: Decimal
    indent: int
    is_plain: bool = False
    says_sum: bool = False


@dataclass(frozen=True, slots=True)
class Levels:
    """The rows that are left out, by number, each with the rows whose sum it carries or is in."""

    left_out: dict[int, str]
    doubts: tuple[Doubt, ...] = ()


def resolve(levels: Sequence[Level], total: Decimal | None, answer: str | None) -> Levels:
    """Which rows are not PPAs of their own, by the list's own total where it decides that."""
    exact = dict(_groups(levels, 0, len(levels))) or dict(_groups_above(levels))
    groups = dict(sorted({**dict(_nearly(levels)), **exact}.items()))
    nearly = {place: "" if place in exact else "nearly " for place in groups}
    if not groups:
        return Levels({})
    upper = {
        levels[place].row: _said(levels, below, nearly[place]) for place, below in groups.items()
    }
    children = {place for below in groups.values() for place in below}
    lower = {levels[place].row: "It is part of a row with its sum." for place in children}
    whole = sum((level.amount for level in levels), Decimal(0))
    lowest = whole - sum((levels[place].amount for place in groups), Decimal(0))
    match answer or _decide(levels, groups, total, whole, lowest):
        case "lowest":
            return Levels(upper)
        case "upper":
            return Levels(lower)
        case "all":
            return Levels({})
    first = next(iter(groups))
    way = "below" if first < groups[first].start else "above"
    question = (
        f"Row {levels[first].row} holds {nearly[first]}the sum of the rows {way} it. "
        "Which rows are the PPAs?"
    )
    readings = ((LOWEST, f"the rows {way}"), (UPPER, "the rows of sums"), (ALL, "all rows"))
    return Levels({}, (Doubt("levels", question, readings, tuple(upper)),))


def _groups(levels: Sequence[Level], begin: int, end: int) -> Iterator[tuple[int, range]]:
    """Each row that is the sum of the rows right below it, with their places."""
    place = begin
    while place < end:
        below = _below(levels, place, end)
        if below is None:
            place += 1
            continue
        yield place, below
        yield from _groups(levels, below.start, below.stop)
        place = below.stop


def _below(levels: Sequence[Level], place: int, end: int) -> range | None:
    said, total = levels[place], Decimal(0)
    if said.amount == 0:
        return None
    for stop in range(place + 1, min(end, place + MOST_BELOW)):
        total += levels[stop].amount
        below = range(place + 1, stop + 1)
        if total > said.amount:
            return None
        if total == said.amount and (len(below) > 1 or levels[stop].indent > said.indent):
            return below
    return None


def _nearly(levels: Sequence[Level]) -> Iterator[tuple[int, range]]:
    """Each row that has almost the sum of those below it that are a level lower."""
    for place, said in enumerate(levels):
        stop = place + 1
        end = min(len(levels), place + MOST_BELOW)
        while stop < end and levels[stop].indent > said.indent:
            stop += 1
        total = sum((level.amount for level in levels[place + 1 : stop]), Decimal(0))
        if stop - place > 2 and 0 < abs(total - said.amount) <= said.amount * NEARLY_EQUAL:
            yield place, range(place + 1, stop)


def _groups_above(levels: Sequence[Level]) -> Iterator[tuple[int, range]]:
    """Each plain row that is the sum of the rows right above it, or of all that are no sums."""
    start, lowest = 0, Decimal(0)
    for place, level in enumerate(levels):
        above = _above(levels, start, place) if level.is_plain and level.amount else None
        if above is None and level.is_plain and start and level.amount == lowest:
            above = range(0, place)
        if above is None:
            lowest += level.amount
        else:
            yield place, above
            start = place + 1


def _above(levels: Sequence[Level], start: int, place: int) -> range | None:
    total = Decimal(0)
    for first in range(place - 1, max(start, place - MOST_BELOW) - 1, -1):
        total += levels[first].amount
        if total > levels[place].amount:
            return None
        if total == levels[place].amount and place - first > 1:
            return range(first, place)
    return None


def _is_telling(level: Level) -> bool:
    """Whether its sum is hardly one by chance: 300 may well be 100 and 200, 3,127.50 not."""
    return len(f"{level.amount:f}".replace(".", "").strip("0")) >= TELLING_DIGITS


def _decide(
    levels: Sequence[Level],
    groups: dict[int, range],
    total: Decimal | None,
    whole: Decimal,
    lowest: Decimal,
) -> str | None:
    """None where it has to be asked."""
    if total is not None and total in (whole, lowest) and whole != lowest:
        return ALL if total == whole else LOWEST
    [*_, (last, members)] = groups.items()
    if len(groups) == 1 and members == range(last) and last == len(levels) - 1:
        # The last row has the sum of all others: a total, whatever it is called.
        return LOWEST if _is_telling(levels[last]) or levels[last].says_sum else None
    indented = all(
        levels[place].indent < min(levels[one].indent for one in below)
        for place, below in groups.items()
    )
    covered = len({*groups, *(place for below in groups.values() for place in below)})
    telling = any(_is_telling(levels[place]) for place in groups)
    return None if indented or telling or covered >= NEARLY_ALL * len(levels) else ALL


def _said(levels: Sequence[Level], below: range, nearly: str) -> str:
    first, last = levels[below.start].row, levels[below.stop - 1].row
    return f"It is {nearly}the sum of rows {first} to {last}."
