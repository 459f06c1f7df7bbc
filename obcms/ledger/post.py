"""Posting one entry on a line, with the payable that it brings along (SPEC 6)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, can_see, require
from obcms.kernel.rules.folding import code_key
from obcms.ledger.access import require_kind, require_override
from obcms.ledger.book import book
from obcms.ledger.checks import refuse_dates, refuse_lapsed, refuse_second_advance
from obcms.ledger.draft import Draft
from obcms.ledger.entry_input import PAYABLE_OF, clean_entry, kind_of
from obcms.ledger.hold import BalanceKey, hold_balances, hold_office, hold_period
from obcms.ledger.models import BudgetLine, FundBalance, FundEntry, Obligation
from obcms.ledger.quarters import refuse_closed
from obcms.ledger.refusals import is_void, no_such_line, obligated_already, refused
from obcms.ledger.requests import new_request
from obcms.ledger.rules.choices import EntryKind, PaymentMode, Refusal
from obcms.ledger.rules.effects import OF_A_DISBURSEMENT, OF_AN_OBLIGATION
from obcms.ledger.slack import refuse_breaches

# What an entry keeps as it was said; the others decide where it belongs.
KEPT = (
    "reference",
    "payee",
    "acceptance_date",
    "acceptance_number",
    "is_final",
    "mode",
    "to_be_liquidated",
    "uacs_object_code",
    "remarks",
)


def post_entry(actor: Actor, line: BudgetLine, values: Mapping[str, Any]) -> FundEntry:
    """Posts one entry; `values` by the names of ENTRY_FIELDS. Returns it, flushed.

    Raises NotFound for a line that is not the actor's, Forbidden for a kind that the role does not
    post, and Invalid for all else, with a code and, for money, what is free. A reason to override
    is kept only where it was needed.
    """
    require(actor, Permission.FUND_VIEW)
    if not can_see(actor, line):
        raise no_such_line()
    require_kind(actor, kind_of(values))
    given = clean_entry(values)
    if given["override_reason"]:
        require_override(actor)
    period = hold_period()
    if given["mode"] is PaymentMode.CASH_ADVANCE:
        hold_office(line.organization_id)
    key = (line.id, given["appropriation_class"], given["fund_cluster"])
    held = hold_balances([key])
    draft = _draft(held[key], given)
    refuse_dates(draft)
    refuse_closed(period, draft.posting_date)
    drafts = [draft, payable_of(draft)] if given["with_payable"] else [draft]
    reason = given["override_reason"]
    overridden = bool(reason) and _is_beyond(drafts, held)
    if not overridden:
        refuse_lapsed(drafts)
    refuse_second_advance(draft)
    if overridden:
        draft.more["override_reason"] = reason
    return book(actor, drafts, held)[0]


def _draft(balance: FundBalance, given: Mapping[str, Any]) -> Draft:
    disbursement = _disbursement(balance, given)
    return Draft(
        line=balance.line,
        appropriation_class=balance.appropriation_class,
        fund_cluster=balance.fund_cluster,
        kind=given["kind"],
        amount=given["amount"],
        posting_date=given["entry_date"],
        document_date=given["document_date"],
        obligation=_obligation(balance, given, disbursement),
        disbursement=disbursement,
        more={name: given[name] for name in KEPT},
    )


def payable_of(draft: Draft) -> Draft:
    """What becomes due with a disbursement, by its voucher; or is due no more with a refund."""
    taken = ("reference", "payee", "remarks")
    more = {name: draft.more[name] for name in taken}
    more["acceptance_number"] = draft.more["reference"]
    more["acceptance_date"] = draft.document_date
    return draft.but(kind=PAYABLE_OF[draft.kind], disbursement=None, more=more, along=True)


def _is_beyond(drafts: list[Draft], held: Mapping[BalanceKey, FundBalance]) -> bool:
    """Whether there is anything to override."""
    try:
        refuse_lapsed(drafts)
        refuse_breaches(drafts, held)
    except Invalid:
        return True
    return False


def _obligation(
    balance: FundBalance, given: dict[str, Any], disbursement: FundEntry | None
) -> Obligation | None:
    """The one it belongs to, or a new one; the balance is held, so it stays as it is read."""
    kind = given["kind"]
    if kind not in OF_AN_OBLIGATION:
        return None
    if kind is EntryKind.OBLIGATION:
        return _new_obligation(balance, given)
    number = disbursement.obligation_id if disbursement else given["obligation_id"]
    query = select(Obligation).where(Obligation.id == number, Obligation.balance_id == balance.id)
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        message = "There is no such obligation on this line, class and fund cluster."
        raise refused(Refusal.INPUT, message, "obligation")
    if found.is_void:
        raise is_void(found.ors_number)
    given["payee"] = given["payee"] or found.payee
    return found


def _new_obligation(balance: FundBalance, given: Mapping[str, Any]) -> Obligation:
    number = given["reference"]
    same = select(Obligation.id).where(
        Obligation.balance_id == balance.id,
        Obligation.number_key == code_key(number),
        Obligation.is_void.is_(False),
    )
    if db.session.scalar(same) is not None:
        raise obligated_already(number)
    return new_request(balance, number, given["payee"], given["remarks"], given["entry_date"])


def _disbursement(balance: FundBalance, given: Mapping[str, Any]) -> FundEntry | None:
    """What is liquidated, refunded or cancelled."""
    if given["kind"] not in OF_A_DISBURSEMENT:
        return None
    found = db.session.get(FundEntry, given["disbursement_id"])
    is_one = found is not None and found.kind is EntryKind.DISBURSEMENT and found.voids_id is None
    if not is_one or found.balance_id != balance.id:
        message = "There is no such disbursement on this line, class and fund cluster."
        raise refused(Refusal.INPUT, message, "disbursement")
    advanced = found.mode is PaymentMode.CASH_ADVANCE or found.to_be_liquidated
    if given["kind"] is EntryKind.LIQUIDATION and not advanced:
        message = f"{found.reference} is neither a cash advance nor to be liquidated."
        raise refused(Refusal.INPUT, message, "disbursement")
    return found
