"""Building the execution project of a PPA from a structure template (SPEC 3)."""

from datetime import date

from sqlalchemy import inspect, select

from obcms.kernel.errors import Problem
from obcms.kernel.extensions import db
from obcms.ppas.locks import lock_trees
from obcms.ppas.models import PPA, Milestone
from obcms.ppas.rules.choices import Category, PPAStatus
from obcms.ppas.rules.consistency import MOA_MISSING
from obcms.work.models import StructureTemplate
from obcms.work.planned_tree import write_tree
from obcms.work.rules.choices import TemplateKind, WorkType
from obcms.work.rules.outline_text import parse_outline
from obcms.work.rules.planning import PlannedItem, plan, plan_milestones, span_of
from obcms.work.rules.shipped_templates import choose_template


def template_names() -> list[tuple[str, str]]:
    """(name, title) of every structure template, in the order in which they were made."""
    query = select(StructureTemplate.name, StructureTemplate.title).order_by(StructureTemplate.id)
    return [(name, title) for name, title in db.session.execute(query)]


def missing_for_tracking(ppa: PPA) -> list[Problem]:
    """What the PPA still needs before it can be tracked (SPEC 3); empty when it is ready.

    A tree that is kept can be restored in any status.
    """
    problems = []
    if not ppa.title.strip():
        problems.append(Problem("The PPA needs a title.", "title"))
    if ppa.category is Category.MOA_PPA and ppa.implementing_moa_id is None:
        problems.append(MOA_MISSING)
    if not ppa.budget_allocation:
        problems.append(Problem("The PPA needs a budget allocation.", "budget_allocation"))
    is_open = ppa.status in (PPAStatus.PLANNING, PPAStatus.ONGOING)
    if not is_open and not ppa.is_no_longer_tracked:
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
    start, end = ppa.start_date, ppa.target_end_date
    root = PlannedItem(ppa.title, WorkType.PROJECT, start, end, None, _plan(ppa, asked))
    ppa.execution_project_id = write_tree(session, ppa, root)


def _plan(ppa: PPA, asked: str | None) -> tuple[PlannedItem, ...]:
    templates = {one.name: one for one in db.session.scalars(select(StructureTemplate))}
    template = templates[choose_template(asked, ppa.budget_distribution_policy, templates.keys())]
    start, end = span_of(ppa.start_date, ppa.target_end_date, ppa.fiscal_year)
    if template.kind is TemplateKind.MILESTONES:
        return plan_milestones(_milestones(ppa), start, end)
    return plan(parse_outline(template.outline), start, end)


def _milestones(ppa: PPA) -> tuple[tuple[str, date | None], ...]:
    """Title and due date of each, in their order; of what is loaded or new, before it is stored."""
    if "milestones" not in inspect(ppa).unloaded:
        return tuple((milestone.title, milestone.due_date) for milestone in ppa.milestones)
    query = select(Milestone.title, Milestone.due_date).where(Milestone.ppa_id == ppa.id)
    rows = db.session.execute(query.order_by(Milestone.position, Milestone.id))
    return tuple(map(tuple, rows))
