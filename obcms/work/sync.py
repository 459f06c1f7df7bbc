"""Recomputing every tracked PPA from its leaves, and writing only what had drifted (SPEC 10)."""

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from obcms.kernel.audit.bulk import update_rows
from obcms.kernel.extensions import db
from obcms.kernel.jobs.records import FAILURES, failed_record
from obcms.kernel.permissions import Actor, Permission, require
from obcms.ppas.access import lock_ppa
from obcms.ppas.locks import lock_trees
from obcms.ppas.models import PPA
from obcms.work.reads import rollup_rows
from obcms.work.reads.tree import TreeRow, read_trees
from obcms.work.rollup import batches, is_started, item_updates, ppa_updates
from obcms.work.rules.rollup import recompute
from obcms.work.spent import spent_in_trees

logger = logging.getLogger(__name__)
# PPAs read, recomputed and written together: memory stays the same however many there are.
BATCH = 200


def sync_all_ppas(session: Session) -> dict[str, Any]:
    """Recomputes all tracked PPAs; returns processed, updated and unchanged, and the errors.

    One PPA that fails is reported as {"code": …, "error": …} and does not stop the others.
    """
    summary: dict[str, Any] = {"processed": 0, "updated": 0, "unchanged": 0, "errors": []}
    for ppa_ids in _id_batches(session):
        try:
            with session.begin_nested():
                changed = _sync(session, ppa_ids)
        except FAILURES:
            changed = _one_by_one(session, ppa_ids, summary["errors"])
        summary["processed"] += len(ppa_ids)
        summary["updated"] += changed
    summary["unchanged"] = summary["processed"] - summary["updated"] - len(summary["errors"])
    return summary


def sync_ppa(actor: Actor, ppa: PPA) -> bool:
    """Recomputes one PPA; whether anything had drifted."""
    require(actor, Permission.WORK_ITEM_EDIT, ppa)
    lock_ppa(actor, ppa)
    return bool(_sync(db.session(), [ppa.id]))


def _id_batches(session: Session) -> Iterator[Sequence[int]]:
    last = 0
    query = select(PPA.id).where(PPA.enable_workitem_tracking).order_by(PPA.id).limit(BATCH)
    while ids := session.connection().scalars(query.where(PPA.id > last)).all():
        yield ids
        last = ids[-1]


def _one_by_one(session: Session, ppa_ids: Sequence[int], errors: list[dict[str, str]]) -> int:
    updated = 0
    for ppa_id in ppa_ids:
        try:
            with session.begin_nested():
                updated += _sync(session, [ppa_id])
        except FAILURES as error:
            logger.exception("PPA %s could not be recomputed", ppa_id)
            code = session.scalar(select(PPA.code).where(PPA.id == ppa_id))
            errors.append(failed_record(code or f"#{ppa_id}", error))
    return updated


def _sync(session: Session, ppa_ids: Sequence[int]) -> int:
    """How many of the PPAs had anything to write, in themselves or in their trees."""
    lock_trees(session, ppa_ids)
    ppas = rollup_rows.ppa_rows(session, ppa_ids)
    by_ppa: dict[int, list[TreeRow]] = {ppa_id: [] for ppa_id in ppas}
    rows = read_trees(session.connection(), ppa_ids)
    for row in rows:
        by_ppa[row.ppa_id].append(row)
    spent = spent_in_trees(session, ppa_ids)
    items, roots, drifted = [], [], 0
    for ppa_id, ppa in ppas.items():
        nodes = [
            rollup_rows.as_node(row, _allocation(row, ppa), spent.get(row.id, rollup_rows.ZERO))
            for row in by_ppa[ppa_id]
        ]
        derived = recompute(nodes, ppa.progress_weighting, is_started(ppa))
        tree_updates = item_updates(nodes, derived, {row.id: row for row in by_ppa[ppa_id]})
        own_updates = ppa_updates(ppa, derived)
        items += tree_updates
        roots += own_updates
        drifted += bool(tree_updates or own_updates)
    update_rows(session, batches(items, roots))
    return drifted


def _allocation(row: TreeRow, ppa: rollup_rows.PPARow) -> Any:
    return ppa.budget_allocation if row.id == ppa.execution_project_id else row.allocated_budget
