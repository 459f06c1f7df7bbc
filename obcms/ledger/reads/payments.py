"""“Was he paid?”: one search over ORS, DV, check, payee and amount (SPEC 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from obcms.kernel.db.search import each_piece, occurs
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, visible
from obcms.kernel.rules.money import parse_money
from obcms.ledger.models import BudgetLine, FundBalance, FundEntry, Obligation
from obcms.ledger.rules.choices import EntryKind

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Paid:
    """An obligation that was found, with its payments, the newest first."""

    obligation: Obligation
    payments: Sequence[FundEntry]


def search_payments(actor: Actor, asked: str) -> tuple[list[Paid], int]:
    """At most SHOWN obligations, the newest first, and how many there are; three queries.

    Each piece of what is asked is found in the obligation, in an entry under it, or is an amount of
    either.
    """
    if not asked.strip():
        return [], 0
    which = [each_piece(asked, _found), visible(actor, BudgetLine.organization_id)]
    base = select(Obligation).join(Obligation.balance).join(FundBalance.line).where(*which)
    load = contains_eager(Obligation.balance).contains_eager(FundBalance.line)
    query = base.options(
        load.joinedload(BudgetLine.organization), load.joinedload(BudgetLine.act)
    ).order_by(Obligation.id.desc())
    found = list(db.session.scalars(query.limit(SHOWN)))
    count = db.session.scalar(select(func.count()).select_from(base.subquery())) or 0
    payments = _payments([one.id for one in found])
    return [
        Paid(one, [entry for entry in payments if entry.obligation_id == one.id]) for one in found
    ], count


def _payments(obligation_ids: list[int]) -> list[FundEntry]:
    voided = select(FundEntry.voids_id).where(FundEntry.voids_id.is_not(None))
    query = (
        select(FundEntry)
        .where(
            FundEntry.obligation_id.in_(obligation_ids),
            FundEntry.kind.in_([EntryKind.DISBURSEMENT, EntryKind.DISBURSEMENT_ADJUSTMENT]),
            FundEntry.voids_id.is_(None),
            FundEntry.id.not_in(voided),
        )
        .options(joinedload(FundEntry.posted_by))
        .order_by(FundEntry.posting_date.desc(), FundEntry.id.desc())
    )
    return list(db.session.scalars(query))


def _found(piece: str) -> ColumnElement[bool]:
    in_entry = [occurs(piece, FundEntry.search_text)]
    in_obligation = [occurs(piece, Obligation.search_text)]
    if (amount := _amount(piece)) is not None:
        in_entry.append(FundEntry.amount == amount)
        in_obligation.append(Obligation.obligated == amount)
    of_entries = select(FundEntry.obligation_id).where(
        FundEntry.obligation_id.is_not(None), or_(*in_entry)
    )
    return or_(*in_obligation, Obligation.id.in_(of_entries))


def _amount(piece: str) -> Decimal | None:
    try:
        return parse_money(piece)
    except Invalid:
        return None
