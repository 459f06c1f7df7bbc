"""Noting with every flush who writes any of what is approved (SPEC 7)."""

from collections.abc import Iterator

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from obcms.approval.models import ApprovalWriter
from obcms.approval.rules.approved import APPROVED_FIELDS, MOA
from obcms.kernel.audit.origin import current_origin
from obcms.kernel.db.before import value_before
from obcms.ppas.models import PPA


def keep_writers(session: Session, _context: object) -> None:
    """Whoever is signed in writes; called by a program of the house, whom the verb names.

    The trail says it too, but its older part is moved to files.
    """
    with session.no_autoflush:
        signed_in = current_origin().actor_id
        for record in session.new:
            if isinstance(record, PPA) and record.created_by_id is None:
                record.created_by_id = signed_in
        changed = [one for one in session.dirty if isinstance(one, PPA) and changed_columns(one)]
        wanted = {(ppa.id, user_id) for ppa in changed for user_id in _hands(ppa, signed_in)}
        for ppa_id, user_id in wanted - _known(session, wanted):
            session.add(ApprovalWriter(ppa_id=ppa_id, user_id=user_id))


def changed_columns(ppa: PPA) -> list[str]:
    """Those of what is approved that the flush would change."""
    return [name for name in APPROVED_FIELDS if _is_changed(ppa, name)]


def _is_changed(ppa: PPA, name: str) -> bool:
    if name == MOA and inspect(ppa).attrs.implementing_moa.history.has_changes():
        moa = ppa.implementing_moa  # its id follows with the flush
        return (moa.id if moa else None) != value_before(ppa, MOA)
    history = inspect(ppa).attrs[name].history
    return history.has_changes() and history.deleted != history.added


def _hands(ppa: PPA, signed_in: int | None) -> Iterator[int]:
    if signed_in is not None:
        yield signed_in
    named = inspect(ppa).attrs.updated_by_id.history.has_changes() or signed_in is None
    if named and ppa.updated_by_id is not None:
        yield ppa.updated_by_id


def _known(session: Session, wanted: set[tuple[int, int]]) -> set[tuple[int, int]]:
    if not wanted:
        return set()
    writer = ApprovalWriter
    query = select(writer.ppa_id, writer.user_id)
    query = query.where(writer.ppa_id.in_({ppa_id for ppa_id, _ in wanted}))
    return set(session.execute(query).tuples())
