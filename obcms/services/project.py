"""Building the execution project of a PPA from a structure template (SPEC 3)."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import inspect, select

from obcms.errors import Problem
from obcms.extensions import db
from obcms.models import PPA, Milestone, StructureTemplate
from obcms.rules.choices import Category, PPAStatus, TemplateKind
from obcms.rules.outline_text import parse_outline
from obcms.rules.planning import PlannedItem, plan, plan_milestones
from obcms.rules.shipped_templates import choose_template
from obcms.services.planned_tree import write_tree
from obcms.services.settle import lock_trees


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


def create_project(ppa: PPA, asked: str | None) -> None:
    """Writes the execution project and points the PPA to it; the next flush writes that.

    `asked` names a structure template; without one the PPA's policy decides.
    """
    session = db.session()
    lock_trees(session, [ppa.id])
    known = [name for name, _ in template_names()]
    name = choose_template(asked, ppa.budget_distribution_policy, known)
    template = session.scalars(
        select(StructureTemplate).where(StructureTemplate.name == name)
    ).one()
    ppa.execution_project_id = write_tree(session, ppa, _planned(ppa, template))
    session.expire(ppa, ["execution_project"])


def _planned(ppa: PPA, template: StructureTemplate) -> tuple[PlannedItem, ...]:
    if template.kind is TemplateKind.MILESTONES:
        return plan_milestones(_milestones(ppa), ppa.start_date, ppa.target_end_date)
    return plan(parse_outline(template.outline), ppa.start_date, ppa.target_end_date)


def _milestones(ppa: PPA) -> Sequence[tuple[str, date | None]]:
    """Title and due date of each, in their order; of what is loaded or new, before it is stored."""
    if "milestones" not in inspect(ppa).unloaded:
        return [(milestone.title, milestone.due_date) for milestone in ppa.milestones]
    query = select(Milestone.title, Milestone.due_date).where(Milestone.ppa_id == ppa.id)
    rows = db.session.execute(query.order_by(Milestone.position, Milestone.id))
    return [(title, due_date) for title, due_date in rows]
