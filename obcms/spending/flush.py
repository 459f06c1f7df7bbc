"""What spending adds to every flush, and its answers to what the work tree asks."""

from collections.abc import Sequence

from sqlalchemy import select

from obcms.kernel.db.constraints import PROBLEMS
from obcms.kernel.errors import Conflict, Problem
from obcms.kernel.extensions import db
from obcms.kernel.flush import Stage, add_step
from obcms.ppas.delete import KEEPERS
from obcms.ppas.models import PPA
from obcms.spending import reads
from obcms.spending.fields import VOID_REASON, AmountAboveZero
from obcms.spending.keep_lines import keep_items_with_money, keep_posted_lines, note_spent
from obcms.spending.models import Expenditure
from obcms.work.models import WorkItem
from obcms.work.spent import use_ledger

add_step(Stage.GUARD, keep_items_with_money)
add_step(Stage.GUARD, keep_posted_lines)
add_step(Stage.NOTE, note_spent)
use_ledger(reads)
PROBLEMS |= {
    "ck_expenditure_amount_positive": Problem(AmountAboveZero.message, "amount"),
    "ck_expenditure_void_has_reason": Problem(VOID_REASON.required, VOID_REASON.name),
}


def _keep_spent_on(ppas: Sequence[PPA]) -> None:
    ids = [ppa.id for ppa in ppas]
    lines = select(Expenditure.id).join(WorkItem).where(WorkItem.ppa_id.in_(ids))
    if db.session.scalar(lines.limit(1)) is not None:
        raise Conflict("Money was posted on this PPA, so it cannot be deleted.")


KEEPERS.append(_keep_spent_on)
