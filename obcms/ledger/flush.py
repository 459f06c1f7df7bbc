"""What the ledger adds to every flush, and to what other slices do."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from obcms.approval.amendments import CUTTERS
from obcms.kernel.audit.subject import LINKS, Link
from obcms.kernel.audit.wording import RECORD_NAMES
from obcms.kernel.db.constraints import PROBLEMS
from obcms.kernel.errors import Conflict, Problem
from obcms.kernel.extensions import db
from obcms.kernel.flush import Stage, add_step
from obcms.ledger.acts import LAST_DAY_FIRST, MADE_BY_ACT, NUMBER_TAKEN
from obcms.ledger.cut import cut_line
from obcms.ledger.fields import AMOUNT, VOID_REASON
from obcms.ledger.keep_posted import keep_posted
from obcms.ledger.lines import OWN_DAY
from obcms.ledger.models import BudgetLine, FundBalance
from obcms.ledger.movement_input import NO_GROUND
from obcms.ledger.prepare import DROP_REASON
from obcms.ledger.quarters import QUARTER, REASON
from obcms.ledger.rules.effects import TAKES_BACK
from obcms.ppas.delete import KEEPERS
from obcms.ppas.models import PPA

add_step(Stage.GUARD, keep_posted)
CUTTERS.append(cut_line)
PROBLEMS |= {
    "uq_act_number": NUMBER_TAKEN,
    "ix_act_code_key": NUMBER_TAKEN,
    "ck_act_first_after_effectivity": Problem(LAST_DAY_FIRST, "last_day_first"),
    "ck_act_other_after_effectivity": Problem(LAST_DAY_FIRST, "last_day_other"),
    "ck_act_extension_names_its_act": Problem(MADE_BY_ACT.required, MADE_BY_ACT.name),
    "ck_budget_line_own_day_has_last_day": OWN_DAY,
    "ck_fund_entry_amount_not_zero": Problem(AMOUNT.message, AMOUNT.name),
    "ck_fund_entry_only_adjustments_signed": TAKES_BACK,
    "ck_fund_entry_void_has_reason": Problem(VOID_REASON.required, VOID_REASON.name),
    "ck_fund_movement_augmentation_has_ground": NO_GROUND,
    "ck_prepared_movement_has_ground": NO_GROUND,
    "ck_prepared_movement_decided_one_way": Problem(DROP_REASON.required, DROP_REASON.name),
    "ck_quarter_closing_quarter_of_the_year": Problem(QUARTER.message, QUARTER.name),
    "ck_quarter_closing_reopening_has_reason": Problem(REASON.required, REASON.name),
}
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
