"""Adding, changing and taking back many PPAs at once, in a constant number of queries (SPEC 13)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from obcms.kernel.audit.in_sets import flush_in_sets
from obcms.kernel.errors import NotFound
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.kernel.records.values import assign
from obcms.organizations.models import Organization
from obcms.ppas.checks import PPAChecks
from obcms.ppas.edit import empty_draft
from obcms.ppas.fields import PPA_FIELDS
from obcms.ppas.locks import lock_trees
from obcms.ppas.models import PPA


def write_ppas(
    actor: Actor, new: Sequence[Mapping[str, Any]], changed: Mapping[int, Mapping[str, Any]]
) -> list[int]:
    """Adds drafts with these columns, and sets columns of the PPAs with these ids.

    Returns the new ones' ids in the order given. All or none: raises what `create_ppa` and
    `edit_ppa` raise, for the first PPA that is refused.
    """
    require(actor, Permission.PPA_EDIT)
    stored = locked_ppas(changed)
    codes = [values["code"] for values in (*new, *changed.values()) if values.get("code")]
    checks = PPAChecks(actor, codes, changed)
    _moas = db.session.scalars(select(Organization)).all()  # held, as a step asks for each one's
    author = getattr(actor, "id", None)
    with db.session.no_autoflush:
        for ppa in stored:
            cleaned = checks.changes(ppa, changed[ppa.id])
            if assign(ppa, PPA_FIELDS, cleaned):
                ppa.updated_by_id = author
        drafts = []
        for values in new:
            draft = empty_draft(actor)
            assign(draft, PPA_FIELDS, checks.new(values))
            draft.updated_by_id = author
            drafts.append(draft)
    db.session.add_all(drafts)
    ids = {row.code: row.id for row in flush_in_sets(db.session(), PPA)}
    return [ids[draft.code] for draft in drafts]


def locked_ppas(ppa_ids: Collection[int]) -> list[PPA]:
    """The PPAs with these ids in that order, read afresh, with this transaction as only writer.

    Raises NotFound where one was deleted meanwhile.
    """
    lock_trees(db.session(), ppa_ids)
    query = select(PPA).where(PPA.id.in_(ppa_ids)).execution_options(populate_existing=True)
    found = {ppa.id: ppa for ppa in db.session.scalars(query)}
    if len(found) < len(set(ppa_ids)):
        raise NotFound("Somebody has deleted one of these PPAs.")
    return [found[ppa_id] for ppa_id in ppa_ids]
