"""The outsider first: what is another ministry's does not exist, and nothing is open by default."""

import re
from decimal import Decimal

import pytest
from flask import Flask, url_for
from sqlalchemy import func, select

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from obcms.kernel.screens.base import ClosedModelView, ClosedView
from tests.support.factories import make_ppa, realigned_once, track

OPEN_TO_ALL = {"static", "admin.static", "auth.sign_in", "auth.home", "auth.sign_out"}
OPEN_TO_ALL |= {"health.health"}


@pytest.fixture
def subject(app: Flask) -> dict[str, int]:
    ppa = make_ppa()
    item = track(ppa)["Resources"]
    db.session.flush()
    ids = {"ppa_id": ppa.id, "item_id": item.id, "line_id": 1, "batch_id": 1, "upload_id": 1}
    db.session.commit()
    return ids


def routes(app: Flask, subject: dict[str, int]) -> list[tuple[str, str, str]]:
    """(endpoint, method, address) of every route that is not open to all."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if rule.endpoint in OPEN_TO_ALL or rule.endpoint.endswith(".static"):
                continue
            if rule.endpoint.startswith("api_"):  # these ask for a token instead
                continue
            values = {name: subject.get(name, 1) for name in rule.arguments}
            address = url_for(rule.endpoint, **values)
            found += [(rule.endpoint, method, address) for method in rule.methods & {"GET", "POST"}]
    assert len(found) > 60
    return found


def test_a_view_that_names_no_permission_is_closed(people, sign_in_as) -> None:
    assert ClosedView.view_permission is None
    assert ClosedModelView.view_permission is None
    assert not any((ClosedModelView.can_create, ClosedModelView.can_edit))
    assert not any((ClosedModelView.can_delete, ClosedModelView.can_export))


def test_a_stranger_is_sent_to_the_sign_in_page_from_every_route(app, subject) -> None:
    client = app.test_client()
    for endpoint, method, address in routes(app, subject):
        answer = client.open(address, method=method)
        assert answer.status_code == 302, endpoint
        assert answer.headers["Location"].startswith("/sign-in"), endpoint


def test_another_ministrys_ppa_does_not_exist(app, subject, people, sign_in_as) -> None:
    client = sign_in_as(people.outsider)
    for endpoint, method, address in routes(app, subject):
        if endpoint.startswith("ppa_page."):
            assert client.open(address, method=method).status_code == 404, endpoint
    for path in (
        f"/admin/ppa/edit/?id={subject['ppa_id']}",
        f"/admin/work-item/edit/?id={subject['item_id']}",
    ):
        assert client.get(path).status_code == 404
        assert client.post(path, data={"title": "Mine"}).status_code == 404


def test_another_ministrys_ppa_is_in_no_list_and_no_figure(
    app, subject, people, sign_in_as
) -> None:
    client = sign_in_as(people.outsider)
    for path in ("/admin/ppa/", "/admin/work-item/", "/admin/", "/admin/ppa/?search=Barangay"):
        page = client.get(path).text
        assert "MOH-2031" not in page
        assert "Resources" not in page
    assert '"MOH"' not in client.get("/admin/ppa/").text  # nor is its ministry a filter option
    assert "MOH-2031" in sign_in_as(people.moa_staff).get("/admin/ppa/").text


def test_a_ministrys_staff_cannot_give_a_ppa_to_another_ministry(
    app, subject, people, sign_in_as
) -> None:
    client = sign_in_as(people.moa_staff)
    form = {
        "opened": "{}",
        "code": "MOH-2031-900",
        "title": "Given away",
        "category": "moa_ppa",
        "fiscal_year": "2031",
        "status": "planning",
        "priority": "medium",
        "implementing_moa": "15",  # MAFAR
    }
    assert client.post("/admin/ppa/new/", data=form).status_code in (200, 404)
    titles = select(func.count(AuditEntry.id)).where(AuditEntry.table_name == "ppa")
    before = db.session.scalar(titles)
    client.post(f"/admin/ppa/edit/?id={subject['ppa_id']}", data=form)
    assert db.session.scalar(titles) == before


def test_a_form_offers_only_ones_own_ministry(app, subject, people, sign_in_as) -> None:
    form = sign_in_as(people.moa_staff).get("/admin/ppa/new/").text
    [field] = re.findall(r'<select[^>]*id="implementing_moa".*?</select>', form, re.S)
    assert re.findall(r"<option[^>]*>(\w+) –", field) == ["MOH"]
    assert "selected" in field
    everybody = sign_in_as(people.oobc_staff).get("/admin/ppa/new/").text
    [field] = re.findall(r'<select[^>]*id="implementing_moa".*?</select>', everybody, re.S)
    assert len(re.findall("<option", field)) >= 33


@pytest.mark.parametrize("role", ["viewer", "coa_auditor", "executive", "bpda_planner"])
def test_readers_change_nothing(app, subject, people, sign_in_as, role: str) -> None:
    entries = select(func.count(AuditEntry.id))
    before = db.session.scalar(entries)
    client = sign_in_as(getattr(people, role))
    for endpoint, method, address in routes(app, subject):
        if method == "POST":
            status = client.post(address, data={"title": "x", "opened": "{}"}).status_code
            assert status in (302, 400, 403, 404, 405, 422), endpoint
    assert db.session.scalar(entries) == before


def test_a_wrong_name_and_a_wrong_password_look_the_same(app, people) -> None:
    answers = [
        app.test_client().post("/sign-in", data={"username": name, "password": "wrong"})
        for name in ("administrator", "nobody at all")
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert all("The user name or the password is wrong." in answer.text for answer in answers)


@pytest.mark.parametrize("target", ["https://evil.invalid/", "//evil.invalid", "/\\evil.invalid"])
def test_signing_in_leads_nowhere_else(app, people, target: str) -> None:
    form = {"username": "administrator", "password": "correct horse battery"}
    answer = app.test_client().post("/sign-in", query_string={"next": target}, data=form)
    assert answer.headers["Location"] == "/admin/"


def test_who_can_be_assigned_is_told_to_those_who_assign(app, subject, people, sign_in_as) -> None:
    lookup = "/admin/work-item/ajax/lookup/?name=assignees&query="
    assert sign_in_as(people.viewer).get(lookup).json == []
    names = sign_in_as(people.moa_staff).get(lookup).text
    assert "moa_head" in names
    assert "outsider" not in names
    assert "outsider" in sign_in_as(people.oobc_staff).get(f"{lookup}outsider").text


def test_work_items_are_filtered_by_ministry(app, subject, people, sign_in_as) -> None:
    moh = sign_in_as(people.viewer).get("/admin/work-item/?flt0_moa_is=20")
    assert moh.status_code == 200


def test_another_ministrys_counterpart_is_not_named(app, people, sign_in_as) -> None:
    values = {"approval_status": "approved", "appropriation_class": "mooe"}
    source = make_ppa(**values)
    target = make_ppa(moa="MAFAR", budget_ceiling=Decimal("2000000.00"), **values)
    realigned_once(source, target, "Slow")
    code, address = source.code, f"/admin/ppa/{target.id}/approval"
    db.session.commit()
    page = sign_in_as(people.outsider).get(address).text
    assert "with another ministry" in page
    assert code not in page
    assert code in sign_in_as(people.viewer).get(address).text
