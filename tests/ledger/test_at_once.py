"""Two people at the same moment are answered as if one had come after the other (SPEC 6)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from obcms.kernel.extensions import db
from obcms.ledger.models import BudgetLine, FundEntry, LedgerPeriod
from tests.ledger.plain_rows import plain_rows
from tests.support.ledger import entry, make_act, make_line, obligate

ENTRY = {"appropriation_class": "mooe", "amount": "100.00"}


@pytest.fixture
def at_once(app: Flask, call_as: Callable[[int], FlaskClient], people) -> Callable[..., list[Any]]:
    """Sends each request from a client of its own, all at the same moment."""

    def send(*requests: tuple[str, dict[str, Any]]) -> list[Any]:
        clients = [call_as(people.mfbm_analyst) for _ in requests]
        together = Barrier(len(requests))

        def post(client: FlaskClient, address: str, body: dict[str, Any]) -> Any:
            together.wait()
            with app.app_context():
                return client.post(address, json=body)

        with ThreadPoolExecutor(len(requests)) as pool:
            told = [
                pool.submit(post, one, *sent) for one, sent in zip(clients, requests, strict=True)
            ]
            return [one.result() for one in told]

    return send


def codes(answers: list[Any]) -> list[tuple[int, str]]:
    return sorted((one.status_code, one.json.get("code", "")) for one in answers)


def test_one_void_of_many_is_posted(at_once: Callable[..., list[Any]]) -> None:
    address = f"/api/fund-entries/{obligate(make_line()).id}/void/"
    db.session.commit()
    told = codes(at_once(*[(address, {"reason": f"Twice {n}"}) for n in range(5)]))
    assert told == [(201, ""), *[(409, "voided")] * 4]
    assert db.session.scalar(select(func.count(FundEntry.voids_id))) == 1


def test_a_payee_gets_one_cash_advance_from_several_lines(
    at_once: Callable[..., list[Any]],
) -> None:
    act = make_act()
    lines = [make_line(act) for _ in range(4)]
    requests = []
    for line in lines:
        number = obligate(line, "100.00", payee="Datu Salendab").obligation_id
        body = ENTRY | {"kind": "disbursement", "mode": "cash_advance", "with_payable": True}
        body |= {"reference": f"DV-{number}", "obligation": number}
        requests.append((f"/api/budget-lines/{line.id}/fund-entries/", body))
    db.session.commit()
    assert codes(at_once(*requests)) == [(201, ""), *[(422, "unliquidated")] * 3]


def test_an_ors_number_is_taken_once(at_once: Callable[..., list[Any]]) -> None:
    address = f"/api/budget-lines/{make_line().id}/fund-entries/"
    db.session.commit()
    body = ENTRY | {"kind": "obligation", "reference": "ORS-1", "payee": "Kalilintad Catering"}
    told = codes(at_once(*[(address, body)] * 4))
    assert told == [(201, ""), *[(422, "double")] * 3]


def test_no_entry_goes_into_a_quarter_while_it_is_closed(at_once: Callable[..., list[Any]]) -> None:
    address = f"/api/budget-lines/{make_line().id}/fund-entries/"
    db.session.commit()
    body = ENTRY | {"kind": "obligation", "payee": "Kalilintad Catering"}
    body |= {"entry_date": "2015-02-03"}
    posts = [(address, body | {"reference": f"ORS-{n}"}) for n in range(5)]
    closing = ("/api/fund-quarters/", {"year": 2015, "quarter": 1, "action": "close"})
    closed, *posted = at_once(closing, *posts)
    assert closed.status_code == 201, closed.text
    assert {one.status_code for one in posted} <= {201, 422}
    refused = [one.json["code"] for one in posted if one.status_code == 422]
    assert set(refused) <= {"closed_quarter"}
    made = len([row for row in plain_rows().rows if row.kind == "obligation"])
    assert made == len(posted) - len(refused)
    assert db.session.scalar(select(LedgerPeriod.closed_through)) is not None


def test_two_releases_make_one_line(at_once: Callable[..., list[Any]]) -> None:
    fund = make_line(moa=None, title="Calamity fund")
    entry(fund, "allotment", "500.00")
    part, own = ENTRY | {"line": fund.id}, ENTRY | {"moa": "MOH"}
    document = {
        "kind": "transfer",
        "entries": [
            part | {"kind": "appropriation_adjustment", "amount": "-100.00"},
            part | {"kind": "transfer_to"},
            own | {"kind": "appropriation_adjustment"},
            own | {"kind": "transfer_from"},
        ],
    }
    db.session.commit()
    sent = [("/api/fund-movements/", document | {"reference": f"SARO-{n}"}) for n in range(3)]
    told = codes(at_once(*sent))
    assert set(told) <= {(201, ""), (409, "conflict")}
    assert (201, "") in told
    lines = select(func.count(BudgetLine.id)).where(BudgetLine.organization_id.is_not(None))
    assert db.session.scalar(lines) == 1


def test_what_a_norsa_added_can_be_paid_when_the_obligation_is_voided(
    app: Flask, call_as: Callable[[int], FlaskClient], people
) -> None:
    line = make_line()
    first = obligate(line, "100.00", reference="ORS-1")
    number, address = first.obligation_id, f"/api/budget-lines/{line.id}/fund-entries/"
    entry(line, "obligation_adjustment", "30.00", obligation_id=number)
    void = f"/api/fund-entries/{first.id}/void/"
    db.session.commit()
    client = call_as(people.mfbm_analyst)
    assert client.post(void, json={"reason": "Wrong amount"}).status_code == 201
    paid = {"kind": "disbursement", "mode": "check", "with_payable": True, "obligation": number}
    paid |= {"appropriation_class": "mooe", "reference": "DV-1", "amount": "30.00"}
    assert client.post(address, json=paid).status_code == 201
