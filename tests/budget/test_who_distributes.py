"""Who may not distribute neither previews nor applies; what overtakes a preview (SPEC 5, 8)."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from obcms.budget import distribution
from obcms.budget.models import DistributionBatch
from obcms.budget.proposal import Request
from obcms.kernel.db.relations import loaded
from obcms.kernel.errors import Conflict, Invalid, ObcmsError
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.people.models import User
from obcms.work.move import move_by_one
from obcms.work.rules.choices import DistributionMethod
from obcms.work.work_items import cancel_item
from tests.support.factories import make_ppa, track
from tests.support.refusals import NOT_ALLOWED

EQUAL = Request(DistributionMethod.EQUAL, cascade=True)


@pytest.mark.parametrize(("who", "refusal", "said"), NOT_ALLOWED)
def test_who_may_not_distribute_sees_no_preview_and_applies_nothing(
    people, who: str, refusal: type[ObcmsError], said: str
) -> None:
    ppa = make_ppa()
    track(ppa)
    actor = db.session.get_one(User, getattr(people, who))
    version = distribution.preview(SYSTEM, ppa, EQUAL).version
    with pytest.raises(refusal, match=said):
        distribution.preview(actor, ppa, EQUAL)
    with pytest.raises(refusal, match=said):
        distribution.apply(actor, ppa, EQUAL, version)
    assert db.session.scalar(select(DistributionBatch.id)) is None


def test_a_preview_is_overtaken_by_another_order_which_moves_the_stray_centavos(
    app: Flask,
) -> None:
    ppa = make_ppa("1000000.01")
    items = track(ppa)
    version = distribution.preview(SYSTEM, ppa, EQUAL).version
    move_by_one(SYSTEM, items["Completion"], up=True)
    with pytest.raises(Conflict, match="changed since this preview"):
        distribution.apply(SYSTEM, ppa, EQUAL, version)


def test_a_preview_is_overtaken_by_a_cancellation_of_what_has_cost_nothing(app: Flask) -> None:
    ppa = make_ppa()
    items = track(ppa)
    version = distribution.preview(SYSTEM, ppa, EQUAL).version
    cancel_item(SYSTEM, items["Resources"])
    with pytest.raises(Conflict, match="changed since this preview"):
        distribution.apply(SYSTEM, ppa, EQUAL, version)


def test_where_nothing_is_tracked_there_is_nothing_to_distribute_to(app: Flask) -> None:
    with pytest.raises(Invalid, match=r"^Tracking is not enabled on this PPA"):
        distribution.preview(SYSTEM, make_ppa(), EQUAL)


def test_below_the_template_an_item_without_a_share_gets_an_equal_part(app: Flask) -> None:
    ppa = make_ppa()
    items = track(ppa)
    below = [child for child in loaded(items["Execution"], "children")]
    below[0].budget_share = None
    db.session.flush()
    request = Request(DistributionMethod.TEMPLATE, cascade=True)
    amounts = distribution.preview(SYSTEM, ppa, request).amounts
    parts = [amounts[child.id] for child in below]
    assert max(parts) - min(parts) <= Decimal("0.01")
    assert sum(parts) == amounts[items["Execution"].id]
