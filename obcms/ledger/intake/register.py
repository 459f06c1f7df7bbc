"""Importing a register of entries, or opening balances: posted together, voided together."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from obcms.imports.declared import Import, Undoing, Written, add_import
from obcms.imports.outcome import ImportOutcome, PlannedRow, RowKind
from obcms.imports.pages import Pages
from obcms.kernel.permissions import Actor, Permission
from obcms.ledger.batch import Batch
from obcms.ledger.draft import Draft
from obcms.ledger.hold import hold_balances, hold_office, hold_period
from obcms.ledger.intake.act_table import CLASSES
from obcms.ledger.intake.register_file import from_json
from obcms.ledger.intake.register_ledger import NAME
from obcms.ledger.intake.register_records import POSTINGS, SHOWN, Posting, RegisterRecords
from obcms.ledger.intake.register_table import REGISTER_ANSWERS, TASK
from obcms.ledger.models import FundEntry
from obcms.ledger.reads.imported import imported_entries
from obcms.ledger.reads.since import posted_since
from obcms.ledger.void_batch import void_batch


def _postings(rows: Sequence[PlannedRow]) -> Iterator[Posting]:
    for row in rows:
        yield from row.values[POSTINGS]


def _hold(rows: Sequence[PlannedRow]) -> None:
    """The period, the offices that pay an advance, and the balances, in that order."""
    hold_period()
    for office in sorted({one.office for one in _postings(rows) if one.office is not None}):
        hold_office(office)
    hold_balances(one.key for one in _postings(rows))


def _write(actor: Actor, rows: Sequence[PlannedRow]) -> list[Written]:
    """Posts them in their order; a payment that the file brings is named by what takes it back."""
    batch = Batch(actor, {one.key for one in _postings(rows)})
    places: dict[FundEntry, int] = {}
    drafts: list[Draft] = []
    for planned in (one.planned for one in _postings(rows)):
        for place, draft in enumerate(planned.drafts):
            if draft.disbursement in places:
                draft = draft.but(disbursement=batch.entry(places[draft.disbursement]))
            at = batch.add(draft)
            drafts.append(draft)
            if planned.pays is not None and place == 0:
                places[planned.pays] = at
    posted = batch.post()
    return [
        Written(number, None, {"kind": draft.kind.value, "amount": f"{draft.amount:.2f}"})
        for number, draft in zip(posted, drafts, strict=True)
    ]


def _undo(actor: Actor, undoing: Undoing) -> None:
    void_batch(actor, [one.record_id for one in undoing.rows], undoing.reason)


def _told(outcome: ImportOutcome) -> dict[str, Any]:
    """What is accepted by class, unchanged rows included; pesos. Of an opening balance its
    obligation counts, which the others are parts of.
    """
    totals = {name: Decimal("0.00") for name in CLASSES}
    for row in outcome.rows:
        totals[row.shown["appropriation_class"].value] += row.shown["amount"]
    totals["total"] = sum(totals.values())
    return {"totals": {name: f"{amount:.2f}" for name, amount in totals.items()}}


def _changed_since(rows: Sequence[PlannedRow], since: datetime) -> list[str]:
    return posted_since({one.key for one in _postings(rows)}, since)


REGISTER = add_import(
    Import(
        name=NAME,
        title="Import a register",
        plural="ledger entries",
        permission=Permission.FUND_SPEND,
        task=TASK,
        answers=REGISTER_ANSWERS,
        from_json=from_json,
        shown=SHOWN,
        kinds=(RowKind.NEW, RowKind.UNCHANGED),
        records=RegisterRecords,
        lock=_hold,
        write=_write,
        undo=_undo,
        asks_reason=True,
        pages=Pages(
            "A register of obligations, payables and payments, or the opening balances of an "
            "office that starts in mid-year: one row for each, as Excel workbook or CSV. The "
            "columns are found by their names. Nothing is posted before you have seen the preview.",
            guide=("ledger-register", "About importing a register"),
            undo="Void this import",
            undo_help="Voiding takes back every entry of this import at once: each by an entry of "
            "its own, dated like it, or today where its quarter is closed. It works as long as "
            "nobody entered anything on top of them.",
            undone="Voided: every entry of this import is taken back.",
            written="ledger/imported.html",
            read_written=imported_entries,
        ),
        told=_told,
        changed_since=_changed_since,
    )
)
