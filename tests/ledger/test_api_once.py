"""A repeated `Idempotency-Key` posts once and answers the same (SPEC 12)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from obcms.kernel.api.models import KeptAnswer
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.ledger.models import FundEntry
from tests.support.ledger import make_line, obligate

KEY = {"Idempotency-Key": "5c1f-0001"}
OBLIGATION = {
    "kind": "obligation",
    "appropriation_class": "mooe",
    "amount": "1250.00",
    "reference": "ORS-1",
    "payee": "Kalilintad Catering",
}


@pytest.fixture
def address(app: Flask) -> str:
    line = make_line()
    address = f"/api/budget-lines/{line.id}/fund-entries/"
    db.session.commit()
    return address


@pytest.fixture
def client(call_as: Callable[[int], FlaskClient], people) -> FlaskClient:
    return call_as(people.mfbm_analyst)


def entries() -> int:
    found = db.session.scalar(select(func.count(FundEntry.id)))
    db.session.rollback()
    return found


def same(first: TestResponse, second: TestResponse) -> bool:
    """Status, body and address, the first having been a success."""
    assert first.status_code == 201, first.text
    both = (first, second)
    told = [(one.status_code, one.json, one.mimetype, one.location) for one in both]
    return told[0] == told[1]


def test_an_entry_is_posted_once(address: str, client: FlaskClient) -> None:
    before = entries()
    first = client.post(address, json=OBLIGATION, headers=KEY)
    # laid out otherwise, as a client that lost the answer may send it
    text = '{"payee": "Kalilintad Catering", "reference":"ORS-1", "amount":"1250.00",'
    text += ' "appropriation_class": "mooe", "kind": "obligation"}'
    again = client.post(address, data=text, content_type="application/json", headers=KEY)
    assert same(first, again)
    assert entries() == before + 1


def test_a_void_is_posted_once(client: FlaskClient, app: Flask) -> None:
    number = obligate(make_line()).id
    db.session.commit()
    before, path = entries(), f"/api/fund-entries/{number}/void/"
    sent = [client.post(path, json={"reason": "Twice"}, headers=KEY) for _ in range(2)]
    assert same(*sent)
    assert entries() == before + 1


def test_a_document_is_posted_once(client: FlaskClient, app: Flask) -> None:
    line = make_line()
    parts = [
        {"line": line.id, "kind": kind, "appropriation_class": of_class, "amount": amount}
        for kind in ("appropriation_adjustment", "allotment_adjustment")
        for of_class, amount in (("mooe", "-5.00"), ("co", "5.00"))
    ]
    document = {"kind": "modification", "reference": "MOD-1", "entries": parts}
    db.session.commit()
    before = entries()
    sent = [client.post("/api/fund-movements/", json=document, headers=KEY) for _ in range(2)]
    assert same(*sent)
    assert entries() == before + 4


def test_a_quarter_is_closed_once(client: FlaskClient, app: Flask) -> None:
    make_line()
    db.session.commit()
    body = {"year": 2015, "quarter": 1, "action": "close"}
    sent = [client.post("/api/fund-quarters/", json=body, headers=KEY) for _ in range(2)]
    assert same(*sent)


def test_the_key_of_another_request_is_refused(address: str, client: FlaskClient) -> None:
    client.post(address, json=OBLIGATION, headers=KEY)
    before = entries()
    for body in (OBLIGATION | {"amount": "1251.00"}, OBLIGATION | {"reference": "ORS-2"}):
        answer = client.post(address, json=body, headers=KEY)
        assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key")
    assert entries() == before


@pytest.mark.parametrize("key", [" ", "x" * 256])
def test_a_key_that_cannot_be_kept_is_refused(address: str, client: FlaskClient, key: str) -> None:
    answer = client.post(address, json=OBLIGATION, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key")


def test_the_same_key_of_somebody_else_is_another_one(
    address: str, client: FlaskClient, call_as, people
) -> None:
    client.post(address, json=OBLIGATION, headers=KEY)
    other = OBLIGATION | {"reference": "ORS-2"}
    answer = call_as(people.moa_staff).post(address, json=other, headers=KEY)
    assert answer.status_code == 201, answer.text


def test_what_was_refused_is_tried_anew(address: str, client: FlaskClient) -> None:
    much = OBLIGATION | {"amount": "1000001.00"}
    refused = client.post(address, json=much, headers=KEY)
    assert refused.json["available"] == "1000000.00"
    more = {"kind": "appropriation_adjustment", "amount": "1.00", "reference": "BAA 75"}
    for kind in ("appropriation_adjustment", "allotment_adjustment"):
        given = more | {"kind": kind, "appropriation_class": "mooe"}
        assert client.post(address, json=given).status_code == 201
    assert client.post(address, json=much, headers=KEY).status_code == 201


def test_after_a_day_the_key_is_new(address: str, client: FlaskClient) -> None:
    client.post(address, json=OBLIGATION, headers=KEY)
    day_before = utc_now() - timedelta(hours=25)
    db.session.execute(update(KeptAnswer).values(answered_at=day_before))
    db.session.commit()
    answer = client.post(address, json=OBLIGATION | {"reference": "ORS-2"}, headers=KEY)
    assert answer.status_code == 201, answer.text
    assert db.session.scalar(select(func.count(KeptAnswer.id))) == 1


def test_where_posting_fails_at_the_last_moment_nothing_is_kept(
    address: str, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = entries()
    with monkeypatch.context() as patch:
        patch.setattr("obcms.kernel.api.once._kept", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            client.post(address, json=OBLIGATION, headers=KEY)
    assert entries() == before
    assert client.post(address, json=OBLIGATION, headers=KEY).status_code == 201


def test_of_many_at_once_one_posts_and_nobody_posts_again(
    app: Flask, address: str, call_as: Callable[[int], FlaskClient], people
) -> None:
    clients = [call_as(people.mfbm_analyst) for _ in range(6)]
    before, together = entries(), Barrier(len(clients))

    def post(client: FlaskClient) -> TestResponse:
        together.wait()
        with app.app_context():
            return client.post(address, json=OBLIGATION, headers=KEY)

    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(post, clients))
    assert entries() == before + 1
    posted = [one for one in answers if one.status_code == 201]
    assert len({one.json["id"] for one in posted}) == 1
    refused = {(one.status_code, one.json["code"]) for one in answers if one not in posted}
    assert refused <= {(409, "idempotency_key")}
