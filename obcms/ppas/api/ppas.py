"""PPAs: list, create, read, change, delete."""

from collections.abc import Mapping
from typing import Any

from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from obcms.kernel.api.access import caller
from obcms.kernel.api.blueprint import APIBlueprint
from obcms.kernel.api.etag import LOCKS, heed_if_match, tagged
from obcms.kernel.api.paging import page_of
from obcms.kernel.api.subjects import FINDERS
from obcms.kernel.db.search import folded, found_in
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission, visible
from obcms.organizations.reads import ids_of_moa
from obcms.ppas import delete, edit
from obcms.ppas.access import find_ppa
from obcms.ppas.api.schemas import (
    EXAMPLE,
    ORDERINGS,
    PPAAnswer,
    PPAChange,
    PPAGiven,
    PPAPage,
    PPAQuery,
)
from obcms.ppas.locks import lock_trees
from obcms.ppas.models import PPA
from obcms.ppas.reads import found_ppas

blueprint = APIBlueprint(
    "api_ppas",
    "/api/monitoring/entries",
    "PPAs, with their approval, their work trees and their money",
    heading="Programs, projects and activities",
)
ONE = "/<int:ppa_id>/"
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


@blueprint.lists(Permission.PPA_VIEW, PPAQuery, PPAPage)
def list_ppas(given: dict[str, Any]) -> dict[str, Any]:
    """List PPAs

    The PPAs that exist for the token's user, filtered, searched and paged.
    """
    query = select(PPA).where(visible(caller(), PPA.implementing_moa_id))
    query = _narrowed(query, given).options(
        selectinload(PPA.supporting_organizations), selectinload(PPA.milestones)
    )
    return page_of(query, given, COLUMNS)


@blueprint.adds(Permission.PPA_CREATE, PPAGiven, PPAAnswer, EXAMPLE)
def create_ppa(given: dict[str, Any]) -> ResponseReturnValue:
    """Add a PPA

    It begins as a draft. Staff of a ministry add PPAs of their own ministry, and need not name it.
    """
    ppa = edit.create_ppa(caller(), given)
    answer = tagged(PPAAnswer(), ppa, created="api_ppas.read_ppa", ppa_id=ppa.id)
    db.session.commit()
    return answer


@blueprint.reads(ONE, Permission.PPA_VIEW, PPAAnswer)
def read_ppa(ppa_id: int) -> ResponseReturnValue:
    """Read a PPA

    The ETag names its version; with it in If-None-Match an unchanged PPA answers 304.
    """
    ppa = find_ppa(caller(), ppa_id)
    heed_if_match(ppa)
    return tagged(PPAAnswer(), ppa)


@blueprint.changes(ONE, Permission.PPA_EDIT, PPAChange, PPAAnswer, CHANGE_EXAMPLE)
def change_ppa(given: dict[str, Any], ppa_id: int) -> ResponseReturnValue:
    """Change a PPA

    Fields that are left out stay; a list such as `milestones` is replaced as a whole. With If-Match
    nothing that was changed meanwhile is overwritten.
    """
    ppa = find_ppa(caller(), ppa_id)
    heed_if_match(ppa)
    edit.edit_ppa(caller(), ppa, given)
    answer = tagged(PPAAnswer(), ppa)
    db.session.commit()
    return answer


@blueprint.deletes(ONE, Permission.PPA_DELETE)
def delete_ppa(ppa_id: int) -> None:
    """Delete a PPA

    Only a draft that was never submitted and has no posted money, and only by an administrator.
    """
    ppa = find_ppa(caller(), ppa_id)
    heed_if_match(ppa)
    delete.delete_ppa(caller(), ppa)
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


def _found(ppa_id: int) -> tuple[PPA, PPA]:
    ppa = find_ppa(caller(), ppa_id)
    return ppa, ppa


FINDERS["ppa_id"] = _found
LOCKS[PPA] = lambda ppa: lock_trees(db.session(), [ppa.id])
