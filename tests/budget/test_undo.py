"""Undoing a distribution puts back what it changed, unless something stands in the way."""

from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient

from obcms.budget import distribution
from obcms.budget.models import DistributionBatch
from obcms.budget.proposal import Request
from obcms.kernel.errors import Conflict, NotFound, ObcmsError
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem
from obcms.work.rules.choices import DistributionMethod
from obcms.work.work_items import delete_item, edit_item
from tests.support.factories import make_ppa, track
from tests.support.refusals import NOT_ALLOWED


def distribute(
    ppa: PPA, method: DistributionMethod = DistributionMethod.EQUAL
) -> DistributionBatch:
    request = Request(method, cascade=True)
    version = distribution.preview(SYSTEM, ppa, request).version
    return distribution.apply(SYSTEM, ppa, request, version).batch


def budgets(items: dict[str, WorkItem]) -> dict[str, Decimal | None]:
    return {title: item.allocated_budget for title, item in items.items()}


@pytest.mark.parametrize(("who", "refusal", "said"), NOT_ALLOWED)
def test_who_may_not_distribute_undoes_nothing(
    people, who: str, refusal: type[ObcmsError], said: str
) -> None:
    ppa = make_ppa()
    track(ppa)
    batch = distribute(ppa)
    with pytest.raises(refusal, match=said):
        distribution.undo(db.session.get_one(User, getattr(people, who)), batch)
    assert batch.undone_at is None


def test_every_amount_is_as_before_one_that_was_not_set_too(people) -> None:
    ppa = make_ppa()
    items = track(ppa)
    edit_item(SYSTEM, items["Resources"], {"allocated_budget": None})
    before = budgets(items)
    batch = distribute(ppa)
    assert budgets(items) != before
    distribution.undo(db.session.get_one(User, people.moa_head), batch)
    assert budgets(items) == before
    assert batch.undone_by_id == people.moa_head
    assert batch.undone_at is not None
    assert items["root"].distributed == 1_000_000


def test_only_once(app: Flask) -> None:
    ppa = make_ppa()
    items = track(ppa)
    batch = distribute(ppa)
    distribution.undo(SYSTEM, batch)
    before = budgets(items)
    with pytest.raises(Conflict, match="was undone already"):
        distribution.undo(SYSTEM, batch)
    assert budgets(items) == before


def test_not_below_a_later_one_even_where_that_changed_no_amount(app: Flask) -> None:
    ppa = make_ppa()
    track(ppa)
    first, second = distribute(ppa), distribute(ppa)
    with pytest.raises(Conflict, match="A later distribution was applied"):
        distribution.undo(SYSTEM, first)
    assert first.undone_at is None
    distribution.undo(SYSTEM, second)
    distribution.undo(SYSTEM, first)  # nothing later stands any more


def test_a_later_one_of_another_ppa_does_not_stand_in_the_way(app: Flask) -> None:
    ppa, other = make_ppa(), make_ppa()
    track(ppa), track(other)
    first, later = distribute(ppa), distribute(other)
    assert first.id < later.id
    distribution.undo(SYSTEM, first)
    assert first.undone_at is not None


def test_not_over_an_amount_that_was_changed_since(app: Flask) -> None:
    ppa = make_ppa()
    items = track(ppa)
    batch = distribute(ppa)
    edit_item(SYSTEM, items["Resources"], {"allocated_budget": Decimal("1.00")})
    with pytest.raises(Conflict, match="The budget of “Resources” was changed since"):
        distribution.undo(SYSTEM, batch)
    assert batch.undone_at is None
    assert items["Resources"].allocated_budget == Decimal("1.00")


def test_not_once_an_item_of_it_is_gone(app: Flask) -> None:
    ppa = make_ppa()
    items = track(ppa)
    batch = distribute(ppa)
    delete_item(SYSTEM, items["Resources"])
    with pytest.raises(Conflict, match="a work item that was deleted"):
        distribution.undo(SYSTEM, batch)


def test_a_distribution_of_another_ppa_is_not_found(app: Flask) -> None:
    ppa, other = make_ppa(), make_ppa()
    track(other)
    batch = distribute(other)
    assert distribution.find_batch(other, batch.id) is batch
    for number in (batch.id, batch.id + 1, 2**40):
        with pytest.raises(NotFound, match="There is no such distribution"):
            distribution.find_batch(ppa, number)


def test_the_address_of_another_ppa_undoes_nothing(app: Flask, people, sign_in_as) -> None:
    ppa, other = make_ppa(), make_ppa(moa="MAFAR")
    track(ppa)
    track(other)
    batch_id, ppa_id = distribute(other).id, ppa.id
    db.session.commit()
    client: FlaskClient = sign_in_as(people.moa_staff)
    answer = client.post(f"/admin/ppa/{ppa_id}/distributions/{batch_id}/undo")
    assert answer.status_code == 404
    assert db.session.get_one(DistributionBatch, batch_id).undone_at is None
