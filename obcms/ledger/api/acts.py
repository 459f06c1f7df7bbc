"""Appropriations acts: list, read."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from obcms.kernel.api.blueprint import APIBlueprint
from obcms.kernel.api.paging import page_of
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission
from obcms.ledger.api.schemas import ActAnswer, ActPage, ActQuery
from obcms.ledger.api.subjects import subject
from obcms.ledger.models import AppropriationsAct

blueprint = APIBlueprint("api_acts", "/api/acts", "Appropriations acts")
_EXTENSIONS = selectinload(AppropriationsAct.extensions)


@blueprint.lists(Permission.FUND_VIEW, ActQuery, ActPage)
def list_acts(given: dict[str, Any]) -> dict[str, Any]:
    """List acts

    With the last days to obligate that they give, and the later acts that extend them.
    """
    query = select(AppropriationsAct).options(_EXTENSIONS)
    if "fiscal_year" in given:
        query = query.where(AppropriationsAct.fiscal_year == given["fiscal_year"])
    return page_of(query, given, {"id": AppropriationsAct.id})


@blueprint.route("/<int:act_id>/", Permission.FUND_VIEW)
@blueprint.response(200, ActAnswer)
def read_act(act_id: int) -> AppropriationsAct:
    """Read an act"""
    return db.session.get_one(
        AppropriationsAct, subject(act_id).id, options=[_EXTENSIONS], populate_existing=True
    )
