"""Appropriations acts: list, read, change, extend."""

from typing import Any

from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from obcms.kernel.api.access import caller
from obcms.kernel.api.blueprint import APIBlueprint
from obcms.kernel.api.etag import LOCKS, heed_if_match, tagged
from obcms.kernel.api.once import HEEDS_KEY, posts_once
from obcms.kernel.api.paging import page_of
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission
from obcms.ledger.acts import edit_act, extend_act
from obcms.ledger.api.schemas import (
    ActAnswer,
    ActChange,
    ActPage,
    ActQuery,
    ExtensionAnswer,
    ExtensionGiven,
)
from obcms.ledger.api.subjects import subject
from obcms.ledger.models import ActExtension, AppropriationsAct

blueprint = APIBlueprint("api_acts", "/api/acts", "Appropriations acts")
_EXTENSIONS = selectinload(AppropriationsAct.extensions)
ONE = "/<int:act_id>/"
EXTENSION = {"made_by_act": "BAA 90", "last_day": "2099-12-31", "appropriation_class": "mooe"}
LOCKS[AppropriationsAct] = lambda act: db.session.refresh(
    act, with_for_update={"of": AppropriationsAct}
)


@blueprint.lists(Permission.FUND_VIEW, ActQuery, ActPage)
def list_acts(given: dict[str, Any]) -> dict[str, Any]:
    """List acts

    With the last days to obligate that they give, and the later acts that extend them.
    """
    query = select(AppropriationsAct).options(_EXTENSIONS)
    if "fiscal_year" in given:
        query = query.where(AppropriationsAct.fiscal_year == given["fiscal_year"])
    return page_of(query, given, {"id": AppropriationsAct.id})


@blueprint.reads(ONE, Permission.FUND_VIEW, ActAnswer)
def read_act(act_id: int) -> ResponseReturnValue:
    """Read an act"""
    act = _with_extensions(act_id)
    heed_if_match(act)
    return tagged(ActAnswer(), act)


@blueprint.changes(ONE, Permission.FUND_RELEASE, ActChange, ActAnswer, {"number": "BAA 65"})
def change_act(given: dict[str, Any], act_id: int) -> ResponseReturnValue:
    """Change an act's number or remarks

    As of an act that was imported before it had its number. Entries keep theirs.
    """
    act = _with_extensions(act_id)
    heed_if_match(act)
    edit_act(caller(), act, given)
    answer = tagged(ActAnswer(), act)
    db.session.commit()
    return answer


@blueprint.route(f"{ONE}extensions/", Permission.FUND_RELEASE, methods=["POST"])
@posts_once
@blueprint.arguments(ExtensionGiven, example=EXTENSION)
@blueprint.response(201, ExtensionAnswer)
@blueprint.doc(**HEEDS_KEY)
def post_act_extension(given: dict[str, Any], act_id: int) -> ActExtension:
    """Extend an act's validity

    By a later act: a later last day to obligate, of a class, a cost structure, or all.
    """
    return extend_act(caller(), subject(act_id), given)


def _with_extensions(act_id: int) -> AppropriationsAct:
    return db.session.get_one(
        AppropriationsAct, subject(act_id).id, options=[_EXTENSIONS], populate_existing=True
    )
