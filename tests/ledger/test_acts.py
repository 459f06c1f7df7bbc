"""An act's number is filled in and its validity extended, by MFBM alone (SPEC 6)."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from obcms.ledger.models import ActExtension, AppropriationsAct
from tests.support.ledger import make_act, make_line

PAGE = "/admin/ledger/acts/"
UNNUMBERED = "Act of 2031 (number to be filled in)"


@pytest.fixture
def act_id(app: Any) -> int:
    act = make_act(fiscal_year=2031, number=UNNUMBERED)
    make_line(act, title="Health")
    db.session.commit()
    return act.id


@pytest.fixture
def mfbm(people: Any, sign_in_as: Any, act_id: int) -> FlaskClient:
    return sign_in_as(people.mfbm_analyst)


def opened(page: str) -> str:
    return html.fromstring(page).xpath("//input[@name='opened']")[0].value


def stored(act_id: int) -> AppropriationsAct:
    db.session.rollback()
    db.session.expire_all()
    query = select(AppropriationsAct).options(selectinload(AppropriationsAct.extensions))
    return db.session.scalars(query.where(AppropriationsAct.id == act_id)).one()


def test_the_number_is_filled_in_with_its_trace(mfbm, act_id: int) -> None:
    page = mfbm.get(PAGE).text
    assert "Fill in its number" in page
    assert "Import an act's table" in html.fromstring(page).text_content()
    sent = {"opened": opened(page), "number": "BAA 84", "remarks": ""}
    assert mfbm.post(f"{PAGE}{act_id}/edit", data=sent).status_code == 302
    assert stored(act_id).number == "BAA 84"
    entry = select(AuditEntry).where(AuditEntry.table_name == "act")
    last = db.session.scalars(entry.order_by(AuditEntry.id.desc())).first()
    assert last.changes["number"] == [UNNUMBERED, "BAA 84"]
    assert "Fill in its number" not in mfbm.get(PAGE).text


def test_a_number_that_is_there_or_missing_is_refused(mfbm, act_id: int) -> None:
    make_act(fiscal_year=2031, number="BAA 84")
    db.session.commit()
    page = mfbm.get(PAGE).text
    for number, reason in (("baa 84", "already an act"), ("", "Give the act")):
        sent = {"opened": opened(page), "number": number}
        answer = mfbm.post(f"{PAGE}{act_id}/edit", data=sent)
        assert (answer.status_code, reason in answer.text) == (422, True)
    assert stored(act_id).number == UNNUMBERED


def test_what_somebody_else_filled_in_meanwhile_stays(mfbm, act_id: int) -> None:
    before = opened(mfbm.get(PAGE).text)
    stored(act_id).number = "BAA 84"
    db.session.commit()
    sent = {"opened": before, "number": "BAA 85"}
    answer = mfbm.post(f"{PAGE}{act_id}/edit", data=sent)
    assert (answer.status_code, "BAA 84" in answer.text) == (409, True)
    assert stored(act_id).number == "BAA 84"


def test_validity_is_extended_for_a_class_or_for_all(mfbm, act_id: int) -> None:
    sent = {"made_by_act": "BAA 90", "last_day": "2033-06-30", "appropriation_class": "co"}
    assert mfbm.post(f"{PAGE}{act_id}/extend", data=sent).status_code == 302
    [extension] = stored(act_id).extensions
    assert (extension.last_day, extension.appropriation_class.value) == (date(2033, 6, 30), "co")
    assert extension.cost_structure is None
    assert "30 Jun 2033" in mfbm.get(PAGE).text
    early = mfbm.post(f"{PAGE}{act_id}/extend", data=sent | {"last_day": "2030-01-01"})
    assert (early.status_code, "not later" in early.text) == (422, True)


def test_others_see_acts_and_change_nothing(people, sign_in_as, act_id: int) -> None:
    staff = sign_in_as(people.moa_staff)
    page = staff.get(PAGE).text
    assert UNNUMBERED in page
    assert "Fill in its number" not in page
    assert "Import an act" not in page
    sent = {"opened": "{}", "number": "BAA 84", "made_by_act": "BAA 90", "last_day": "2033-06-30"}
    for verb in ("edit", "extend"):
        assert staff.post(f"{PAGE}{act_id}/{verb}", data=sent).status_code == 403
    assert (stored(act_id).number, stored(act_id).extensions) == (UNNUMBERED, [])


def test_the_api_does_the_same(people, call_as, act_id: int) -> None:
    client, address = call_as(people.mfbm_analyst), f"/api/acts/{act_id}/"
    read = client.get(address)
    tag = read.headers["ETag"]
    changed = client.patch(address, json={"number": "BAA 84"}, headers={"If-Match": tag})
    assert (changed.status_code, changed.json["number"]) == (200, "BAA 84")
    assert changed.headers["ETag"] != tag
    stale = client.patch(address, json={"number": "BAA 85"}, headers={"If-Match": tag})
    assert stale.status_code == 412
    given = {"made_by_act": "BAA 90", "last_day": "2033-06-30"}
    key = {"Idempotency-Key": "once"}
    for _ in range(2):
        answer = client.post(f"{address}extensions/", json=given, headers=key)
        assert (answer.status_code, answer.json["last_day"]) == (201, "2033-06-30")
    db.session.rollback()
    assert len(db.session.scalars(select(ActExtension)).all()) == 1
    assert client.get(address).json["extensions"][0]["made_by_act"] == "BAA 90"
    stranger = call_as(people.moa_staff)
    assert stranger.patch(address, json={"number": "BAA 86"}).status_code == 403
    assert stranger.post(f"{address}extensions/", json=given).status_code == 403
