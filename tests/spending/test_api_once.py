"""An expenditure posts once for a repeated `Idempotency-Key` (SPEC 12)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from obcms.kernel.extensions import db
from obcms.spending.models import Expenditure
from tests.support.factories import make_ppa, track

KEY = {"Idempotency-Key": "exp-0001"}
LINE = {"spent_on": "2025-02-03", "amount": "1250.00", "description": "Supplies"}


@pytest.fixture
def address(app) -> str:
    item = track(make_ppa())["Resources"]
    address = f"/api/work-items/{item.id}/expenditures/"
    db.session.commit()
    return address


def test_an_expenditure_and_its_void_are_posted_once(
    address: str, call_as: Callable[[int], FlaskClient], people
) -> None:
    client = call_as(people.moa_staff)
    tag = client.get(address.removesuffix("expenditures/")).headers["ETag"]
    # The item has another version after the first; what is repeated is answered all the same.
    sent = [client.post(address, json=LINE, headers=KEY | {"If-Match": tag}) for _ in range(2)]
    assert [one.status_code for one in sent] == [201, 201], sent[0].text
    assert sent[0].json == sent[1].json
    assert db.session.scalar(select(func.count(Expenditure.id))) == 1
    db.session.rollback()
    void = f"{address}{sent[0].json['id']}/void/"
    key = {"Idempotency-Key": "exp-0002"}
    voids = [client.post(void, json={"reason": "Twice"}, headers=key) for _ in range(2)]
    assert [one.status_code for one in voids] == [200, 200]
    assert voids[0].json == voids[1].json
    refused = client.post(address, json=LINE | {"amount": "1.00"}, headers=KEY)
    assert refused.status_code == 422
