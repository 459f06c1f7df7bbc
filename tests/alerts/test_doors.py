"""Alerts on the screens and over the API: scoped, filtered, acknowledged, with what is behind."""

import pytest
from sqlalchemy import select

from obcms.alerts.models import Alert
from obcms.alerts.rules.choices import AlertState
from obcms.kernel.extensions import db
from obcms.spending.models import Expenditure
from obcms.work.models import WorkItem
from tests.alerts.conftest import alerts
from tests.support.factories import make_ppa, spend, track

API, PAGE = "/api/alerts/", "/admin/alerts/"


@pytest.fixture
def raised(items, look, people) -> int:
    """The id of a high alert on Resources of MOH; MAFAR has a critical one of its own."""
    spend(items["Resources"], "84000.00")
    spend(track(make_ppa(moa="MAFAR"))["Core work"], "740000.00")
    look()
    alert_id = next(one.id for one in alerts() if one.title == "Resources")
    db.session.rollback()
    return alert_id


def test_another_ministrys_alerts_do_not_exist(raised, people, sign_in_as, call_as) -> None:
    outsider = call_as(people.outsider)
    assert {one["code"].split("-")[0] for one in outsider.get(API).json["results"]} == {"MAFAR"}
    assert outsider.get(f"{API}{raised}/").status_code == 404
    assert outsider.post(f"{API}{raised}/acknowledge/", json={}).status_code == 404
    client = sign_in_as(people.outsider)
    assert "Resources" not in client.get(PAGE).text
    assert client.get(f"{PAGE}{raised}/").status_code == 404
    assert client.post(f"{PAGE}{raised}/acknowledge").status_code == 404


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2),
        ("?level=high", 1),
        ("?level=critical&kind=overspent", 1),
        ("?kind=ahead_of_time", 0),
        ("?state=open", 2),
        ("?state=resolved", 0),
        ("?moa=moh", 1),
    ],
)
def test_the_list_is_filtered(raised, people, call_as, query: str, count: int) -> None:
    assert call_as(people.mfbm_analyst).get(API + query).json["count"] == count


def test_acknowledging_over_the_api(raised, people, call_as) -> None:
    client = call_as(people.moa_staff)
    answer = client.post(f"{API}{raised}/acknowledge/", json={"note": "Seen."})
    assert (answer.status_code, answer.json["state"], answer.json["note"]) == (
        200,
        "acknowledged",
        "Seen.",
    )
    assert answer.json["figure_then"] == "12.00"
    assert client.post(f"{API}{raised}/acknowledge/", json={}).status_code == 409
    assert call_as(people.viewer).post(f"{API}{raised}/acknowledge/", json={}).status_code == 403


def test_the_page_shows_figures_and_the_rows_behind(raised, people, sign_in_as) -> None:
    page = sign_in_as(people.moa_staff).get(f"{PAGE}{raised}/").text
    for said in ("₱75,000.00", "₱84,000.00", "12.00 %", "Supplies", "Nobody yet", "Acknowledge"):
        assert said in page
    assert 'name="note"' not in sign_in_as(people.viewer).get(f"{PAGE}{raised}/").text


def test_acknowledging_on_the_page(raised, people, sign_in_as) -> None:
    client = sign_in_as(people.moa_staff)
    done = client.post(f"{PAGE}{raised}/acknowledge", data={"note": "We void it."})
    assert done.status_code == 302
    assert db.session.get_one(Alert, raised).state is AlertState.ACKNOWLEDGED
    db.session.rollback()
    page = client.get(f"{PAGE}{raised}/").text
    assert "We void it." in page
    assert 'name="note"' not in page
    assert "Resources" in client.get(f"{PAGE}?flt0_state_is=acknowledged").text
    assert "Resources" not in client.get(f"{PAGE}?flt0_state_is=open").text


def test_the_ppa_and_the_dashboard_show_open_alerts(raised, people, sign_in_as) -> None:
    client = sign_in_as(people.moa_staff)
    ppa_id = db.session.get_one(Alert, raised).ppa_id
    db.session.rollback()
    assert "Overspent: Resources" in client.get(f"/admin/ppa/{ppa_id}/").text
    assert "<span>Open alerts</span><b>1</b>" in client.get("/admin/").text
    assert "1 critical" in sign_in_as(people.viewer).get("/admin/").text


def test_an_alert_outlives_its_item_and_says_so(raised, items, look, people, sign_in_as) -> None:
    item = db.session.scalars(select(WorkItem).where(WorkItem.title == "Resources")).first()
    alert = db.session.get_one(Alert, raised)
    alert.work_item_id, alert.subject = item.id + 10_000, f"item {item.id + 10_000}"
    db.session.commit()
    look()
    page = sign_in_as(people.moa_staff).get(f"{PAGE}{raised}/").text
    assert "The work item was deleted." in page
    assert db.session.scalar(select(Expenditure.id)) is not None


def test_list_and_page_cost_the_same_however_many(
    raised, look, people, sign_in_as, count_queries
) -> None:
    client, counts = sign_in_as(people.mfbm_analyst), []
    for _ in range(2):
        for address in (f"{PAGE}?page_size=100", f"{PAGE}{raised}/"):
            with count_queries() as sent:
                assert client.get(address).status_code == 200
            counts.append(len(sent))
        for _ in range(5):
            spend(track(make_ppa())["Resources"], "84000.00")
        look()
    assert counts[:2] == counts[2:]
    assert max(counts) <= 8
