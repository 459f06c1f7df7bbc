"""Bad input gets one problem per fault with a pointer, changes nothing and costs little."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from tests.api.conftest import ENTRIES
from tests.support.factories import make_ppa, track

JSON = {"content_type": "application/json"}
MALFORMED = {
    "cut": "{",
    "deep": "[" * 100_000,
    "long number": '{"fiscal_year": ' + "9" * 5000 + "}",
    "not UTF-8": b'{"title": "\xff"}',
}


@pytest.fixture
def numbers(app: Flask, people) -> dict[str, int]:
    ppa = make_ppa()
    items = track(ppa)
    numbers = {name: item.id for name, item in items.items()} | {"ppa": ppa.id}
    db.session.commit()
    return numbers


@pytest.fixture
def client(numbers, call_as, people) -> FlaskClient:
    return call_as(people.moa_staff)


def pointers(answer: Any) -> list[str]:
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json"), answer.text
    assert answer.json["detail"] == answer.json["problems"][0]["message"]
    return sorted(problem["pointer"] for problem in answer.json["problems"])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"title": "a\0", "obc_share": "1.001", "x": 1}, ["/obc_share", "/title", "/x"]),
        ({"obc_share": "1000000.01"}, ["/obc_share"]),
        ({"milestones": [{}, {"title": ""}]}, ["/milestones/0/title", "/milestones/1/title"]),
        (
            {"supporting_organizations": [999], "implementing_moa": 998},
            ["/implementing_moa", "/supporting_organizations"],
        ),
        ({"funding_source": "other"}, ["/funding_source_other"]),
        ({"budget_allocation": None}, ["/budget_allocation"]),
        ({"budget_allocation": "1.00"}, ["/budget_allocation"]),
        ({"title": "\ud800"}, ["/title"]),
        ({"title": "\u200b"}, ["/title"]),
    ],
)
def test_problems_of_a_ppa(numbers, client, body: Any, expected: list[str]) -> None:
    assert pointers(client.patch(f"{ENTRIES}{numbers['ppa']}/", json=body)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"assignees": [998, 999], "assessment": 5}, ["/assessment", "/assignees", "/assignees"]),
        ({"start_date": "2031-02-03", "end_date": "2031-02-02"}, ["/end_date"]),
        ({"parent": "Resources"}, ["/parent"]),
        ({"progress": 100.5, "allocated_budget": 1.5}, ["/allocated_budget", "/progress"]),
    ],
)
def test_problems_of_a_work_item(numbers, client, body: Any, expected: list[str]) -> None:
    given = {
        name: numbers.get(value, value) if isinstance(value, str) else value
        for name, value in body.items()
    }
    answer = client.patch(f"/api/work-items/{numbers['Resources']}/", json=given)
    assert pointers(answer) == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ('{"method": "manual", "allocations": {"1": null}}', ["/allocations/1"]),
        ('{"method": "weighted", "weights": {"1": 1, "1": 2}}', [""]),
        ('{"method": "equal", "method": "equal"}', [""]),
        ('{"method": "equal", "weights": {"1": 1}, "preview": true}', ["/weights"]),
        ('{"method": "equal"}', ["/version"]),
        ('{"method": "weighted", "weights": {"a/b~c": 1}, "preview": true}', None),
    ],
)
def test_problems_of_a_distribution(numbers, client, sent: str, expected: Any) -> None:
    path = f"{ENTRIES}{numbers['ppa']}/distribute-budget/"
    found = pointers(client.post(path, data=sent, **JSON))
    assert found == expected if expected else "/weights/a~1b~0c" in found


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_not_json_is_refused(numbers, client, sent: Any) -> None:
    entry = f"{ENTRIES}{numbers['ppa']}/"
    assert client.patch(entry, data=sent, **JSON).status_code == 400
    assert client.patch(entry, data="{}").status_code == 415


def test_nothing_is_no_change(numbers, client) -> None:
    answer = client.patch(f"{ENTRIES}{numbers['ppa']}/")
    assert answer.status_code == 400
    assert "Send the fields to change as a JSON object" in answer.text


@pytest.mark.parametrize("query", ["page=0", f"page={'9' * 5000}", "status=someday"])
def test_a_filter_that_cannot_be_is_told(client, query: str) -> None:
    assert pointers(client.get(f"{ENTRIES}?{query}")) == [f"/{query.partition('=')[0]}"]


def test_a_filter_given_twice_is_told(client) -> None:
    assert pointers(client.get(f"{ENTRIES}?status=ongoing&status=planning")) == ["/status"]


def test_a_large_body_and_many_faults_cost_little(app: Flask, numbers, client) -> None:
    many = {f"field{number}": 1 for number in range(5_000)}
    assert len(pointers(client.post(ENTRIES, json=many))) == 100
    twice = "{" + ",".join(f'"a{number // 2}": 1' for number in range(60_000)) + "}"
    assert len(pointers(client.post(ENTRIES, data=twice, **JSON))) == 100
    milestones = client.patch(f"{ENTRIES}{numbers['ppa']}/", json={"milestones": [{}] * 5_000})
    assert pointers(milestones) == ["/milestones"]
    assert client.post(ENTRIES, data="x" * 1_100_000, **JSON).status_code == 413
    stranger = app.test_client()
    assert stranger.post("/api/token/", data="x" * 17_000, **JSON).status_code == 413


def test_a_post_date_in_the_future_and_a_state_that_forbids(numbers, client) -> None:
    item = f"/api/work-items/{numbers['Resources']}/"
    line = {"spent_on": "2099-01-01", "amount": "0.00", "description": "Supplies"}
    assert pointers(client.post(f"{item}expenditures/", json=line)) == ["/amount", "/spent_on"]
    line |= {"spent_on": "2025-02-03", "amount": "1.00"}
    posted = client.post(f"{item}expenditures/", json=line).json["id"]
    void = f"{item}expenditures/{posted}/void/"
    assert client.post(void, json={"reason": "Twice"}).status_code == 200
    assert client.post(void, json={"reason": "Twice"}).status_code == 409
    assert client.delete(item).status_code == 409
    root = f"/api/work-items/{numbers['root']}/"
    assert client.delete(root).status_code == 409
    assert client.post(f"{root}duplicate/").status_code == 409
    enact = client.post(f"{ENTRIES}{numbers['ppa']}/approval/", json={"action": "enact"})
    assert (enact.status_code, "“Draft”" in enact.json["detail"]) == (409, True)


def test_who_and_what_come_before_the_body(numbers, call_as, people) -> None:
    entry, item = f"{ENTRIES}{numbers['ppa']}/", f"/api/work-items/{numbers['Resources']}/"
    db.session.rollback()
    count = select(func.count(AuditEntry.id))
    before = db.session.scalar(count)
    for method, path in (
        ("PATCH", entry),
        ("POST", f"{entry}distribute-budget/"),
        ("POST", f"{entry}enable-workitem-tracking/"),
        ("PATCH", item),
        ("POST", f"{item}expenditures/"),
    ):
        for name, status in (("outsider", 404), ("viewer", 403), ("moa_staff", 400)):
            answer = call_as(getattr(people, name)).open(path, method=method, data="{", **JSON)
            assert answer.status_code == status, (name, method, path)
    assert db.session.scalar(count) == before


def test_sums_that_cannot_be_stored_are_refused_and_break_nothing(
    app: Flask, numbers, client, call_as, people, sign_in_as
) -> None:
    most = {"spent_on": "2025-02-03", "amount": "999999999999.99", "description": "Supplies"}
    first, second = (numbers[name] for name in ("Resources", "Logistics"))
    statuses = [
        client.post(f"/api/work-items/{item}/expenditures/", json=most).status_code
        for item in (first, first, second)
    ]
    assert statuses == [201, 422, 422]
    tree = client.get(f"{ENTRIES}{numbers['ppa']}/budget-allocation-tree/").json["tree"]
    assert tree["spent_total"] == most["amount"]
    for number in range(12):
        new = {"code": f"MOH-{number}", "title": "Largest", "fiscal_year": 2031}
        made = client.post(ENTRIES, json=new | {"budget_allocation": most["amount"]})
        assert made.json["budget_allocation"] == most["amount"]
    page = sign_in_as(people.administrator).get("/admin/")
    assert "₱12,000,000,999,999.88" in page.text
