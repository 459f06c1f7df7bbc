"""What changed between two moments in a PPA: its own fields, its tree, its budget and status."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table

from obcms.history.reads.names import NamesThen
from obcms.history.reads.net_changes import ALLOCATION, Pairs, compared, noting
from obcms.history.reads.past import ITEM_TABLE, PPA_TABLE, PastPPA, find_position, past_ppa
from obcms.kernel.audit.past import Rows, entries_after, one_moment, rows_then, undo, whole
from obcms.kernel.audit.wording import label_of, shown
from obcms.kernel.db.types import Money
from obcms.kernel.extensions import db
from obcms.kernel.rules.choice import Choice
from obcms.work.rules.outline import outline_numbers

# Of all items only what places and names them; the rest comes from the entries in between.
OUTLINE = ("id", "parent_id", "position", "title", "spent_total")
WANTED = whole([PPA_TABLE]) | {ITEM_TABLE: OUTLINE}


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field before and after, in words. `change` is in pesos, where it is an amount."""

    label: str
    before: str
    after: str
    change: Decimal | None = None


class Became(Choice):
    """What happened to a work item in between."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class ItemDifference:
    """A work item that was added, removed or changed in between."""

    became: Became
    number: str
    title: str
    differences: Sequence[FieldDifference] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both states and what differs; `fields` are the PPA's own."""

    before: PastPPA
    after: PastPPA
    fields: Sequence[FieldDifference]
    items: Sequence[ItemDifference]

    @property
    def spent(self) -> Decimal:
        """What was spent in between, voided lines taken off."""
        return self.after.spent - self.before.spent


# How a reference reads on one side: 0 before, 1 after.
WordsOf = Callable[[int, int], str]


class _Side(NamedTuple):
    """One of the two states: the PPA's own row, and number and title of each item by id."""

    past: PastPPA
    ppa: Mapping[str, Any]
    numbers: Mapping[int, str]
    titles: Mapping[int, str]


def compare(ppa_id: int, start: datetime, end: datetime) -> Comparison:
    """The PPA at `start` beside the PPA at `end`.

    What stands now is taken back to the end, and from there to the start; the memory goes by the
    number of items and by how many of them changed in between, not by the trail's length.
    """
    with one_moment(db.session()) as connection:
        first, last = find_position(connection, start), find_position(connection, end)
        rows = rows_then(connection, WANTED, ppa_id, last)
        after = _side(connection, rows, end, last)
        between = entries_after(connection, first, ppa_id, WANTED, until=last)
        changed: dict[int, Pairs] = {}
        undo(rows, WANTED, noting(between, changed))
        before = _side(connection, rows, start, first)
        moas = {side.ppa.get("implementing_moa_id") for side in (before, after)} - {None}
        names = NamesThen(connection, moas, [], first)

    def moa(moa_id: int, side: int) -> str:
        return names.organization(moa_id, (first, last)[side])

    fields, items = _fields(before, after, moa), _items(before, after, changed)
    return Comparison(before.past, after.past, fields, items)


def _side(connection: Connection, rows: Rows, at: datetime, position: int) -> _Side:
    items = rows[ITEM_TABLE.name].values()
    return _Side(
        past_ppa(connection, rows, at, position),
        next((dict(row) for row in rows[PPA_TABLE.name].values()), {}),
        outline_numbers((item["id"], item["parent_id"], item["position"]) for item in items),
        {item["id"]: item["title"] for item in items},
    )


def _fields(before: _Side, after: _Side, moa: WordsOf) -> list[FieldDifference]:
    if not before.ppa or not after.ppa:
        return []
    pairs = {name: (before.ppa.get(name), after.ppa.get(name)) for name in WANTED[PPA_TABLE]}
    return _differences(PPA_TABLE, pairs, {"implementing_moa_id": moa})


def _items(before: _Side, after: _Side, changed: Mapping[int, Pairs]) -> list[ItemDifference]:
    numbers, titles = {**before.numbers, **after.numbers}, {**before.titles, **after.titles}

    def parent(item_id: int, _side: int) -> str:
        return titles.get(item_id, f"#{item_id}")

    gone = sorted(before.numbers.keys() - after.numbers.keys())
    found = []
    for item_id in [*after.numbers, *gone]:
        pairs = changed.get(item_id, {})
        if item_id not in before.numbers:
            became, differences = Became.ADDED, _allocation(pairs, 1)
        elif item_id not in after.numbers:
            became, differences = Became.REMOVED, _allocation(pairs, 0)
        else:
            became = Became.CHANGED
            differences = _differences(ITEM_TABLE, pairs, {"parent_id": parent})
            if not differences:
                continue
        found.append(ItemDifference(became, numbers[item_id], titles[item_id], differences))
    return found


def _allocation(pairs: Pairs, side: int) -> list[FieldDifference]:
    """What an item had that is on one side only."""
    amount = pairs.get(ALLOCATION, (None, None))[side]
    if amount is None:
        return []
    return [FieldDifference(label_of(ALLOCATION), "", shown(ITEM_TABLE.name, ALLOCATION, amount))]


def _differences(
    table: Table, pairs: Pairs, wordings: Mapping[str, WordsOf]
) -> list[FieldDifference]:
    differing = compared(name for name, (old, new) in pairs.items() if old != new)
    if "allocated_budget" in differing:
        differing.discard(ALLOCATION)  # its own amount says it already
    found = []
    for name in filter(differing.__contains__, table.columns.keys()):
        old, new = pairs[name]
        is_amount = isinstance(table.c[name].type, Money) and None not in (old, new)
        change = Decimal(new) - Decimal(old) if is_amount else None
        words = (_in_words(table, name, *value, wordings) for value in ((old, 0), (new, 1)))
        found.append(FieldDifference(label_of(name), *words, change))
    return found


def _in_words(
    table: Table, name: str, value: Any, side: int, wordings: Mapping[str, WordsOf]
) -> str:
    if value is not None and name in wordings:
        return wordings[name](value, side)
    return shown(table.name, name, value)
