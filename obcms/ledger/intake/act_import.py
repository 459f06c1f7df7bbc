"""Importing an act's table: its lines with what each is appropriated and allotted (SPEC 6)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import String, cast, select

from obcms.imports.declared import Import, Json, Undoing, Written, add_import
from obcms.imports.outcome import ImportOutcome, PlannedRow, RowKind
from obcms.imports.pages import Pages
from obcms.imports.table.parsed import table_from_json
from obcms.kernel.audit.conflicts import TOLD
from obcms.kernel.audit.models import AuditAction, AuditEntry
from obcms.kernel.extensions import db
from obcms.kernel.formats import moment
from obcms.kernel.permissions import Actor, Permission
from obcms.ledger.acts import Appropriated, appropriate, create_act
from obcms.ledger.hold import hold_period
from obcms.ledger.intake.act_lines import SHOWN, ActRecords
from obcms.ledger.intake.act_table import ANSWERS, CLASSES, TASK
from obcms.ledger.intake.act_target import Target
from obcms.ledger.lines import add_lines, line_key, lines_of, say_anew
from obcms.ledger.models import AppropriationsAct, BudgetLine, FundBalance, FundEntry
from obcms.ledger.reads.imported import imported_lines
from obcms.ledger.void_act import void_appropriations


def _write(actor: Actor, rows: Sequence[PlannedRow]) -> list[Written]:
    target = rows[0].values["target"]
    act = _act(actor, target)
    add_lines(actor, act, [row.values["line"] for row in rows if row.record_id is None])
    lines = lines_of(act)
    of_rows = [lines[_key(row)] for row in rows]
    there = [(line, row) for line, row in zip(of_rows, rows, strict=True) if row.record_id]
    if there:
        emptied, said = zip(*there, strict=True)
        say_anew(actor, act, emptied, [row.values["line"] for row in said])
    given = zip(of_rows, (row.values["amounts"] for row in rows), strict=True)
    posted = appropriate(actor, act, [Appropriated(line, amounts) for line, amounts in given])
    entries = _by_line(posted)
    return [
        Written(line.id, None, {"act": act.number, "entries": entries[line.id]}) for line in of_rows
    ]


def _act(actor: Actor, target: Target) -> AppropriationsAct:
    """The act itself, made where it is missing."""
    if target.act_id is not None:
        return db.session.get_one(AppropriationsAct, target.act_id)
    return create_act(
        actor,
        {
            "number": target.number,
            "fiscal_year": target.year,
            "kind": target.kind,
            "effectivity": date(target.year, 1, 1),
        },
    )


def _key(row: PlannedRow) -> tuple:
    line = row.values["line"]
    return line_key(line["organization_id"], line["cost_structure"], line["title"])


def _by_line(posted: Sequence[int]) -> dict[int, list[int]]:
    """The numbers of the entries by their line's."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    if posted:
        query = select(FundBalance.line_id, FundEntry.id).join(FundEntry.balance)
        query = query.where(FundEntry.id.between(min(posted), max(posted)))
        mine = set(posted)
        for line_id, fund_entry_id in db.session.execute(query.order_by(FundEntry.id)):
            if fund_entry_id in mine:
                found[line_id].append(fund_entry_id)
    return found


def _undo(actor: Actor, undoing: Undoing) -> None:
    entries = [number for row in undoing.rows for number in row.after["entries"]]
    void_appropriations(actor, [row.record_id for row in undoing.rows], entries, undoing.reason)


def _totals(outcome: ImportOutcome) -> Json:
    """What the new and the unchanged rows come to, by class and in all; pesos."""
    totals = {
        name: sum((row.shown[name] or Decimal(0) for row in outcome.rows), Decimal(0))
        for name in CLASSES
    }
    totals["total"] = sum(totals.values(), Decimal(0))
    return {"totals": {name: f"{amount:.2f}" for name, amount in totals.items()}}


def _changed_since(_rows: Sequence[PlannedRow], since: datetime) -> list[str]:
    """Which lines of any act were added meanwhile, and by whom."""
    query = select(AuditEntry, BudgetLine.title).where(
        AuditEntry.table_name == BudgetLine.__tablename__,
        AuditEntry.action == AuditAction.INSERT,
        AuditEntry.at > since,
    )
    query = query.join(BudgetLine, cast(BudgetLine.id, String) == AuditEntry.row_key)
    return [
        f"{audit_entry.actor_name} added the line {title} on {moment(audit_entry.at)}"
        for audit_entry, title in db.session.execute(query.order_by(AuditEntry.id).limit(TOLD))
    ]


ACT_TABLE = add_import(
    Import(
        name="act",
        title="Import an act's table",
        plural="budget lines",
        permission=Permission.FUND_RELEASE,
        task=TASK,
        answers=ANSWERS,
        from_json=table_from_json,
        shown=SHOWN,
        records=ActRecords,
        # Whoever imports the same table, or closes a quarter, meanwhile waits.
        lock=lambda _rows: hold_period(alone=True),
        write=_write,
        undo=_undo,
        kinds=(RowKind.NEW, RowKind.UNCHANGED),
        asks_reason=True,
        pages=Pages(
            "What an act appropriates: one row for each line, with its amounts by class, as Excel "
            "workbook or CSV. The columns are found by their names. Nothing is written before you "
            "have seen the preview.",
            guide=("acts", "About acts and their import"),
            undo_help="Undoing voids every appropriation and allotment of this import at once, "
            "dated like it, or today where its quarter is closed. Its lines stay without money. It "
            "works as long as nothing else was posted on them.",
            undone="Undone: every appropriation and allotment of this import is voided.",
            written="ledger/imported_lines.html",
            read_written=imported_lines,
        ),
        told=_totals,
        changed_since=_changed_since,
    )
)
