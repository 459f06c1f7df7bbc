"""Documents that move money: a modification, an augmentation, a transfer (SPEC 6).

Each sums to zero and posts all its entries or none; PPAs follow in the same transaction.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.ledger.access import require_document
from obcms.ledger.book import book
from obcms.ledger.checks import refuse_dates, refuse_lapsed
from obcms.ledger.draft import Draft
from obcms.ledger.follow import differences_of, follow_in_ppas, hold_ppas
from obcms.ledger.hold import hold_balances, hold_period
from obcms.ledger.models import FundMovement
from obcms.ledger.movement_input import MOVEMENT_FIELDS, Moved, read_movement
from obcms.ledger.movement_rules import refuse_misfit, refuse_not_zero
from obcms.ledger.quarters import refuse_closed
from obcms.ledger.rules.choices import MovementKind

KIND = MOVEMENT_FIELDS[0]


def move_funds(actor: Actor, values: Mapping[str, Any]) -> FundMovement:
    """Posts a document by the names of MOVEMENT_FIELDS, with its `entries`. Returns it, flushed.

    Raises Forbidden for another's document, NotFound for a line that is not there, and Invalid with
    a code, what is free and the first day that breaks.
    """
    require(actor, Permission.FUND_VIEW)
    require_document(actor, _kind_of(actor, values))
    given = read_movement(actor, values)
    return post_movement(actor, given)


def _kind_of(actor: Actor, values: Mapping[str, Any]) -> MovementKind:
    """What decides who may post it. Where it is no kind, Invalid tells all that is wrong."""
    try:
        return KIND.clean(values.get("kind"))
    except Invalid:
        read_movement(actor, values)
        raise


def post_movement(actor: Actor, given: Moved) -> FundMovement:
    """The same for what was read and asked for already."""
    refuse_misfit(given)
    moved = differences_of((one.kind, one.line, one.amount) for one in given.drafts)
    hold_ppas(moved)
    period = hold_period()
    held = hold_balances(draft.key for draft in given.drafts)
    for draft in given.drafts:
        refuse_dates(draft)
        refuse_closed(period, draft.posting_date)
    refuse_not_zero(given)
    refuse_lapsed(given.drafts, moved=True)
    movement = FundMovement(
        kind=given.kind,
        reference=given.reference,
        ground=given.ground,
        remarks=given.remarks,
        posted_by_id=getattr(actor, "id", None),
    )
    db.session.add(movement)
    db.session.flush()
    book(actor, _of(movement, given.drafts), held)
    follow_in_ppas(actor, moved, f"{given.kind.label} {given.reference}")
    return movement


def _of(movement: FundMovement, drafts: Sequence[Draft]) -> list[Draft]:
    return [draft.but(more={**draft.more, "movement_id": movement.id}) for draft in drafts]
