"""The Work Items tab, and how the execution stands beside the overview."""

from typing import Any

from obcms.ppas.models import PPA
from obcms.ppas.screens.tabs import SIDE_PANELS, SidePanel, Tab, add_tab
from obcms.work.reads.tree import read_tree
from obcms.work.rules.choices import WorkStatus
from obcms.work.screens.grid import grid_lines, summary_cards
from obcms.work.screens.tracking import enabling_context


def work_context(ppa: PPA) -> dict[str, Any]:
    """The tree grid, the way to it, or both where the PPA is no longer tracked."""
    if ppa.execution_project_id is None:
        return enabling_context(ppa)
    rows = read_tree(ppa.id)
    return (enabling_context(ppa) if ppa.is_no_longer_tracked else {}) | {
        "cards": summary_cards(ppa, rows),
        "lines": grid_lines(rows),
        "statuses": list(WorkStatus),
    }


def execution_context(ppa: PPA) -> dict[str, Any]:
    """The figures of the tree, and how many of its lowest items are in each status."""
    rows = read_tree(ppa.id) if ppa.execution_project_id is not None else []
    open_rows = [row for row in rows if row.status != WorkStatus.CANCELLED]
    parents = {row.parent_id for row in open_rows}
    leaves = [row for row in open_rows if row.id not in parents]
    by_status = {status: sum(row.status == status for row in leaves) for status in WorkStatus}
    return {
        "cards": summary_cards(ppa, rows),
        "items": len(rows),
        "leaves": len(leaves),
        "by_status": {status: count for status, count in by_status.items() if count},
    }


add_tab(
    Tab(
        "work_items",
        "Work Items",
        20,
        "work/tab.html",
        work_context,
        styles=(("work", "grid.css"),),
        scripts=(("work", "rows.js"),),
        enables_tracking=True,
    )
)
SIDE_PANELS.append(SidePanel("work/execution.html", execution_context))
