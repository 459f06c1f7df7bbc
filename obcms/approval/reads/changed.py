"""What has changed since an office last decided on a PPA, for whoever decides now (SPEC 7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from obcms.approval.models import ApprovalStep
from obcms.approval.reads.offices import STAGE_PERMISSIONS
from obcms.approval.rules.steps import Action
from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.audit.wording import SILENT, label_of, shown
from obcms.kernel.extensions import db
from obcms.ppas.models import PPA, Milestone, ppa_supporting_organization

# Columns that follow from others: the stage itself, and figures of the work tree.
DERIVED = {
    "approval_status",
    "delivery_flag",
    "execution_project_id",
    "over_distributed",
    "progress",
}
PARTS = {Milestone.__tablename__: "Milestones", ppa_supporting_organization.name: "Supporters"}


@dataclass(frozen=True, slots=True)
class ChangedColumn:
    """A column before and now, in words; parts are only named."""

    label: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """What became another since a step."""

    since: ApprovalStep
    differences: Sequence[ChangedColumn]


def changed_since(ppa: PPA, steps: Sequence[ApprovalStep]) -> Changed | None:
    """Since the last step of the office that decides now, else since the submission.

    `steps` are all those taken, oldest first; None where there was neither.
    """
    office = STAGE_PERMISSIONS.get(ppa.approval_status)
    own = [step for step in steps if STAGE_PERMISSIONS[step.from_status] is office]
    submitted = [step for step in steps if step.action is Action.SUBMIT]
    last = (own or submitted)[-1:]
    return Changed(last[0], _differences(ppa, last[0])) if last else None


def _differences(ppa: PPA, step: ApprovalStep) -> list[ChangedColumn]:
    first = select(AuditEntry.id).where(
        AuditEntry.table_name == ApprovalStep.__tablename__, AuditEntry.row_key == str(step.id)
    )
    query = (
        select(AuditEntry.table_name, AuditEntry.changes)
        .where(
            AuditEntry.ppa_id == ppa.id,
            AuditEntry.table_name.in_([PPA.__tablename__, *PARTS]),
            # All there is where the step's own entry was moved to a file.
            AuditEntry.id > func.coalesce(first.limit(1).scalar_subquery(), 0),
        )
        .order_by(AuditEntry.id)
    )
    pairs: dict[str, tuple[Any, Any]] = {}
    parts: dict[str, ChangedColumn] = {}
    for table, changes in db.session.execute(query):
        if table in PARTS:
            parts[table] = ChangedColumn(PARTS[table])
            continue
        for name in changes.keys() - DERIVED - SILENT:
            old, new = changes[name]
            pairs[name] = (pairs[name][0] if name in pairs else old, new)
    columns = [
        ChangedColumn(label_of(name), shown("ppa", name, old), shown("ppa", name, new))
        for name, (old, new) in sorted(pairs.items())
        if old != new
    ]
    return [*columns, *parts.values()]
