"""RAPAL and RAOD of a balance: its entries in order, with what each leaves (BUDGET.md)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, case, false, func, select, true
from sqlalchemy.orm import aliased, joinedload

from obcms.kernel.extensions import db
from obcms.ledger.models import FundEntry
from obcms.ledger.reads.lines import as_figures
from obcms.ledger.rules.choices import EntryKind
from obcms.ledger.rules.figures import FIGURES, Figures
from obcms.ledger.rules.registries import CHANGES

SHOWN = 200


@dataclass(frozen=True, slots=True)
class RegistryFilter:
    """What of a registry is shown; days are posting dates, both within."""

    kinds: frozenset[EntryKind]
    since: date | None = None
    until: date | None = None
    with_voided: bool = True


@dataclass(frozen=True, slots=True)
class RegistryRow:
    """An entry, what it changes and what stands after it; `voided_by` where it was taken back."""

    entry: FundEntry
    change: Figures
    after: Figures
    voided_by: FundEntry | None


@dataclass(frozen=True, slots=True)
class Registry:
    """`rows` are the last ones of `count`; the sums are of all that is posted before, and then."""

    rows: Sequence[RegistryRow]
    count: int
    brought_forward: Figures
    period: Figures

    @property
    def to_date(self) -> Figures:
        """With all up to the last day shown."""
        return self.brought_forward + self.period


def changes() -> dict[str, ColumnElement[Decimal]]:
    """By what an entry changes each figure, in SQL; pesos."""
    return {
        name: FundEntry.amount * case(signs, value=FundEntry.kind, else_=0)
        for name, signs in CHANGES.items()
    }


def read_registry(balance_id: int, asked: RegistryFilter, whole: bool = False) -> Registry:
    """The rows asked for, at most the last SHOWN unless `whole`, and the sums; two queries."""
    of_balance = FundEntry.balance_id == balance_id
    in_order = (FundEntry.posting_date, FundEntry.id)
    after = [
        func.sum(change).over(order_by=in_order).label(name) for name, change in changes().items()
    ]
    running = select(FundEntry.id, *after).where(of_balance).subquery()
    void = aliased(FundEntry)
    query = (
        select(FundEntry, void, *(running.c[one.name] for one in FIGURES))
        .join(running, running.c.id == FundEntry.id)
        .outerjoin(void, void.voids_id == FundEntry.id)
        .where(of_balance, FundEntry.kind.in_(asked.kinds), *_in_days(asked))
        .options(joinedload(FundEntry.posted_by), joinedload(FundEntry.obligation))
        .order_by(*(column.desc() for column in in_order))
    )
    if not asked.with_voided:
        query = query.where(void.id.is_(None), FundEntry.voids_id.is_(None))
    found = db.session.execute(query if whole else query.limit(SHOWN)).all()
    rows = [
        RegistryRow(entry, change_of(entry), as_figures(amounts), voided_by)
        for entry, voided_by, *amounts in reversed(found)
    ]
    return Registry(rows, *_sums(of_balance, asked))


def _in_days(asked: RegistryFilter) -> Iterable[ColumnElement[bool]]:
    if asked.since is not None:
        yield FundEntry.posting_date >= asked.since
    if asked.until is not None:
        yield FundEntry.posting_date <= asked.until


def _sums(of_balance: ColumnElement[bool], asked: RegistryFilter) -> tuple[int, Figures, Figures]:
    """How many rows there are, what was posted before the first day, and in the days shown."""
    before = false() if asked.since is None else FundEntry.posting_date < asked.since
    within = and_(true(), *_in_days(asked))
    sums = [func.sum(change) for change in changes().values()]
    query = select(
        func.count(FundEntry.id).filter(within, FundEntry.kind.in_(asked.kinds)),
        *(one.filter(when) for when in (before, within) for one in sums),
    )
    count, *amounts = db.session.execute(query.where(of_balance)).one()
    size = len(FIGURES)
    return count, as_figures(amounts[:size]), as_figures(amounts[size:])


def change_of(entry: FundEntry) -> Figures:
    """By what an entry changes each figure; pesos."""
    return Figures(
        **{
            name: signs[entry.kind] * entry.amount
            for name, signs in CHANGES.items()
            if entry.kind in signs
        }
    )
