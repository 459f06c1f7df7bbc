"""Lists: filtered as in the screens, ordered, in pages, with a fixed number of queries."""

import pytest
from flask import Flask

from obcms.kernel.extensions import db
from obcms.ppas.rules.choices import AppropriationClass, ApprovalStatus
from obcms.work.models import WorkItem
from obcms.work.rules.choices import WorkStatus
from tests.api.conftest import ENTRIES
from tests.support.factories import make_ppa, track

ITEMS = "/api/work-items/"


@pytest.fixture
def codes(app: Flask, people) -> list[str]:
    first = make_ppa(appropriation_class=AppropriationClass.CO, fiscal_year=2030)
    second = make_ppa(approval_status=ApprovalStatus.BUDGET_REVIEW, title="Rice mills")
    third = make_ppa(moa="MAFAR")
    track(third)["Resources"].status = WorkStatus.BLOCKED
    db.session.commit()
    return [ppa.code for ppa in (first, second, third)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {0, 1, 2}),
        ("?moa=mafar", {2}),
        ("?fiscal_year=2030", {0}),
        ("?appropriation_class=co", {0}),
        ("?approval_status=budget_review", {1}),
        ("?enable_workitem_tracking=true", {2}),
        ("?status=planning&delivery_flag=at_risk", set()),
        ("?search=RICE", {1}),
        ("?title=mills", {1}),
        ("?search=%25", set()),
        ("?code=MAFAR", {2}),
    ],
)
def test_filters_match_those_of_the_screens(codes, call_as, people, query, expected) -> None:
    answer = call_as(people.oobc_staff).get(ENTRIES + query)
    assert answer.status_code == 200, answer.text
    assert {one["code"] for one in answer.json["results"]} == {codes[n] for n in expected}
    assert answer.json["count"] == len(expected)


def test_work_items_are_filtered_too(codes, call_as, people) -> None:
    client = call_as(people.oobc_staff)
    item = db.session.query(WorkItem).filter_by(title="Resources").one()
    ppa_id, parent_id = item.ppa_id, item.parent_id
    db.session.rollback()
    assert client.get(f"{ITEMS}?ppa={ppa_id}").json["count"] == 10
    assert client.get(f"{ITEMS}?parent={parent_id}").json["count"] == 2
    [found] = client.get(f"{ITEMS}?status=blocked&work_type=task").json["results"]
    assert (found["title"], found["parent"]) == ("Resources", parent_id)


def test_pages_link_to_each_other(codes, call_as, people) -> None:
    client = call_as(people.oobc_staff)
    first = client.get(f"{ENTRIES}?page_size=2&ordering=-code").json
    assert [one["code"] for one in first["results"]] == sorted(codes, reverse=True)[:2]
    assert first["previous"] is None
    second = client.get(first["next"]).json
    assert [one["code"] for one in second["results"]] == sorted(codes, reverse=True)[2:]
    assert second["next"] is None
    assert client.get(second["previous"]).json == first


def test_behind_the_last_page_one_is_led_back_to_it(codes, call_as, people) -> None:
    client = call_as(people.oobc_staff)
    behind = client.get(f"{ENTRIES}?page_size=2&page=9").json
    assert (behind["count"], behind["results"], behind["next"]) == (3, [], None)
    assert behind["previous"].endswith("page_size=2&page=2")


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "page_size=100000", "status=someday", "nothing=1", "ppa=1"]
)
def test_a_wrong_filter_is_told(codes, call_as, people, query: str) -> None:
    answer = call_as(people.oobc_staff).get(f"{ENTRIES}?{query}")
    assert answer.status_code == 422
    assert answer.json["problems"][0]["pointer"] == f"/{query.partition('=')[0]}"


def test_the_number_of_queries_is_fixed(codes, call_as, people, count_queries) -> None:
    client, counts = call_as(people.oobc_staff), []
    for _ in range(2):
        for path in (ENTRIES, ITEMS):
            with count_queries() as sent:
                assert client.get(path).status_code == 200
            counts.append(len(sent))
        for _ in range(10):
            track(make_ppa())
        db.session.commit()
    assert counts[:2] == counts[2:]
    assert max(counts) <= 8


def test_every_user_finds_the_number_of_a_ministry(app: Flask, call_as, people) -> None:
    for role in ("outsider", "coa_auditor"):
        client = call_as(getattr(people, role))
        [found] = client.get("/api/organizations/?acronym=moh").json["results"]
        assert (found["acronym"], found["name"]) == ("MOH", "Ministry of Health")
        assert found in client.get("/api/organizations/?search=health").json["results"]
