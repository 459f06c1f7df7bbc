"""Building the execution project of a PPA from a structure template (SPEC 3)."""

from datetime import date

from sqlalchemy import inspect, select

from obcms.kernel.errors import Problem
from obcms.kernel.extensions import db
from obcms.ppas.locks import lock_trees
from obcms.ppas.models import PPA, Milestone
from obcms.ppas.rules.choices import ApprovalStatus, Category, PPAStatus
from obcms.work.models import StructureTemplate
from obcms.work.planned_tree import Basis, PlannedTree
from obcms.work.rules.choices import TemplateKind
from obcms.work.rules.shipped_templates import choose_template


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


def plan_project(ppa: PPA, asked: str | None, policy: str | None = None) -> PlannedTree:
    """The execution project as it would be made now; it can be made `ahead` of the lock.

    `asked` names a structure template; without one the policy, else the PPA's own, decides.
    """
    return PlannedTree(_read_basis(ppa, asked, policy or ppa.budget_distribution_policy))


def create_project(ppa: PPA, asked: str | None, ahead: PlannedTree | None = None) -> None:
    """Writes the execution project and points the PPA to it; the next flush writes that.

    What was planned `ahead` is taken where all that it was made from is still the same.
    """
    session = db.session()
    lock_trees(session, [ppa.id])
    basis = _read_basis(ppa, asked, ppa.budget_distribution_policy)
    planned = ahead if ahead is not None and ahead.basis == basis else PlannedTree(basis)
    ppa.execution_project_id = planned.write(session)
    session.expire(ppa, ["execution_project"])


def _read_basis(ppa: PPA, asked: str | None, policy: str) -> Basis:
    columns = (StructureTemplate.name, StructureTemplate.kind, StructureTemplate.outline)
    templates = {name: rest for name, *rest in db.session.execute(select(*columns))}
    kind, outline = templates[choose_template(asked, policy, templates.keys())]
    return Basis(
        ppa_id=ppa.id,
        title=ppa.title,
        budget=ppa.budget_allocation,
        start=ppa.start_date,
        end=ppa.target_end_date,
        policy=policy,
        weighting=ppa.progress_weighting,
        is_started=ppa.approval_status == ApprovalStatus.ENACTED,
        kind=kind,
        outline=outline,
        milestones=_milestones(ppa) if kind is TemplateKind.MILESTONES else (),
    )


def _milestones(ppa: PPA) -> tuple[tuple[str, date | None], ...]:
    """Title and due date of each, in their order; of what is loaded or new, before it is stored."""
    if "milestones" not in inspect(ppa).unloaded:
        return tuple((milestone.title, milestone.due_date) for milestone in ppa.milestones)
    query = select(Milestone.title, Milestone.due_date).where(Milestone.ppa_id == ppa.id)
    rows = db.session.execute(query.order_by(Milestone.position, Milestone.id))
    return tuple(map(tuple, rows))
