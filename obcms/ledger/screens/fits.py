"""Whether an amount that is being typed fits, and how much is free: asked of the real checks."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.formats import day, peso
from obcms.kernel.rules.money import AMOUNT_LIMIT
from obcms.ledger.checks import refuse_dates, refuse_lapsed
from obcms.ledger.draft import Draft
from obcms.ledger.entry_input import PAYABLE_OF
from obcms.ledger.fields import ENTRY_FIELDS
from obcms.ledger.hold import closed_through
from obcms.ledger.models import BudgetLine, FundBalance, FundEntry, Obligation
from obcms.ledger.reads.today import today
from obcms.ledger.refusals import WHAT_IS_LEFT
from obcms.ledger.rules.choices import EntryKind, FundCluster, Refusal
from obcms.ledger.rules.effects import OF_A_DISBURSEMENT, OF_AN_OBLIGATION
from obcms.ledger.rules.quarters import Quarter
from obcms.ledger.slack import refuse_breaches

_FIELDS = {one.name: one for one in ENTRY_FIELDS}
Told = dict[str, Any]


def whether_it_fits(line: BudgetLine, values: Mapping[str, Any]) -> Told:
    """`{"message", "free", "fits"}`; `fits` is None where too little is typed to tell.

    `values` as for `post_entry`. Nothing is held and nothing is written: the posting itself
    decides. Raises Invalid for a value that cannot be read.
    """
    amount = _FIELDS["amount"].clean(values["amount"]) if values.get("amount") else None
    draft = _draft(line, values, amount or AMOUNT_LIMIT)
    if (refusal := _dates(draft)) is not None:
        return _told(refusal, fits=False)
    balance = _balance(draft)
    if balance is None and draft.kind is not EntryKind.APPROPRIATION:
        told = "Nothing is appropriated in this class and fund cluster yet."
        return _told(told, "0.00", None if amount is None else False)
    is_under = draft.kind in OF_AN_OBLIGATION - {EntryKind.OBLIGATION}
    if balance is None or (is_under and draft.obligation is None):
        return _told("")
    towards = AMOUNT_LIMIT if draft.amount > 0 else -AMOUNT_LIMIT
    most = _breach(draft.but(amount=towards), balance, values)
    if most is None:  # nothing limits it
        return _told("", fits=True)
    broken = _breach(draft, balance, values) if amount is not None else None
    free = most.details["available"]
    left = f"{peso(Decimal(free))} {WHAT_IS_LEFT[Refusal(most.details['code'])]}"
    if amount is None:
        return _told(f"{left}.", free)
    if broken is not None:
        return _told(f"Does not fit. {broken}", free, False)
    after = peso(Decimal(free) - abs(amount))
    return _told(f"Fits: {left}; {after} after this.", free, True)


def _told(message: str, free: str | None = None, fits: bool | None = None) -> Told:
    return {"message": message, "free": free, "fits": fits}


def _draft(line: BudgetLine, values: Mapping[str, Any], amount: Decimal) -> Draft:
    names = ("kind", "appropriation_class", "fund_cluster", "entry_date", "document_date")
    said = {name: _FIELDS[name].clean(values.get(name)) for name in names}
    kind, on = said["kind"], said["entry_date"] or today()
    disbursement, under = None, values.get("obligation_id")
    if kind in OF_A_DISBURSEMENT and values.get("disbursement_id"):
        disbursement = db.session.get(FundEntry, values["disbursement_id"])
        under = disbursement.obligation_id if disbursement else None
    is_under = kind in OF_AN_OBLIGATION and kind is not EntryKind.OBLIGATION
    obligation = db.session.get(Obligation, under) if is_under and under else None
    return Draft(
        line=line,
        appropriation_class=said["appropriation_class"],
        fund_cluster=said["fund_cluster"] or FundCluster.REGULAR,
        kind=kind,
        amount=amount,
        posting_date=on,
        document_date=said["document_date"] or on,
        obligation=obligation,
        disbursement=disbursement,
        more={"override_reason": values.get("override_reason", "")},
    )


def _dates(draft: Draft) -> str | None:
    """The first reason that the days give against the entry."""
    closed = closed_through()
    if closed is not None and draft.posting_date <= closed:
        quarter = Quarter.of(draft.posting_date)
        first = Quarter.of(closed).next.first_day
        return f"The {quarter} is closed; the first open day is {day(first)}."
    try:
        refuse_dates(draft)
        if not draft.is_overridden:
            refuse_lapsed([draft])
    except Invalid as error:
        return str(error)
    return None


def _balance(draft: Draft) -> FundBalance | None:
    line_id, of_class, cluster = draft.key
    query = select(FundBalance).where(
        FundBalance.line_id == line_id,
        FundBalance.appropriation_class == of_class,
        FundBalance.fund_cluster == cluster,
    )
    return db.session.scalar(query)


def _breach(draft: Draft, balance: FundBalance, values: Mapping[str, Any]) -> Invalid | None:
    """The first limit that the draft would break, with its payable where one goes along."""
    drafts = [draft]
    if values.get("with_payable") and draft.kind in PAYABLE_OF:
        drafts.append(draft.but(kind=PAYABLE_OF[draft.kind], disbursement=None))
    try:
        refuse_breaches(drafts, {draft.key: balance})
    except Invalid as error:
        return error
    return None
