"""Building the execution project of a PPA from a structure template (SPEC 3)."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from obcms.errors import Problem
from obcms.extensions import db
from obcms.models import PPA, StructureTemplate, WorkItem
from obcms.rules.choices import Category, DistributionMethod, PPAStatus, TemplateKind, WorkType
from obcms.rules.distribution import split, split_equally
from obcms.rules.outline_text import parse_outline
from obcms.rules.planning import PlannedItem, plan, plan_milestones
from obcms.rules.shipped_templates import choose_template

# In the session's own notes: PPAs whose project is being written by this flush.
NEW_PROJECTS = "new_projects"


def template_names() -> list[tuple[str, str]]:
    """(name, title) of every structure template, in the order in which they were made."""
    query = select(StructureTemplate.name, StructureTemplate.title).order_by(StructureTemplate.id)
    return [(name, title) for name, title in db.session.execute(query)]


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


def create_project(ppa: PPA, asked: str | None) -> WorkItem:
    """Adds the root and its children to the session, for the flush that writes the PPA too.

    `asked` names a structure template; without one the PPA's policy decides.
    """
    known = [name for name, _ in template_names()]
    name = choose_template(asked, ppa.budget_distribution_policy, known)
    template = db.session.scalars(
        select(StructureTemplate).where(StructureTemplate.name == name)
    ).one()
    root = WorkItem(
        ppa_id=ppa.id,
        work_type=WorkType.PROJECT,
        title=ppa.title,
        allocated_budget=ppa.budget_allocation,
        start_date=ppa.start_date,
        end_date=ppa.target_end_date,
    )
    db.session.add(root)
    _add_children(root, ppa, _planned(ppa, template), ppa.budget_allocation)
    ppa.new_execution_project = root
    db.session().info.setdefault(NEW_PROJECTS, []).append(ppa)
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
            ppa_id=ppa.id,
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
