"""Augmentations: MFBM prepares one, the executive posts or declines it (SPEC 6, "Moving money")."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from obcms.kernel.db.keys import LARGEST_KEY
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Conflict, NotFound
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, allows, require
from obcms.kernel.rules.fields import Text
from obcms.ledger.draft import Draft
from obcms.ledger.models import FundMovement, PreparedMovement
from obcms.ledger.move import move_funds
from obcms.ledger.movement_input import read_movement
from obcms.ledger.movement_rules import refuse_misfit, refuse_not_zero
from obcms.ledger.refusals import coded, forbidden
from obcms.ledger.rules.choices import MovementKind, Refusal

DROP_REASON = Text("reason", required="Say why it is not posted.")


def prepare_augmentation(actor: Actor, values: Mapping[str, Any]) -> PreparedMovement:
    """Keeps an augmentation for the executive, by the names of `move_funds`. Returns it, flushed.

    Nothing is posted or held back: what is free is judged when it is decided. Raises Forbidden, and
    Invalid for a document that could never be posted as it is.
    """
    require(actor, Permission.FUND_RELEASE)
    given = read_movement(actor, {**values, "kind": MovementKind.AUGMENTATION})
    refuse_misfit(given)
    refuse_not_zero(given)
    prepared = PreparedMovement(
        reference=given.reference,
        ground=given.ground,
        remarks=given.remarks,
        entries=[_as_text(draft) for draft in given.drafts],
        prepared_by_id=getattr(actor, "id", None),
    )
    db.session.add(prepared)
    db.session.flush()
    return prepared


def _as_text(draft: Draft) -> dict[str, Any]:
    return {
        "line": draft.line.id,
        "kind": draft.kind.value,
        "appropriation_class": draft.appropriation_class.value,
        "fund_cluster": draft.fund_cluster.value,
        "amount": f"{draft.amount:.2f}",
    }


def post_prepared(actor: Actor, prepared_id: int, values: Mapping[str, Any]) -> FundMovement:
    """Posts it, for the executive: `values` are the signed approval's number as `reference`, and
    the dates. Returns the document, flushed.

    Raises as `move_funds` does, and Conflict where it was decided meanwhile.
    """
    require(actor, Permission.FUND_AUGMENT)
    prepared = _hold(prepared_id)
    said = {
        "kind": MovementKind.AUGMENTATION,
        "reference": values.get("reference") or prepared.reference,
        "entry_date": values.get("entry_date"),
        "document_date": values.get("document_date"),
        "ground": prepared.ground,
        "remarks": prepared.remarks,
        "entries": prepared.entries,
    }
    movement = move_funds(actor, said)
    prepared.movement_id = movement.id
    _decide(actor, prepared)
    return movement


def drop_prepared(actor: Actor, prepared_id: int, reason: str) -> PreparedMovement:
    """Declines it, for the executive, or withdraws it, for MFBM; with a reason."""
    if not (allows(actor, Permission.FUND_AUGMENT) or allows(actor, Permission.FUND_RELEASE)):
        raise forbidden("Only MFBM and the executive decide what is prepared.")
    with coded(Refusal.INPUT):
        reason = DROP_REASON.clean(reason)
    prepared = _hold(prepared_id)
    prepared.drop_reason = reason
    _decide(actor, prepared)
    return prepared


def _decide(actor: Actor, prepared: PreparedMovement) -> None:
    prepared.decided_by_id = getattr(actor, "id", None)
    prepared.decided_at = utc_now()
    db.session.flush()


def _hold(prepared_id: int) -> PreparedMovement:
    """The one, for this transaction alone; raises Conflict where it is decided already."""
    query = select(PreparedMovement).where(PreparedMovement.id == prepared_id).with_for_update()
    query = query.execution_options(populate_existing=True)
    found = db.session.scalar(query) if prepared_id <= LARGEST_KEY else None
    if found is None:
        raise NotFound("There is no such prepared document.")
    if found.decided_at is not None:
        raise Conflict(f"{found.reference} is decided already.")
    return found
