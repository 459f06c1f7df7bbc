"""What an import posted, and what voided it (SPEC 13)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from obcms.imports.models import ImportedRecord
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, visible
from obcms.ledger.models import BudgetLine, FundBalance, FundEntry
from obcms.ledger.reads.entries import shown_entries

SHOWN = 500


class LineSum(NamedTuple):
    """A line with its office, and what is appropriated on it now; pesos."""

    line: BudgetLine
    appropriated: Decimal


def imported_entries(actor: Actor, batch_id: int) -> Sequence[FundEntry]:
    """The first entries of the import on the actor's lines, with their lines and voids."""
    of_batch = select(ImportedRecord.record_id).where(ImportedRecord.batch_id == batch_id)
    query = shown_entries(actor, FundEntry.id.in_(of_batch)).options(
        contains_eager(FundEntry.balance).contains_eager(FundBalance.line)
    )
    return db.session.scalars(query.order_by(FundEntry.id).limit(SHOWN)).all()


def imported_lines(actor: Actor, batch_id: int) -> Sequence[LineSum]:
    """The first lines of the import that exist for the actor, as they stand now."""
    of_batch = select(ImportedRecord.record_id).where(ImportedRecord.batch_id == batch_id)
    sums = select(FundBalance.line_id, func.sum(FundBalance.appropriated).label("appropriated"))
    sums = sums.where(FundBalance.line_id.in_(of_batch)).group_by(FundBalance.line_id).subquery()
    query = (
        select(BudgetLine, func.coalesce(sums.c.appropriated, 0))
        .outerjoin(sums, sums.c.line_id == BudgetLine.id)
        .where(BudgetLine.id.in_(of_batch), visible(actor, BudgetLine.organization_id))
        .options(joinedload(BudgetLine.organization))
    )
    found = db.session.execute(query.order_by(BudgetLine.id).limit(SHOWN))
    return [LineSum(line, appropriated) for line, appropriated in found]
