"""SPEC 7: after the approval MFBM changes any of what was approved, with a reason."""

import json
from typing import Any

import lxml.html
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from obcms.approval.amendments import AMENDABLE, amend_ppa
from obcms.approval.models import Amendment
from obcms.approval.rules.approved import APPROVED_FIELDS
from obcms.kernel.extensions import db
from obcms.organizations.models import Organization
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus, PPAStatus
from tests.approval.test_steps import user
from tests.support.doors import by_column, refused_everywhere
from tests.support.factories import make_ppa

S = ApprovalStatus
REASON = "BAA 90, section 5"
# Each of what is approved with another value, and what has to change along with it.
OTHER: dict[str, dict[str, Any]] = {
    "code": {"code": "MOH-2031-A99"},
    "title": {"title": "Another title"},
    "category": {"category": "obc_request"},
    "implementing_moa_id": {"implementing_moa": "MAFAR", "code": "MAFAR-2031-A99"},
    "fiscal_year": {"fiscal_year": 2032},
    "appropriation_year": {"appropriation_year": 2032},
    "appropriation_class": {"appropriation_class": "co"},
    "funding_source": {"funding_source": "oda"},
    "funding_source_other": {"funding_source": "other", "funding_source_other": "A donor"},
    "budget_ceiling": {"budget_ceiling": "2000000.00"},
    "budget_allocation": {"budget_allocation": "999999.99"},
    "obc_share": {"obc_share": "1.00"},
    "start_date": {"start_date": "2031-02-01"},
    "target_end_date": {"target_end_date": "2031-11-01"},
}


def values_of(name: str) -> dict[str, Any]:
    values = dict(OTHER[name])
    if "implementing_moa" in values:
        mafar = select(Organization.id).where(Organization.acronym == values["implementing_moa"])
        values["implementing_moa"] = db.session.scalar(mafar)
    return values


def approved(**values: Any) -> PPA:
    given = {"milestones": [], "supporting_organizations": []}
    ppa = make_ppa(**{"approval_status": S.APPROVED} | given | values)
    db.session.commit()
    return ppa


def api(ppa_id: int, action: str = "amend/") -> str:
    return f"/api/monitoring/entries/{ppa_id}/{action}"


def dialog(ppa_id: int) -> str:
    return f"/admin/ppa/{ppa_id}/approval/amend"


def fields_of(client: FlaskClient, ppa_id: int) -> dict[str, str]:
    """What the dialog would send as it stands, with a reason."""
    (form,) = lxml.html.fromstring(client.get(dialog(ppa_id)).text).xpath("//form")
    return {name: value for name, value in form.form_values() if name} | {"reason": REASON}


def send(client: FlaskClient, ppa_id: int, form: dict[str, Any]) -> Any:
    return client.post(dialog(ppa_id), data=form, headers={"X-Fragment": "approval"})


def test_one_list_is_frozen_amended_and_covered_by_the_digest() -> None:
    assert {field.name for field in AMENDABLE} == APPROVED_FIELDS.keys() == OTHER.keys()


@pytest.mark.parametrize("status", [S.APPROVED, S.ENACTED])
@pytest.mark.parametrize("name", APPROVED_FIELDS)
def test_mfbm_amends_each_field_over_the_api(app, people, call_as, name: str, status) -> None:
    ppa, values = approved(approval_status=status), values_of(name)
    number, before = ppa.id, getattr(ppa, name)
    client = call_as(people.mfbm_analyst)
    answer = client.post(api(number), json=values | {"reason": REASON})
    assert answer.status_code == 200, answer.json
    assert {one: answer.json[one] for one in values} == values
    assert answer.headers["ETag"] == client.get(api(number, "")).headers["ETag"]
    (amendment,) = db.session.scalars(select(Amendment))
    assert amendment.reason == REASON
    assert name in amendment.changes
    assert getattr(db.session.get_one(PPA, number), name) != before


@pytest.mark.parametrize("name", APPROVED_FIELDS)
def test_mfbm_amends_each_field_in_the_dialog(app, people, sign_in_as, name: str) -> None:
    ppa, values = approved(), values_of(name)
    number, client = ppa.id, sign_in_as(people.mfbm_analyst)
    form = fields_of(client, number)
    answer = send(client, number, form | values)
    assert answer.status_code == 200, answer.text
    (amendment,) = db.session.scalars(select(Amendment))
    columns = by_column(AMENDABLE, values)
    assert amendment.changes.keys() == columns.keys()
    ppa = db.session.get_one(PPA, number)
    assert {one: str(getattr(ppa, one)) for one in columns} == {
        one: str(value) for one, value in columns.items()
    }


def test_every_door_refuses_the_same(app: Flask, people, call_as, sign_in_as) -> None:
    taken, ppa = approved(), approved()
    number, code = ppa.id, taken.code
    by_api, by_form = call_as(people.mfbm_analyst), sign_in_as(people.mfbm_analyst)
    form = fields_of(by_form, number)
    bad: list[dict[str, Any]] = [
        {"code": code},
        {"code": code.lower()},
        {"code": "MAFAR-2031-A90"},
        {"code": "MOH-" + "2" * 20},
        {"title": " "},
        {"title": "x" * 256},
        {"title": "a\u202eb"},
        {"fiscal_year": "1066"},
        {"budget_allocation": "-1.00"},
        {"budget_allocation": "5000000.00", "budget_ceiling": "4000000.00"},
        {"obc_share": "1000000.01"},
        {"start_date": "2032-02-01"},
        {"funding_source": "other"},
        {"implementing_moa": "999999"},
        {"title": "Other", "reason": " \n\t"},
        {"title": "Other", "reason": "\u200b\u2060"},
        {"title": "Other", "reason": "\u00a0"},
    ]

    def verb(values: dict[str, Any]) -> None:
        given = {"reason": REASON} | by_column(AMENDABLE, values)
        reason = given.pop("reason")
        one = db.session.get_one(PPA, number)
        amend_ppa(user(people, "mfbm_analyst"), one, given, reason)

    def over_the_api(values: dict[str, Any]) -> Any:
        numbers = {
            one: int(value)
            for one, value in values.items()
            if one in ("fiscal_year", "implementing_moa")
        }
        return by_api.post(api(number), json={"reason": REASON} | values | numbers)

    refused_everywhere(bad, verb, over_the_api, lambda values: send(by_form, number, form | values))
    assert db.session.scalar(select(func.count(Amendment.id))) == 0


@pytest.mark.parametrize("status", [S.DRAFT, S.TECHNICAL_REVIEW, S.EXECUTIVE_APPROVAL, S.REJECTED])
def test_what_is_not_approved_is_not_amended(app, people, call_as, sign_in_as, status) -> None:
    number = approved(approval_status=status).id
    body = {"title": "Other", "reason": REASON}
    answer = call_as(people.mfbm_analyst).post(api(number), json=body)
    assert (answer.status_code, "is not approved" in answer.text) == (422, True)
    answer = send(sign_in_as(people.mfbm_analyst), number, {"opened": "{}"} | body)
    assert (answer.status_code, "is not approved" in answer.text) == (422, True)


def test_a_cancelled_ppa_is_amended_and_stays_cancelled(app: Flask, people, call_as) -> None:
    number = approved(status=PPAStatus.CANCELLED).id
    body = {"budget_allocation": "5.00", "reason": REASON}
    answer = call_as(people.mfbm_analyst).post(api(number), json=body)
    assert (answer.status_code, answer.json["status"]) == (200, "cancelled")


def test_nothing_changed_is_refused(app: Flask, people, call_as, sign_in_as) -> None:
    number = approved().id
    client, screen = call_as(people.mfbm_analyst), sign_in_as(people.mfbm_analyst)
    for body in ({}, {"title": "Barangay  health workers"}, {"budget_allocation": "1000000"}):
        answer = client.post(api(number), json=body | {"reason": REASON})
        assert answer.status_code == 422
        assert answer.json["problems"][0]["message"] == "Nothing was changed."
    assert "Nothing was changed" in send(screen, number, fields_of(screen, number)).text
    assert db.session.scalar(select(func.count(Amendment.id))) == 0


@pytest.mark.parametrize("name", ["moa_staff", "moa_head", "oobc_staff", "executive"])
def test_whoever_is_not_mfbm_does_not_amend(app, people, call_as, name: str) -> None:
    number = approved().id
    client = call_as(getattr(people, name))
    answer = client.post(api(number), json={"title": "Other", "reason": REASON})
    assert answer.status_code == 403


def test_a_stale_tag_overwrites_nothing(app: Flask, people, call_as) -> None:
    number = approved().id
    client = call_as(people.mfbm_analyst)
    tag = client.get(api(number, "")).headers["ETag"]
    for title, status in (("First", 200), ("Second", 412)):
        body = {"title": title, "reason": REASON}
        answer = client.post(api(number), json=body, headers={"If-Match": tag})
        assert answer.status_code == status
    assert db.session.get_one(PPA, number).title == "First"


def test_the_api_document_demands_the_reason_alone(app: Flask) -> None:
    document = json.loads(app.test_client().get("/api/docs/openapi.json").text)
    schema = document["components"]["schemas"]["AmendmentGiven"]
    assert schema["required"] == ["reason"]
    assert len(schema["properties"]) == len(APPROVED_FIELDS) + 1
