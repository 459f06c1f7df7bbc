"""What an entry must meet before its money is asked for, in the order in which it is told."""

from collections.abc import Sequence
from datetime import date

from obcms.kernel.formats import day
from obcms.ledger.draft import Draft
from obcms.ledger.reads.advances import open_advance
from obcms.ledger.reads.last_days import last_day_of
from obcms.ledger.reads.today import today
from obcms.ledger.refusals import refused, unliquidated
from obcms.ledger.rules.choices import EntryKind, PaymentMode, Refusal
from obcms.ledger.rules.effects import binds_last_day


def refuse_dates(draft: Draft) -> None:
    """A posting date is at most today, and no document is dated after it."""
    if draft.posting_date > today():
        raise refused(Refusal.DATE, "The posting date is in the future.", "entry_date")
    if draft.document_date > draft.posting_date:
        raise refused(
            Refusal.DATE,
            f"The document is dated {day(draft.document_date)}, after the posting date.",
            "document_date",
        )
    accepted = draft.more.get("acceptance_date")
    if accepted is not None and accepted > draft.posting_date:
        raise refused(
            Refusal.DATE,
            f"It was accepted on {day(accepted)}, after the posting date; a payable is due only "
            "once the goods or services are accepted.",
            "acceptance_date",
        )


def refuse_lapsed(drafts: Sequence[Draft], moved: bool = False) -> None:
    """After the last day to obligate nothing is obligated, allotted or moved."""
    for draft in drafts:
        if moved or binds_last_day(draft.kind, draft.amount):
            refuse_after(last_day_of(draft.line, draft.appropriation_class), draft)


def refuse_after(last: date | None, draft: Draft) -> None:
    """Raises Invalid for an entry that is posted after this last day to obligate."""
    if last is not None and draft.posting_date > last:
        label = draft.appropriation_class.label
        raise refused(
            Refusal.VALIDITY,
            f"{draft.line.act.number}, {label}: the last day to obligate was {day(last)}.",
            "entry_date",
        )


def refuse_second_advance(draft: Draft) -> None:
    """Nobody gets a cash advance while an earlier one is not liquidated."""
    if draft.kind is not EntryKind.DISBURSEMENT or draft.more["mode"] != PaymentMode.CASH_ADVANCE:
        return
    found = open_advance(draft.more["payee"], draft.line.organization_id)
    if found is not None:
        raise unliquidated(found)
