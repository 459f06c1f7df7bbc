"""What an import posted, and what voided it (SPEC 13)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from obcms.imports.models import ImportedRecord
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor
from obcms.ledger.models import FundBalance, FundEntry
from obcms.ledger.reads.entries import shown_entries

SHOWN = 500


def imported_entries(actor: Actor, batch_id: int) -> Sequence[FundEntry]:
    """The first entries of the import on the actor's lines, with their lines and voids."""
    of_batch = select(ImportedRecord.record_id).where(ImportedRecord.batch_id == batch_id)
    query = shown_entries(actor, FundEntry.id.in_(of_batch)).options(
        contains_eager(FundEntry.balance).contains_eager(FundBalance.line)
    )
    return db.session.scalars(query.order_by(FundEntry.id).limit(SHOWN)).all()
