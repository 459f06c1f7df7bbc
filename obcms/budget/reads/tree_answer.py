"""The budget allocation tree as the screens and the API answer it (SPEC 5, 12)."""

from decimal import Decimal
from typing import Any

from obcms.budget.reads.budget_tree import budget_tree, tree_centavos
from obcms.budget.reads.tree_version import state_version
from obcms.ppas.models import PPA


def budget_tree_answer(ppa: PPA) -> dict[str, Any]:
    """Ready for JSON; amounts are strings of pesos. The tree is None while it is hidden."""
    rows = tree_centavos(ppa.id) if ppa.has_work_tree else []
    tree = budget_tree(rows, ppa.execution_project_id)
    total, allocated = ppa.budget_allocation, Decimal((tree and tree["distributed"]) or 0)
    return {
        "ppa_id": ppa.id,
        "ppa_title": ppa.title,
        "total_budget": None if total is None else f"{total:.2f}",
        "allocated_budget": f"{allocated:.2f}",
        "unallocated_budget": None if total is None else f"{total - allocated:.2f}",
        "budget_currency": "PHP",
        "version": state_version(ppa, rows),
        "tree": tree,
    }
