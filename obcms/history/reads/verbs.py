"""What was done to a record, as the middle of a sentence: who, what, and the record's name."""

from typing import Any

from sqlalchemy import Row

from obcms.approval.rules.choices import AMENDED, AmendmentKind
from obcms.approval.rules.steps import DONE, Action
from obcms.kernel.audit.models import AuditAction
from obcms.kernel.audit.wording import RECORD_NAMES, SILENT

PLACE = frozenset({"position", "parent_id"})
VERBS = {
    AuditAction.INSERT: "added",
    AuditAction.UPDATE: "changed",
    AuditAction.DELETE: "removed",
}


def verb_of(entry: Row[Any]) -> str:
    """Such as “moved work item”; the name follows it."""
    changes = entry.changes
    match entry.table_name, entry.action:
        case "approval_step", AuditAction.INSERT:
            return DONE[Action(changes["action"][1])]
        case "ppa_amendment", AuditAction.INSERT:
            return AMENDED[AmendmentKind(changes["kind"][1])]
        case "fund_entry", AuditAction.INSERT:
            return "posted" if changes["voids_id"][1] is None else "voided"
        case "distribution_batch", AuditAction.INSERT:
            return "distributed the budget of"
        case "distribution_batch", AuditAction.UPDATE if "undone_at" in changes:
            return "undid the distribution over"
        case "expenditure", AuditAction.UPDATE if "voided_at" in changes:
            return "voided expenditure"
    record = RECORD_NAMES.get(entry.table_name, entry.table_name.replace("_", " "))
    return f"{'moved' if _is_move(entry) else VERBS[AuditAction(entry.action)]} {record}"


def _is_move(entry: Row[Any]) -> bool:
    """Whether nothing but its place is another."""
    changed = entry.changes.keys()
    return bool(
        entry.action == AuditAction.UPDATE and PLACE & changed and not changed - PLACE - SILENT
    )
