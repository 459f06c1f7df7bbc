"""The form of a document that moves money: read, and what it would do, before it is posted."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import request

from obcms.kernel.errors import Invalid
from obcms.kernel.rules.cleaning import MOST_PARTS
from obcms.ledger.fields import SignedMoney
from obcms.ledger.models import BudgetLine
from obcms.ledger.movement_input import MOVEMENT_FIELDS
from obcms.ledger.reads.lines import balances_of
from obcms.ledger.rules.choices import EntryKind, FundCluster, MovementKind
from obcms.ledger.screens.given import a_choice, a_number
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import AppropriationClass

ROWS, MORE, MOST = 6, 6, MOST_PARTS // 2  # each row becomes two entries
AMOUNT = SignedMoney("amount")
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class MovementRow:
    """A row that is filled in; `free` is what the line's class has unobligated; pesos."""

    line: BudgetLine
    appropriation_class: AppropriationClass
    amount: Decimal
    free: Decimal


@dataclass(frozen=True, slots=True)
class Followed:
    """A PPA whose allocation the document changes; pesos."""

    ppa: PPA
    change: Decimal

    @property
    def after(self) -> Decimal:
        """Its allocation then."""
        return (self.ppa.budget_allocation or ZERO) + self.change


def read_document() -> dict[str, Any]:
    """The form as `move_funds` takes it: each row becomes its two entries."""
    said = {one.name: request.form.get(one.name, "") for one in MOVEMENT_FIELDS}
    kind = a_choice(request.form, "kind", MovementKind)
    cluster = request.form.get("fund_cluster") or FundCluster.REGULAR.value
    entries = []
    for line_id, of_class, raw in _rows():
        place = {"line": line_id, "appropriation_class": of_class, "fund_cluster": cluster}
        entries.append({**place, "kind": EntryKind.APPROPRIATION_ADJUSTMENT, "amount": raw})
        entries.append({**place, **_allotment(kind, raw)})
    return said | {"entries": entries}


def _allotment(kind: MovementKind | None, raw: str) -> dict[str, Any]:
    """An amount that cannot be read is left as it is typed, for the verb to refuse."""
    if kind is not MovementKind.TRANSFER:
        return {"kind": EntryKind.ALLOTMENT_ADJUSTMENT, "amount": raw}
    try:
        amount = AMOUNT.clean(raw)
    except Invalid:
        return {"kind": EntryKind.TRANSFER_FROM, "amount": raw}
    moved = EntryKind.TRANSFER_TO if amount < 0 else EntryKind.TRANSFER_FROM
    return {"kind": moved, "amount": abs(amount)}


def row_count() -> int:
    """How many rows the form has; one without scripts asks for more by its button."""
    asked = a_number(request.form, "rows") or ROWS
    return min(asked + (MORE if "more" in request.form else 0), MOST)


def _rows() -> list[tuple[int | None, str, str]]:
    """Line, class and amount of each row in which something is typed."""
    found = []
    for place in range(row_count()):
        raw = request.form.get(f"amount-{place}", "").strip()
        if raw:
            line_id = a_number(request.form, f"line-{place}")
            found.append((line_id, request.form.get(f"class-{place}", ""), raw))
    return found


def parts_of(lines: Sequence[BudgetLine]) -> list[MovementRow]:
    """The rows as they stand, those that can be read already; one query."""
    by_id = {line.id: line for line in lines}
    read = []
    for line_id, raw_class, raw in _rows():
        of_class = a_choice({"class": raw_class}, "class", AppropriationClass)
        if line_id not in by_id or of_class is None:
            continue
        try:
            read.append((by_id[line_id], of_class, AMOUNT.clean(raw)))
        except Invalid:
            continue
    cluster = a_choice(request.form, "fund_cluster", FundCluster) or FundCluster.REGULAR
    free = {
        (line_id, row.appropriation_class): row.figures.unobligated
        for line_id, rows in balances_of([line.id for line, *_ in read]).items()
        for row in rows
        if row.fund_cluster is cluster
    }
    return [
        MovementRow(line, of_class, amount, free.get((line.id, of_class), ZERO))
        for line, of_class, amount in read
    ]


def followed_by(parts: Sequence[MovementRow]) -> list[Followed]:
    """The PPAs whose allocations would follow."""
    changes: defaultdict[int, Decimal] = defaultdict(Decimal)
    ppas: dict[int, PPA] = {}
    for part in parts:
        if part.line.ppa is not None:
            ppas[part.line.ppa.id] = part.line.ppa
            changes[part.line.ppa.id] += part.amount
    return [Followed(ppas[key], change) for key, change in changes.items() if change]


def sums_of(parts: Sequence[MovementRow]) -> Mapping[str, Decimal]:
    """What the document comes to by class; each must be zero, or their sum, by its kind."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for part in parts:
        sums[part.appropriation_class.label] += part.amount
    return sums
