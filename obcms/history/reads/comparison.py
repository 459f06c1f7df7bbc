"""What changed between two moments in a PPA: its own fields, its tree, its budget and status."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from obcms.history.reads.past import PastPPA, from_rows
from obcms.kernel.audit.past import rows_of_ppa, undo
from obcms.kernel.audit.wording import SILENT, label_of, shown
from obcms.kernel.extensions import db
from obcms.organizations.models import Organization
from obcms.work.rules.outline import outline_numbers

# Where an item stands is told by its number; the rest follows from other figures.
NOT_COMPARED = SILENT | {
    "id",
    "ppa_id",
    "position",
    "budget_share",
    "distributed",
    "spent_here",
    "implementing_moa",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field before and after, in words. `change` is in pesos, where it is an amount."""

    label: str
    before: str
    after: str
    change: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ItemDifference:
    """A work item that was added, removed or changed in between."""

    kind: str
    number: str
    title: str
    differences: Sequence[Difference] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both states and what differs; `fields` are the PPA's own."""

    before: PastPPA
    after: PastPPA
    fields: Sequence[Difference]
    items: Sequence[ItemDifference]

    @property
    def spent(self) -> Decimal:
        """What was spent in between, voided lines taken off."""
        return self.after.spent - self.before.spent


def compare(ppa_id: int, start: datetime, end: datetime) -> Comparison:
    """The PPA at `start` beside the PPA at `end`, from one reading of rows and trail."""
    rows, entries = rows_of_ppa(db.session(), ppa_id, start)
    later = [entry for entry in entries if entry.at > end]
    between = [entry for entry in entries if entry.at <= end]
    at_end = undo(rows, later)
    after = from_rows(copy.deepcopy(at_end), ppa_id, end)
    before = from_rows(undo(at_end, between), ppa_id, start)
    return Comparison(before, after, _fields(before, after), _items(before, after))


def _fields(before: PastPPA, after: PastPPA) -> list[Difference]:
    if before.ppa is None or after.ppa is None:
        return []
    return _differences("ppa", before.ppa, after.ppa, {})


def _items(before: PastPPA, after: PastPPA) -> list[ItemDifference]:
    old_numbers, new_numbers = _numbers(before), _numbers(after)
    old = {item.id: item for item in before.items}
    new = {item.id: item for item in after.items}
    titles = {item_id: item.title for item_id, item in (old | new).items()}
    found = []
    for item_id in [*new_numbers, *(old.keys() - new.keys())]:
        if item_id not in old:
            kind, differences = "added", _first_figures(new[item_id])
        elif item_id not in new:
            kind, differences = "removed", _first_figures(old[item_id])
        else:
            differences = _differences("work_item", old[item_id], new[item_id], titles)
            if not differences:
                continue
            kind = "changed"
        number = new_numbers.get(item_id) or old_numbers.get(item_id, "")
        found.append(ItemDifference(kind, number, titles[item_id], differences))
    return found


def _numbers(state: PastPPA) -> dict[int, str]:
    return outline_numbers((item.id, item.parent_id, item.position) for item in state.items)


def _first_figures(item: SimpleNamespace) -> list[Difference]:
    budget = shown("work_item", "effective_allocation", item.effective_allocation)
    return [Difference("Allocation", "", budget)] if item.effective_allocation is not None else []


def _differences(
    table: str, before: SimpleNamespace, after: SimpleNamespace, titles: dict[int, str]
) -> list[Difference]:
    found = []
    for name, new in vars(after).items():
        old = getattr(before, name, None)
        if name in NOT_COMPARED or old == new:
            continue
        if name == "effective_allocation" and before.allocated_budget != after.allocated_budget:
            continue  # its own amount says it already
        change = new - old if isinstance(new, Decimal) and isinstance(old, Decimal) else None
        words = [_shown(table, name, value, titles) for value in (old, new)]
        found.append(Difference(label_of(name), *words, change if name != "progress" else None))
    return found


def _shown(table: str, name: str, value: Any, titles: dict[int, str]) -> str:
    if name == "parent_id" and value is not None:
        return titles.get(value, f"#{value}")
    if name == "implementing_moa_id" and value is not None:
        return db.session.get_one(Organization, value).acronym
    return shown(table, name, value)
