"""What the ledger adds to every flush, and to what other slices do."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from obcms.approval.amendments import CUTTERS
from obcms.kernel.audit.subject import LINKS, Link
from obcms.kernel.audit.wording import RECORD_NAMES
from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.flush import Stage, add_step
from obcms.ledger.cut import cut_line
from obcms.ledger.keep_posted import keep_posted
from obcms.ledger.models import BudgetLine, FundBalance
from obcms.ppas.delete import KEEPERS
from obcms.ppas.models import PPA

add_step(Stage.GUARD, keep_posted)
CUTTERS.append(cut_line)
RECORD_NAMES |= {
    "act": "act",
    "act_extension": "later last day",
    "budget_line": "budget line",
    "fund_entry": "ledger entry",
    "fund_movement": "document that moves money",
    "obligation": "obligation",
    "prepared_movement": "prepared document",
    "quarter_closing": "closing of a quarter",
}


def _keep_funded(ppas: Sequence[PPA]) -> None:
    ids = [ppa.id for ppa in ppas]
    if db.session.scalar(select(BudgetLine.id).where(BudgetLine.ppa_id.in_(ids)).limit(1)):
        raise Conflict("An act funds this PPA, so it cannot be deleted.")


KEEPERS.append(_keep_funded)


def _ppa_of_balance(session: Session, balance_id: int) -> int | None:
    """Whoever posts holds the balance with its line, so that this asks nothing."""
    held = session.identity_map.get(session.identity_key(FundBalance, balance_id))
    if held is not None and "line" in held.__dict__ and "ppa_id" in held.line.__dict__:
        return held.line.ppa_id
    query = select(BudgetLine.ppa_id).join(FundBalance, FundBalance.line_id == BudgetLine.id)
    return session.connection().scalar(query.where(FundBalance.id == balance_id))


def _balances_of_ppa(ppa_id: int) -> Select[tuple[int]]:
    return select(FundBalance.id).join(FundBalance.line).where(BudgetLine.ppa_id == ppa_id)


LINKS["balance_id"] = Link(_ppa_of_balance, _balances_of_ppa)
