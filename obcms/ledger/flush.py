"""What the ledger adds to every flush, and to what other slices do."""

from collections.abc import Sequence

from sqlalchemy import select

from obcms.approval.amendments import CUTTERS
from obcms.kernel.audit.wording import RECORDS
from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.flush import Stage, add_step
from obcms.ledger.cut import cut_line
from obcms.ledger.keep_posted import keep_posted
from obcms.ledger.models import BudgetLine
from obcms.ppas.delete import KEEPERS
from obcms.ppas.models import PPA

add_step(Stage.GUARD, keep_posted)
CUTTERS.append(cut_line)
RECORDS |= {
    "act": "act",
    "act_extension": "later last day",
    "budget_line": "budget line",
    "fund_entry": "ledger entry",
    "fund_movement": "document that moves money",
    "obligation": "obligation",
    "quarter_closing": "closing of a quarter",
}


def _keep_funded(ppas: Sequence[PPA]) -> None:
    ids = [ppa.id for ppa in ppas]
    if db.session.scalar(select(BudgetLine.id).where(BudgetLine.ppa_id.in_(ids)).limit(1)):
        raise Conflict("An act funds this PPA, so it cannot be deleted.")


KEEPERS.append(_keep_funded)
