"""A cut by law of a PPA that has lines lowers a line and class too (SPEC 6, "Moving money")."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.ledger.book import book
from obcms.ledger.checks import refuse_dates
from obcms.ledger.draft import Draft
from obcms.ledger.hold import hold_balances, hold_period
from obcms.ledger.models import AppropriationsAct, BudgetLine, FundBalance
from obcms.ledger.quarters import refuse_closed
from obcms.ledger.reads.today import today
from obcms.ledger.refusals import refused
from obcms.ledger.rules.choices import EntryKind, Refusal
from obcms.ppas.models import PPA


def balances_of(ppa_id: int) -> Sequence[FundBalance]:
    """The balances of a PPA's lines with line and act, in the order of the lines."""
    query = (
        select(FundBalance)
        .join(FundBalance.line)
        .join(BudgetLine.act)
        .options(contains_eager(FundBalance.line).contains_eager(BudgetLine.act))
        .where(BudgetLine.ppa_id == ppa_id)
        .order_by(AppropriationsAct.fiscal_year, BudgetLine.id, FundBalance.id)
    )
    return db.session.scalars(query).all()


def cut_line(actor: Actor, ppa: PPA, less: Decimal, reason: str, where: Mapping[str, Any]) -> None:
    """Posts the adjustments of a cut by `less` pesos; the PPA is locked.

    `where` has the `balance`, by its id, the `reference` of the law or order and its
    `document_date`. What is not released is cut first; the allotment follows for the rest. Raises
    Invalid, also where more is obligated than would be left. A PPA without lines posts nothing.
    """
    require(actor, Permission.BUDGET_CUT, ppa)
    balances = {one.id: one for one in balances_of(ppa.id)}
    if not balances:
        return
    chosen = balances.get(where.get("balance") or 0)
    if chosen is None:
        told = "Choose the budget line and allotment class that the law lowers."
        raise refused(Refusal.INPUT, told, "balance")
    if not where.get("reference"):
        raise refused(Refusal.INPUT, "Give the number of the law or order.", "reference")
    period = hold_period()
    key = (chosen.line_id, chosen.appropriation_class, chosen.fund_cluster)
    held = hold_balances([key])
    drafts = _adjustments(held[key], less, reason, where)
    for draft in drafts:
        refuse_dates(draft)
        refuse_closed(period, draft.posting_date)
    book(actor, drafts, held)


def _adjustments(
    balance: FundBalance, less: Decimal, reason: str, where: Mapping[str, Any]
) -> list[Draft]:
    unreleased = balance.appropriated - balance.allotted
    lowered = {
        EntryKind.APPROPRIATION_ADJUSTMENT: less,
        EntryKind.ALLOTMENT_ADJUSTMENT: max(less - unreleased, Decimal(0)),
    }
    return [
        Draft(
            line=balance.line,
            appropriation_class=balance.appropriation_class,
            fund_cluster=balance.fund_cluster,
            kind=kind,
            amount=-amount,
            posting_date=today(),
            document_date=where.get("document_date") or today(),
            more={"reference": where["reference"], "remarks": reason, "is_cut": True},
            along=kind is EntryKind.ALLOTMENT_ADJUSTMENT,
        )
        for kind, amount in lowered.items()
        if amount
    ]
