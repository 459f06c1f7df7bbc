"""Enabling and disabling the tracking of a PPA by a work tree (SPEC 3)."""

from dataclasses import dataclass

from sqlalchemy import select

from obcms.kernel.errors import Conflict, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.kernel.rules.fields import Text
from obcms.ppas.access import lock_ppa
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus
from obcms.work.models import WorkItem
from obcms.work.project import create_project, missing_for_tracking, template_names
from obcms.work.rules.choices import DistributionMethod

# Policies that say how to spread; any other policy is the name of a template.
SPREADING_POLICIES = (
    DistributionMethod.EQUAL,
    DistributionMethod.WEIGHTED,
    DistributionMethod.MANUAL,
)


REASON = Text("reason", required="Say why this PPA is no longer tracked.")


@dataclass(frozen=True, slots=True)
class Tracking:
    """How to track; None leaves the PPA's own setting."""

    template: str | None = None
    policy: str | None = None
    auto_sync_progress: bool | None = None
    auto_sync_status: bool | None = None


def enable_tracking(actor: Actor, ppa: PPA, options: Tracking = Tracking()) -> WorkItem:
    """Creates the execution project with its structure, budget and dates; returns the root.

    A tree that is kept since tracking was disabled goes on as it was. Raises Conflict when the PPA
    is tracked already, Invalid naming everything that is missing.
    """
    require(actor, Permission.PPA_TRACK, ppa)
    lock_ppa(actor, ppa)
    _refuse_tracked(ppa)
    if missing := missing_for_tracking(ppa):
        raise Invalid(missing)
    _apply_settings(ppa, options)
    if ppa.execution_project_id is None:
        create_project(ppa, options.template)
    ppa.enable_workitem_tracking = True
    ppa.tracking_note = ""
    db.session.flush()
    return db.session.get_one(WorkItem, ppa.execution_project_id)


def track_from_submission(actor: Actor, ppa: PPA, wanted: bool) -> None:
    """Whether submitting the draft creates its execution project (SPEC 7)."""
    require(actor, Permission.PPA_TRACK, ppa)
    lock_ppa(actor, ppa)
    _refuse_tracked(ppa)
    ppa.enable_workitem_tracking = wanted
    db.session.flush()


def _refuse_tracked(ppa: PPA) -> None:
    if ppa.has_work_tree:
        raise Conflict(f"Tracking of {ppa.code} is enabled already; it has its execution project.")


def disable_tracking(actor: Actor, ppa: PPA, reason: str = "") -> None:
    """Stops following the work tree, which takes no more writes; enabling restores it (SPEC 3).

    Nothing is deleted, and money stays counted and readable. Raises Invalid without a reason
    where one is needed, Conflict where tracking is not enabled.
    """
    require(actor, Permission.PPA_TRACK, ppa)
    lock_ppa(actor, ppa)
    if not ppa.enable_workitem_tracking:
        raise Conflict(f"Tracking of {ppa.code} is not enabled.")
    note = REASON.clean(reason) if reason.strip() or needs_reason(ppa) else ""
    ppa.enable_workitem_tracking = False
    ppa.tracking_note = note
    db.session.flush()


def needs_reason(ppa: PPA) -> bool:
    """Whether disabling needs one: money is posted, or the PPA is past draft (SPEC 3)."""
    if ppa.approval_status is not ApprovalStatus.DRAFT:
        return True
    spent = select(WorkItem.spent_total).where(WorkItem.id == ppa.execution_project_id)
    return bool(db.session.scalar(spent))


def policy_names() -> list[tuple[str, str]]:
    """(value, label) of every budget distribution policy."""
    by_template = [(name, f"By template: {title}") for name, title in template_names()]
    return [(policy.value, policy.label) for policy in SPREADING_POLICIES] + by_template


def _apply_settings(ppa: PPA, options: Tracking) -> None:
    if options.policy is not None:
        if options.policy not in dict(policy_names()):
            raise Invalid(
                f"“{options.policy}” is not a distribution policy.", "budget_distribution_policy"
            )
        ppa.budget_distribution_policy = options.policy
    if options.auto_sync_progress is not None:
        ppa.auto_sync_progress = options.auto_sync_progress
    if options.auto_sync_status is not None:
        ppa.auto_sync_status = options.auto_sync_status
