"""PPAs: list, create, read, change, delete."""

from collections.abc import Mapping
from typing import Any

from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from obcms.kernel.api.access import caller
from obcms.kernel.api.blueprint import APIBlueprint
from obcms.kernel.api.etag import heed_if_match, tagged
from obcms.kernel.api.paging import page_of
from obcms.kernel.db.search import folded, found_in
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission, visible
from obcms.organizations.reads import ids_of_moa
from obcms.ppas.api.schemas import (
    EXAMPLE,
    ORDERINGS,
    EntryAnswer,
    EntryChange,
    EntryGiven,
    EntryPage,
    EntryQuery,
)
from obcms.ppas.api.subjects import find_entry
from obcms.ppas.delete import delete_ppa
from obcms.ppas.edit import create_ppa, edit_ppa
from obcms.ppas.models import PPA
from obcms.ppas.reads import found_ppas

blueprint = APIBlueprint(
    "api_entries", "/api/monitoring/entries", "PPAs: programs, projects and activities"
)
ONE = "/<int:entry_id>/"
CHANGE_EXAMPLE = {"title": "Barangay health workers, second batch"}
EQUALS = (
    "status",
    "approval_status",
    "appropriation_class",
    "delivery_flag",
    "enable_workitem_tracking",
    "fiscal_year",
)
COLUMNS = {name: getattr(PPA, name) for name in ORDERINGS}


@blueprint.lists(Permission.PPA_VIEW, EntryQuery, EntryPage)
def list_entries(given: dict[str, Any]) -> dict[str, Any]:
    """List PPAs

    The PPAs that exist for the token's user, filtered, searched and paged.
    """
    query = select(PPA).where(visible(caller(), PPA.implementing_moa_id))
    query = _narrowed(query, given).options(
        selectinload(PPA.supporting_organizations), selectinload(PPA.milestones)
    )
    return page_of(query, given, COLUMNS)


@blueprint.adds(Permission.PPA_CREATE, EntryGiven, EntryAnswer, EXAMPLE)
def create_entry(given: dict[str, Any]) -> ResponseReturnValue:
    """Add a PPA

    It begins as a draft. Staff of a ministry add PPAs of their own ministry, and need not name it.
    """
    ppa = create_ppa(caller(), given)
    answer = tagged(EntryAnswer(), ppa, created="api_entries.read_entry", entry_id=ppa.id)
    db.session.commit()
    return answer


@blueprint.reads(ONE, Permission.PPA_VIEW, EntryAnswer)
def read_entry(entry_id: int) -> ResponseReturnValue:
    """Read a PPA

    The ETag names its version; with it in If-None-Match an unchanged PPA answers 304.
    """
    ppa = find_entry(entry_id)
    heed_if_match(ppa)
    return tagged(EntryAnswer(), ppa)


@blueprint.changes(ONE, Permission.PPA_EDIT, EntryChange, EntryAnswer, CHANGE_EXAMPLE)
def change_entry(given: dict[str, Any], entry_id: int) -> ResponseReturnValue:
    """Change a PPA

    Fields that are left out stay; a list such as `milestones` is replaced as a whole. With If-Match
    nothing that was changed meanwhile is overwritten.
    """
    ppa = find_entry(entry_id)
    heed_if_match(ppa)
    edit_ppa(caller(), ppa, given)
    answer = tagged(EntryAnswer(), ppa)
    db.session.commit()
    return answer


@blueprint.deletes(ONE, Permission.PPA_DELETE)
def delete_entry(entry_id: int) -> None:
    """Delete a PPA

    Only a draft that was never submitted and has no posted money, and only by an administrator.
    """
    ppa = find_entry(entry_id)
    heed_if_match(ppa)
    delete_ppa(caller(), ppa)
    db.session.commit()


def _narrowed(query: Select, given: Mapping[str, Any]) -> Select:
    for name in EQUALS:
        if name in given:
            query = query.where(getattr(PPA, name) == given[name])
    if "implementing_moa" in given:
        query = query.where(PPA.implementing_moa_id == given["implementing_moa"])
    if "moa" in given:
        query = query.where(PPA.implementing_moa_id.in_(ids_of_moa(given["moa"])))
    for name in ("code", "title"):
        if name in given:
            query = query.where(found_in(given[name], folded(getattr(PPA, name))))
    if "search" in given:
        query = query.where(found_ppas(given["search"]))
    return query
