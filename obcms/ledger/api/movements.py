"""Documents that move money: list, read, post."""

from typing import Any

from flask import Response, make_response, url_for

from obcms.kernel.api.access import caller
from obcms.kernel.api.blueprint import APIBlueprint
from obcms.kernel.api.etag import LOCATION
from obcms.kernel.api.once import HEEDS_KEY, posts_once
from obcms.kernel.api.paging import page_of
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission
from obcms.ledger.api.fund_schemas import (
    MovementAnswer,
    MovementGiven,
    MovementPage,
    MovementQuery,
)
from obcms.ledger.api.subjects import subject
from obcms.ledger.models import FundMovement
from obcms.ledger.move import move_funds
from obcms.ledger.reads.entries import shown_movements

blueprint = APIBlueprint(
    "api_fund_movements", "/api/fund-movements", "Documents that move money between lines"
)
_PART = {"line": 1, "kind": "allotment_adjustment", "amount": "1250.00"}
EXAMPLE = {
    "kind": "modification",
    "reference": "MOD-2025-001",
    "entries": [
        _PART | {"appropriation_class": of_class, "kind": kind, "amount": amount}
        for kind in ("appropriation_adjustment", "allotment_adjustment")
        for of_class, amount in (("mooe", "-1250.00"), ("co", "1250.00"))
    ],
}


@blueprint.lists(Permission.FUND_VIEW, MovementQuery, MovementPage)
def list_fund_movements(given: dict[str, Any]) -> dict[str, Any]:
    """List documents that move money

    Each with those of its entries that are on the user's lines.
    """
    which = [FundMovement.kind == given["kind"]] if "kind" in given else []
    return page_of(shown_movements(caller(), *which), given, {"id": FundMovement.id})


@blueprint.route("/<int:movement_id>/", Permission.FUND_VIEW)
@blueprint.response(200, MovementAnswer)
def read_fund_movement(movement_id: int) -> FundMovement:
    """Read a document that moves money"""
    return subject(movement_id)


@blueprint.route("/", Permission.FUND_VIEW, methods=["POST"])
@posts_once
@blueprint.arguments(MovementGiven, example=EXAMPLE)
@blueprint.response(201, MovementAnswer, headers=LOCATION)
@blueprint.doc(**HEEDS_KEY)
def post_fund_movement(given: dict[str, Any]) -> Response:
    """Move money by a document

    All its entries are posted or none. A modification stays within a line, an augmentation goes
    from the savings of one line to another, a transfer to another office. In the transfer of a
    special purpose fund an entry may name an office's acronym as `moa` instead of a `line`: it is
    posted on the office's own line of that fund, which is made where it is missing.
    """
    movement = move_funds(caller(), given)
    query = shown_movements(caller(), FundMovement.id == movement.id)
    shown = db.session.scalars(query.execution_options(populate_existing=True)).one()
    answer = make_response(MovementAnswer().dump(shown), 201)
    answer.location = url_for("api_fund_movements.read_fund_movement", movement_id=shown.id)
    return answer
