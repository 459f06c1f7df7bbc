"""Lines, entries, obligations and documents through the API: who sees and posts what (SPEC 6)."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.ledger.models import BudgetLine
from tests.support.factories import make_ppa
from tests.support.ledger import entry, make_act, make_line, modify, obligate

LINES, ENTRIES, MOVEMENTS = "/api/budget-lines/", "/api/fund-entries/", "/api/fund-movements/"
Call = Callable[[int], FlaskClient]


def titles(answer: Any) -> set[str]:
    return {one["title"] for one in answer.json["results"]}


def test_lines_are_found_by_year_office_structure_and_ppa(app: Flask, call_as: Call, people):
    act, later = make_act(fiscal_year=2031), make_act(fiscal_year=2032)
    ppa = make_ppa()
    make_line(act, ppa=ppa, title="Health")
    make_line(act, moa="MAFAR", title="Farms", cost_structure="gas")
    make_line(act, moa=None, title="Calamity fund")
    make_line(later, title="Later")
    number, code = ppa.id, ppa.code
    db.session.commit()
    client = call_as(people.viewer)
    for asked, found in (
        ({}, {"Health", "Farms", "Calamity fund", "Later"}),
        ({"fiscal_year": 2031}, {"Health", "Farms", "Calamity fund"}),
        ({"moa": "mafar"}, {"Farms"}),
        ({"moa": "MAFAR", "fiscal_year": 2032}, set()),
        ({"cost_structure": "GAS"}, {"Farms"}),
        ({"cost_structure": "spf"}, {"Calamity fund"}),
        ({"ppa": number}, {"Health"}),
        ({"ppa": code.lower()}, {"Health"}),
        ({"search": "calam"}, {"Calamity fund"}),
    ):
        assert titles(client.get(LINES, query_string=asked)) == found, asked
    refused = client.get(LINES, query_string={"cost_structure": "none"})
    assert (refused.status_code, refused.json["code"]) == (422, "input")


def test_a_line_tells_what_it_is(app: Flask, call_as: Call, people) -> None:
    line = make_line(moa=None, title="Calamity fund")
    number, of_act = line.id, line.act_id
    db.session.commit()
    client = call_as(people.viewer)
    told = client.get(f"{LINES}{number}/").json
    assert told["cost_structure"] == "spf"
    assert (told["moa"], told["organization"], told["for_later_release"]) == ("", None, True)
    act = client.get(f"/api/acts/{of_act}/").json
    assert (told["act"], told["act_number"]) == (act["id"], act["number"])
    assert act["last_day_other"] == "2032-12-31"


def test_to_staff_of_a_ministry_other_lines_do_not_exist(app: Flask, call_as: Call, people) -> None:
    own, other = make_line(title="Own"), make_line(moa="MAFAR", title="Other")
    theirs, movement = obligate(other), modify(other)
    addresses = [
        f"{LINES}{other.id}/",
        f"{LINES}{other.id}/funds/",
        f"{LINES}{other.id}/fund-entries/",
        f"{ENTRIES}{theirs.id}/",
        f"/api/obligations/{theirs.obligation_id}/",
        f"{MOVEMENTS}{movement.id}/",
        f"{LINES}2147483648/",
    ]
    posts = [f"{LINES}{other.id}/fund-entries/", f"{ENTRIES}{theirs.id}/void/"]
    own_address = f"{LINES}{own.id}/fund-entries/"
    disbursed = {"kind": "payable", "obligation": theirs.obligation_id, "acceptance_number": "A"}
    db.session.commit()
    client = call_as(people.moa_staff)
    for address in addresses:
        assert client.get(address).status_code == 404, address
    for address in posts:
        answer = client.post(address, json={"reason": "Twice"})
        assert (answer.status_code, answer.json["code"]) == (404, "no_such_line")
    assert titles(client.get(LINES)) == {"Own"}
    for listed in ("/api/obligations/", MOVEMENTS):
        assert client.get(listed).json["count"] == 0
    more = {"appropriation_class": "mooe", "amount": "1.00", "reference": "B"}
    more |= {"acceptance_date": "2025-01-01"}
    answer = client.post(own_address, json=disbursed | more)
    assert (answer.status_code, answer.json["code"]) == (422, "input")


@pytest.mark.parametrize("kind", ["allotment", "allotment_adjustment", "appropriation"])
def test_kinds_of_mfbm_are_refused_to_a_ministry_in_a_sentence(
    app: Flask, call_as: Call, people, kind: str
) -> None:
    address = f"{LINES}{make_line().id}/fund-entries/"
    db.session.commit()
    given = {"kind": kind, "appropriation_class": "mooe", "amount": "1.00", "reference": "A"}
    answer = call_as(people.moa_staff).post(address, json=given)
    assert (answer.status_code, answer.json["code"]) == (403, "role")
    said = kind.replace("_", " ")
    assert f"only MFBM posts {said} entries" in answer.json["detail"]


def test_an_obligation_stands_with_its_entries(app: Flask, call_as: Call, people) -> None:
    line = make_line()
    posted = obligate(line, "900.00", reference="ORS-77")
    number, address = posted.obligation_id, f"{LINES}{line.id}/fund-entries/"
    db.session.commit()
    client = call_as(people.moa_staff)
    more = {"appropriation_class": "mooe", "obligation": number, "reference": "DV-1"}
    paid = more | {"kind": "disbursement", "amount": "300.00", "mode": "check"}
    refused = client.post(address, json=paid).json
    assert (refused["code"], refused["available"]) == ("disbursements_over_payables", "0.00")
    made = client.post(address, json=paid | {"with_payable": True})
    assert made.status_code == 201, made.text
    assert client.get(made.location).json == made.json
    adjusted = more | {"kind": "obligation_adjustment", "amount": "-100.00", "reference": "N-1"}
    assert client.post(address, json=adjusted).status_code == 201
    told = client.get(f"/api/obligations/{number}/").json
    assert (told["obligated"], told["payable"], told["disbursed"]) == ("800.00", "300.00", "300.00")
    assert told["unpaid"] == "500.00"
    kinds = [one["kind"] for one in told["entries"]]
    assert kinds == ["obligation", "disbursement", "payable", "obligation_adjustment"]
    assert told["entries"][2]["posted_with"] == made.json["id"]
    found = client.get("/api/obligations/", query_string={"ors_number": "ors-77"}).json
    assert [one["id"] for one in found["results"]] == [number]
    void = client.post(f"{ENTRIES}{made.json['id']}/void/", json={"reason": "Wrong payee"})
    assert (void.json["voids"], void.json["amount"]) == (made.json["id"], "-300.00")
    assert client.get(made.location).json["voided_by"] == void.json["id"]
    again = client.post(f"{ENTRIES}{made.json['id']}/void/", json={"reason": "Wrong payee"})
    assert (again.status_code, again.json["code"]) == (409, "voided")


def released(fund: BudgetLine, amount: str, to: dict[str, Any]) -> dict[str, Any]:
    """The transfer of a fund to an office."""
    part = {"appropriation_class": "mooe", "amount": amount}
    return {
        "kind": "transfer",
        "reference": "SARO-1",
        "entries": [
            part | {"line": fund.id, "kind": "appropriation_adjustment", "amount": f"-{amount}"},
            part | {"line": fund.id, "kind": "transfer_to"},
            part | to | {"kind": "appropriation_adjustment"},
            part | to | {"kind": "transfer_from"},
        ],
    }


def test_a_fund_is_released_to_a_line_that_the_release_makes(
    app: Flask, call_as: Call, people
) -> None:
    fund = make_line(moa=None, title="Calamity fund", validity="unlimited")
    entry(fund, "allotment", "500.00")
    documents = [released(fund, amount, {"moa": "moh"}) for amount in ("200.00", "100.00")]
    db.session.commit()
    client = call_as(people.mfbm_analyst)
    refused = call_as(people.moa_staff).post(MOVEMENTS, json=documents[0])
    assert (refused.status_code, refused.json["code"]) == (403, "role")
    for document in documents:
        answer = client.post(MOVEMENTS, json=document)
        assert answer.status_code == 201, answer.text
    own = client.get(LINES, query_string={"moa": "MOH"}).json["results"]
    assert [(one["title"], one["cost_structure"], one["validity"]) for one in own] == [
        ("Calamity fund", "spf", "unlimited")
    ]
    funds = client.get(f"{LINES}{own[0]['id']}/funds/").json["total"]
    assert (funds["transferred_from"], funds["available_to_obligate"]) == ("300.00", "300.00")
    seen = call_as(people.moa_staff).get(MOVEMENTS).json["results"]
    assert {part["line"] for one in seen for part in one["entries"]} == {own[0]["id"]}


def test_an_office_stands_for_a_line_only_where_a_fund_is_released(
    app: Flask, call_as: Call, people
) -> None:
    fund, line = make_line(moa=None), make_line()
    documents = [
        released(line, "1.00", {"moa": "MAFAR"}),
        released(fund, "1.00", {"moa": "NONE"}),
        released(fund, "1.00", {"moa": "MOH", "line": line.id}),
        released(fund, "1.00", {}),
    ]
    last, title = released(fund, "1.00", {"moa": "MOH"}), fund.title
    db.session.commit()
    client = call_as(people.mfbm_analyst)
    for document in documents:
        answer = client.post(MOVEMENTS, json=document)
        assert (answer.status_code, answer.json["code"]) == (422, "input"), answer.text
    too_much = client.post(MOVEMENTS, json=last)
    assert too_much.json["available"] == "0.00"
    made = select(BudgetLine).where(BudgetLine.title == title)
    assert len(db.session.scalars(made).all()) == 1  # the refused release made no line
