"""Entity tags: nothing that somebody else changed meanwhile is overwritten, by any action (412)."""

from typing import Any

import pytest
from flask import Flask

from obcms.kernel.extensions import db
from tests.api.conftest import ENTRIES
from tests.support.factories import make_ppa, spend, track

STALE = '"another-version"'
LINE = {"spent_on": "2025-02-03", "amount": "1.00", "description": "Supplies"}
EQUAL = {"method": "equal", "cascade": True}
ACTIONS: dict[str, tuple[str, str, Any]] = {
    "change a PPA": ("PATCH", ENTRIES + "{ppa}/", {"title": "B"}),
    "delete a PPA": ("DELETE", ENTRIES + "{draft}/", None),
    "enable": ("POST", ENTRIES + "{draft}/enable-workitem-tracking/", {}),
    "distribute": ("POST", ENTRIES + "{ppa}/distribute-budget/", EQUAL),
    "sync": ("POST", ENTRIES + "{ppa}/sync-from-workitem/", None),
    "change an item": ("PATCH", "/api/work-items/{item}/", {"title": "B"}),
    "delete an item": ("DELETE", "/api/work-items/{other}/", None),
    "cancel": ("POST", "/api/work-items/{item}/cancel/", None),
    "duplicate": ("POST", "/api/work-items/{item}/duplicate/", {}),
    "post": ("POST", "/api/work-items/{item}/expenditures/", LINE),
    "void": ("POST", "/api/work-items/{item}/expenditures/{line}/void/", {"reason": "Twice"}),
}


@pytest.fixture
def numbers(app: Flask, people) -> dict[str, int]:
    tracked, draft = make_ppa(), make_ppa()
    items = track(tracked)
    spend(items["Resources"], "5.00")
    numbers = {
        "ppa": tracked.id,
        "draft": draft.id,
        "item": items["Resources"].id,
        "other": items["Lessons learned"].id,
        "line": 1,
    }
    db.session.commit()
    return numbers


@pytest.mark.parametrize("action", ACTIONS)
def test_a_stale_if_match_stops_every_change(numbers, call_as, people, action: str) -> None:
    client = call_as(people.administrator)
    method, path, body = ACTIONS[action]
    path, tree = path.format(**numbers), f"{ENTRIES}{numbers['ppa']}/budget-allocation-tree/"
    if body is EQUAL:
        body = EQUAL | {"version": client.get(tree).json["version"]}
    answer = client.open(path, method=method, json=body, headers={"If-Match": STALE})
    assert (answer.status_code, answer.mimetype) == (412, "application/problem+json"), answer.text
    assert client.open(path, method=method, json=body, headers={"If-Match": "*"}).status_code < 300


def test_a_stale_if_match_stops_an_approval_step(numbers, call_as, people) -> None:
    client, path = call_as(people.moa_staff), f"{ENTRIES}{numbers['draft']}/approval/"
    submit = {"action": "submit"}
    assert client.post(path, json=submit, headers={"If-Match": STALE}).status_code == 412
    tag = client.get(f"{ENTRIES}{numbers['draft']}/").headers["ETag"]
    assert client.post(path, json=submit, headers={"If-Match": tag}).status_code == 201


@pytest.mark.parametrize("path", [ENTRIES + "{ppa}/", "/api/work-items/{item}/"])
def test_reading_heeds_both_conditions(numbers, call_as, people, path: str) -> None:
    client, path = call_as(people.viewer), path.format(**numbers)
    tag = client.get(path).headers["ETag"]
    for header, value, status in (
        ("If-None-Match", tag, 304),
        ("If-None-Match", STALE, 200),
        ("If-Match", tag, 200),
        ("If-Match", "*", 200),
        ("If-Match", f"{STALE}, {tag}", 200),
        ("If-Match", STALE, 412),
        ("If-Match", "", 412),
        ("If-Match", "W/" + tag, 412),
    ):
        assert client.get(path, headers={header: value}).status_code == status, (header, value)


def test_a_change_gives_a_new_tag_and_what_is_new_an_address(numbers, call_as, people) -> None:
    client, path = call_as(people.administrator), f"{ENTRIES}{numbers['ppa']}/"
    tag = client.get(path).headers["ETag"]
    assert client.patch(path, json={}).headers["ETag"] == tag
    fresh = client.patch(path, json={"title": "A"}, headers={"If-Match": tag})
    assert (fresh.status_code, fresh.headers["ETag"] != tag) == (200, True)
    stale = client.patch(path, json={"title": "B"}, headers={"If-Match": tag})
    assert stale.status_code == 412
    made = client.post(
        "/api/work-items/", json={"ppa": numbers["ppa"], "work_type": "activity", "title": "Survey"}
    )
    read = client.get(made.headers["Location"])
    assert (read.json["title"], read.headers["ETag"]) == ("Survey", made.headers["ETag"])
