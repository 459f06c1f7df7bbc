"""What the work tree adds to every flush, and how rows belong to a PPA through an item."""

from collections.abc import Callable, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from obcms.kernel.audit.subject import LINKS, Link
from obcms.kernel.audit.wording import LABELS, RECORD_NAMES, REFERENCES, SILENT
from obcms.kernel.db.constraints import PROBLEMS
from obcms.kernel.errors import Problem
from obcms.kernel.extensions import db
from obcms.kernel.flush import Stage, add_step
from obcms.kernel.rules.fields import Money, Percent
from obcms.needs.models import Assessment
from obcms.policy.models import PolicyRecommendation
from obcms.ppas.bounds import BOUNDS
from obcms.ppas.delete import REMOVERS
from obcms.ppas.models import PPA
from obcms.work.fields import ENDS_FIRST, OTHER_PPA
from obcms.work.models import WorkItem
from obcms.work.policy_names import follow_renamed_templates
from obcms.work.reads.bounds import tree_bounds
from obcms.work.reads.subtree import load_subtree
from obcms.work.rollup import roll_up
from obcms.work.rules.shipped_templates import NAME_TAKEN
from obcms.work.settle import settle_items
from obcms.work.touched import note_touched

add_step(Stage.GUARD, follow_renamed_templates)
add_step(Stage.SETTLE, settle_items)
add_step(Stage.NOTE, note_touched)
add_step(Stage.CARRY, roll_up)


def _ppa_of_item(session: Session, item_id: int) -> int | None:
    item = session.identity_map.get(session.identity_key(WorkItem, item_id))
    if item is not None and "ppa_id" in item.__dict__:
        return item.__dict__["ppa_id"]
    return session.connection().scalar(select(WorkItem.ppa_id).where(WorkItem.id == item_id))


def _items_of_ppa(ppa_id: int) -> Select[tuple[int]]:
    return select(WorkItem.id).where(WorkItem.ppa_id == ppa_id)


def _titled(model: type[db.Model]) -> Callable[[int], str]:
    """How a reference to a record with a title reads."""

    def title(key: int) -> str:
        found = db.session.get(model, key)
        return f"“{found.title}”" if found else "one that was removed"

    return title


PROBLEMS |= {
    "ck_work_item_progress_range": Problem(Percent.message, "progress"),
    "ck_work_item_budget_share_range": Problem(Percent.message, "budget_share"),
    "ck_work_item_allocated_budget_positive": Problem(Money.message, "allocated_budget"),
    "ck_work_item_end_after_start": ENDS_FIRST,
    "fk_work_item_parent_same_ppa": OTHER_PPA,
    "uq_structure_template_name": NAME_TAKEN,
    "ix_structure_template_name_key": NAME_TAKEN,
}
LABELS |= {
    "parent_id": "Parent",
    "auto_calculate_progress": "Progress from its items",
    "effective_allocation": "Allocation",
    "distributed": "Allocated in children",
    "spent_here": "Spent here",
    "spent_total": "Spent here and below",
}
RECORD_NAMES["work_item_assignee"] = "assignee"
SILENT |= {"position", "completed_at", "cancelled_by_hand"}
REFERENCES["parent_id"] = REFERENCES["execution_project_id"] = _titled(WorkItem)
REFERENCES["assessment_id"] = _titled(Assessment)
REFERENCES["policy_recommendation_id"] = _titled(PolicyRecommendation)
LINKS["work_item_id"] = Link(_ppa_of_item, _items_of_ppa)


def _remove_trees(ppas: Sequence[PPA]) -> None:
    for ppa in ppas:
        ppa.enable_workitem_tracking = False
        ppa.execution_project_id = None
    db.session.flush()
    ids = [ppa.id for ppa in ppas]
    roots = select(WorkItem).where(WorkItem.ppa_id.in_(ids), WorkItem.parent_id.is_(None))
    for root in db.session.scalars(roots).all():
        load_subtree(root)
        db.session.delete(root)


REMOVERS.append(_remove_trees)
BOUNDS.append(tree_bounds)
