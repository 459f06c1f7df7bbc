"""Enabling and disabling the tracking of a PPA by a work tree (SPEC 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from obcms.errors import Conflict, Invalid, Problem
from obcms.extensions import db
from obcms.models import PPA, StructureTemplate, WorkItem
from obcms.permissions import Actor, Permission, require
from obcms.rules.choices import Category, DistributionMethod, PPAStatus, TemplateKind, WorkType
from obcms.rules.distribution import split, split_equally
from obcms.rules.outline_text import parse_outline
from obcms.rules.planning import PlannedItem, plan, plan_milestones
from obcms.rules.shipped_templates import choose_template
from obcms.services.access import lock_ppa

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
    lock_ppa(ppa)
    if ppa.enable_workitem_tracking:
        raise Conflict(f"Tracking of {ppa.code} is enabled already; it has its execution project.")
    if missing := missing_for_tracking(ppa):
        raise Invalid(missing)
    _apply_settings(ppa, options)
    if ppa.execution_project_id is None:
        root = _create_project(ppa, options.template)
        ppa.execution_project_id = root.id
    ppa.enable_workitem_tracking = True
    db.session.flush()
    return db.session.get_one(WorkItem, ppa.execution_project_id)


def disable_tracking(actor: Actor, ppa: PPA) -> None:
    """Hides the work tree and stops following it; nothing is deleted, enabling restores it."""
    require(actor, Permission.PPA_TRACK, ppa)
    lock_ppa(ppa)
    if not ppa.enable_workitem_tracking:
        raise Conflict(f"Tracking of {ppa.code} is not enabled.")
    ppa.enable_workitem_tracking = False
    db.session.flush()


def template_names() -> list[tuple[str, str]]:
    """(name, title) of every structure template, in the order in which they were made."""
    query = select(StructureTemplate.name, StructureTemplate.title).order_by(StructureTemplate.id)
    return [(name, title) for name, title in db.session.execute(query)]


def policy_names() -> list[tuple[str, str]]:
    """(value, label) of every budget distribution policy."""
    by_template = [(name, f"By template: {title}") for name, title in template_names()]
    return [(policy.value, policy.label) for policy in SPREADING_POLICIES] + by_template


def missing_for_tracking(ppa: PPA) -> list[Problem]:
    """What the PPA still needs before it can be tracked (SPEC 3); empty when it is ready."""
    problems = []
    if not ppa.title.strip():
        problems.append(Problem("The PPA needs a title.", "title"))
    if ppa.category is Category.MOA_PPA and ppa.implementing_moa_id is None:
        problems.append(Problem("A MOA PPA needs its implementing MOA.", "implementing_moa"))
    if not ppa.budget_allocation:
        problems.append(Problem("The PPA needs a budget allocation.", "budget_allocation"))
    if ppa.status not in (PPAStatus.PLANNING, PPAStatus.ONGOING):
        problems.append(
            Problem(
                f"Only a PPA in planning or ongoing can be tracked; this one is "
                f"{ppa.status.label.lower()}.",
                "status",
            )
        )
    return problems


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


def _create_project(ppa: PPA, asked: str | None) -> WorkItem:
    known = [name for name, _ in template_names()]
    name = choose_template(asked, ppa.budget_distribution_policy, known)
    template = db.session.scalars(
        select(StructureTemplate).where(StructureTemplate.name == name)
    ).one()
    root = WorkItem(
        ppa=ppa,
        work_type=WorkType.PROJECT,
        title=ppa.title,
        allocated_budget=ppa.budget_allocation,
        start_date=ppa.start_date,
        end_date=ppa.target_end_date,
    )
    db.session.add(root)
    _add_children(root, ppa, _planned(ppa, template), ppa.budget_allocation)
    db.session.flush()
    return root


def _planned(ppa: PPA, template: StructureTemplate) -> tuple[PlannedItem, ...]:
    if template.kind is TemplateKind.MILESTONES:
        milestones = [(milestone.title, milestone.due_date) for milestone in ppa.milestones]
        return plan_milestones(
            milestones, ppa.budget_allocation, ppa.start_date, ppa.target_end_date
        )
    outline = parse_outline(template.outline)
    return plan(outline, ppa.budget_allocation, ppa.start_date, ppa.target_end_date)


def _add_children(
    parent: WorkItem, ppa: PPA, planned: Sequence[PlannedItem], budget: Decimal | None
) -> None:
    amounts = _amounts(ppa.budget_distribution_policy, planned, budget)
    for position, (one, amount) in enumerate(zip(planned, amounts, strict=True)):
        item = WorkItem(
            parent=parent,
            ppa=ppa,
            position=position,
            work_type=one.work_type,
            title=one.title,
            allocated_budget=amount,
            budget_share=one.budget_share,
            start_date=one.start,
            end_date=one.end,
        )
        db.session.add(item)
        _add_children(item, ppa, one.children, amount)


def _amounts(
    policy: str, planned: Sequence[PlannedItem], budget: Decimal | None
) -> Sequence[Decimal | None]:
    """Equal parts, nothing yet (to be entered by hand), or the template's shares as weights."""
    if not planned or budget is None or policy == DistributionMethod.MANUAL:
        return [None] * len(planned)
    if policy == DistributionMethod.EQUAL:
        return split_equally(budget, len(planned))
    return split(budget, [one.budget_share for one in planned])
