"""Obligations: list, read with their entries."""

from typing import Any

from sqlalchemy.orm import selectinload

from obcms.kernel.api.access import caller
from obcms.kernel.api.blueprint import APIBlueprint
from obcms.kernel.api.paging import page_of
from obcms.kernel.db.search import found_in
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission
from obcms.kernel.rules.folding import code_key
from obcms.ledger.api.schemas import (
    ObligationPage,
    ObligationQuery,
    ObligationWithEntries,
)
from obcms.ledger.api.subjects import subject
from obcms.ledger.models import FundBalance, FundEntry, Obligation
from obcms.ledger.reads.entries import shown_obligations

blueprint = APIBlueprint(
    "api_obligations", "/api/obligations", "Obligation requests (ORS), with what is due and paid"
)


@blueprint.lists(Permission.FUND_VIEW, ObligationQuery, ObligationPage)
def list_obligations(given: dict[str, Any]) -> dict[str, Any]:
    """List obligations

    An ORS that stands on several lines or classes is one obligation on each.
    """
    which = []
    if "line" in given:
        which.append(FundBalance.line_id == given["line"])
    if "ors_number" in given:
        which.append(Obligation.number_key == code_key(given["ors_number"]))
    if "search" in given:
        which.append(found_in(given["search"], Obligation.search_text))
    return page_of(shown_obligations(caller(), *which), given, {"id": Obligation.id})


@blueprint.route("/<int:obligation_id>/", Permission.FUND_VIEW)
@blueprint.response(200, ObligationWithEntries)
def read_obligation(obligation_id: int) -> Obligation:
    """Read an obligation with its entries

    In the order in which they were posted, voids and liquidations too.
    """
    entries = selectinload(Obligation.entries)
    return db.session.get_one(
        Obligation,
        subject(obligation_id).id,
        options=[entries.joinedload(FundEntry.balance), entries.joinedload(FundEntry.void)],
        populate_existing=True,
    )
