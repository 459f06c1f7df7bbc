"""Enabling and disabling the tracking of a PPA by a work tree (SPEC 3)."""

from dataclasses import dataclass

from obcms.kernel.errors import Conflict, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.ppas.access import lock_ppa
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem
from obcms.work.project import create_project, missing_for_tracking, template_names
from obcms.work.rules.choices import DistributionMethod

# Policies that say how to spread; any other policy is the name of a template.
SPREADING_POLICIES = (
    DistributionMethod.EQUAL,
    DistributionMethod.WEIGHTED,
    DistributionMethod.MANUAL,
)


@dataclass(frozen=True, slots=True)
class Tracking:
    """How to track; None leaves the PPA's own setting."""

    template: str | None = None
    policy: str | None = None
    auto_sync_progress: bool | None = None
    auto_sync_status: bool | None = None


def enable_tracking(actor: Actor, ppa: PPA, options: Tracking = Tracking()) -> WorkItem:
    """Creates the execution project with its structure, budget and dates; returns the root.

    A tree that was hidden by disabling comes back as it was. Raises Conflict when the PPA is
    tracked already, Invalid naming everything that is missing.
    """
    require(actor, Permission.PPA_TRACK, ppa)
    lock_ppa(actor, ppa)
    if ppa.has_work_tree:
        raise Conflict(f"Tracking of {ppa.code} is enabled already; it has its execution project.")
    if missing := missing_for_tracking(ppa):
        raise Invalid(missing)
    _apply_settings(ppa, options)
    if ppa.execution_project_id is None:
        create_project(ppa, options.template)
    ppa.enable_workitem_tracking = True
    db.session.flush()
    return db.session.get_one(WorkItem, ppa.execution_project_id)


def track_from_submission(actor: Actor, ppa: PPA, wanted: bool) -> None:
    """Whether submitting the draft creates its execution project (SPEC 7)."""
    require(actor, Permission.PPA_TRACK, ppa)
    lock_ppa(actor, ppa)
    if ppa.has_work_tree:
        raise Conflict(f"Tracking of {ppa.code} is enabled already; it has its execution project.")
    ppa.enable_workitem_tracking = wanted
    db.session.flush()


def disable_tracking(actor: Actor, ppa: PPA) -> None:
    """Hides the work tree and stops following it; nothing is deleted, enabling restores it."""
    require(actor, Permission.PPA_TRACK, ppa)
    lock_ppa(actor, ppa)
    if not ppa.enable_workitem_tracking:
        raise Conflict(f"Tracking of {ppa.code} is not enabled.")
    ppa.enable_workitem_tracking = False
    db.session.flush()


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
