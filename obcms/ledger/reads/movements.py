"""Documents that moved money, and what a new one would move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, visible
from obcms.ledger.models import BudgetLine, FundBalance, FundEntry, FundMovement, PreparedMovement
from obcms.ledger.rules.choices import EntryKind
from obcms.ppas.rules.choices import AppropriationClass

SHOWN = 100


@dataclass(frozen=True, slots=True)
class ListedMovement:
    """A document with those of its entries that the user may see; `is_void` when taken back."""

    movement: FundMovement
    entries: Sequence[FundEntry]
    is_void: bool

    @property
    def moved(self) -> Decimal:
        """What it brings to the lines that gain, of those shown; pesos."""
        kinds = (EntryKind.APPROPRIATION_ADJUSTMENT,)
        return sum((e.amount for e in self.entries if e.kind in kinds and e.amount > 0), Decimal(0))


def recent_movements(actor: Actor) -> list[ListedMovement]:
    """The last SHOWN documents with an entry on the actor's lines; two queries."""
    own = visible(actor, BudgetLine.organization_id)
    touched = (
        select(FundEntry.movement_id).join(FundEntry.balance).join(FundBalance.line).where(own)
    )
    query = select(FundMovement).where(FundMovement.id.in_(touched))
    query = query.options(joinedload(FundMovement.posted_by)).order_by(FundMovement.id.desc())
    found = list(db.session.scalars(query.limit(SHOWN)))
    balance = joinedload(FundEntry.balance).joinedload(FundBalance.line)
    parts = (
        select(FundEntry)
        .join(FundEntry.balance)
        .join(FundBalance.line)
        .where(FundEntry.movement_id.in_([one.id for one in found]), own)
        .options(balance.joinedload(BudgetLine.organization))
        .order_by(FundEntry.id)
    )
    entries = list(db.session.scalars(parts))
    return [_listed(one, [e for e in entries if e.movement_id == one.id]) for one in found]


def _listed(movement: FundMovement, entries: Sequence[FundEntry]) -> ListedMovement:
    posted = [one for one in entries if one.voids_id is None]
    return ListedMovement(movement, posted, len(posted) < len(entries))


@dataclass(frozen=True, slots=True)
class PreparedPart:
    """A line that a prepared document takes from or gives to; pesos."""

    line: BudgetLine
    appropriation_class: AppropriationClass
    amount: Decimal


def waiting_augmentations() -> list[tuple[PreparedMovement, list[PreparedPart]]]:
    """What MFBM prepared and nobody decided yet, the oldest first; two queries."""
    query = select(PreparedMovement).where(PreparedMovement.decided_at.is_(None))
    query = query.options(joinedload(PreparedMovement.prepared_by)).order_by(PreparedMovement.id)
    found = list(db.session.scalars(query.limit(SHOWN)))
    ids = {entry["line"] for one in found for entry in one.entries}
    lines = select(BudgetLine).where(BudgetLine.id.in_(ids))
    by_id = {
        line.id: line
        for line in db.session.scalars(lines.options(joinedload(BudgetLine.organization)))
    }
    return [(one, _parts(one, by_id)) for one in found]


def _parts(prepared: PreparedMovement, lines: Mapping[int, BudgetLine]) -> list[PreparedPart]:
    """By its appropriations; allotments follow them."""
    return [
        PreparedPart(
            lines[entry["line"]],
            AppropriationClass(entry["appropriation_class"]),
            Decimal(entry["amount"]),
        )
        for entry in prepared.entries
        if entry["kind"] == EntryKind.APPROPRIATION_ADJUSTMENT
    ]


def lines_of_act(actor: Actor, act_id: int) -> list[BudgetLine]:
    """Those that the actor sees, with their offices and PPAs, by office and title; one query."""
    query = (
        select(BudgetLine)
        .where(BudgetLine.act_id == act_id, visible(actor, BudgetLine.organization_id))
        .options(joinedload(BudgetLine.organization), joinedload(BudgetLine.ppa))
    )
    found = list(db.session.scalars(query))
    return sorted(found, key=lambda line: (str(line.organization or ""), line.title))
