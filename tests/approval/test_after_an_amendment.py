"""SPEC 7: what follows an amendment in the same transaction, and two of them at once."""

from datetime import date
from decimal import Decimal

import lxml.html
import pytest
from flask import Flask

from obcms.approval.amendments import AMENDABLE, amend_ppa
from obcms.kernel.errors import Conflict, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.records.opened import fingerprints
from obcms.organizations.models import Organization
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem
from tests.approval.test_amended_fields import (
    REASON,
    api,
    approved,
    fields_of,
    send,
    values_of,
)
from tests.approval.test_steps import user, walk
from tests.support.doors import by_column
from tests.support.factories import make_ppa, track


def test_root_dates_and_allocation_follow_at_once(app: Flask, people, call_as) -> None:
    ppa = make_ppa(milestones=[], supporting_organizations=[])
    root = track(ppa)["root"].id
    db.session.commit()
    walk(people, ppa, 6)
    answer = call_as(people.mfbm_analyst).post(
        api(ppa.id),
        json={
            "title": "Wells",
            "budget_allocation": "1500000.00",
            "start_date": "2031-02-01",
            "target_end_date": "2031-11-30",
            "reason": REASON,
        },
    )
    assert answer.status_code == 200, answer.json
    item = db.session.get_one(WorkItem, root)
    assert (item.title, item.start_date, item.end_date) == (
        "Wells",
        date(2031, 2, 1),
        date(2031, 11, 30),
    )
    assert item.allocated_budget == Decimal("1500000.00")


def test_less_than_is_distributed_is_refused_and_left_to_a_cut(app, people, call_as) -> None:
    ppa = make_ppa(milestones=[], supporting_organizations=[])
    track(ppa)
    db.session.commit()
    walk(people, ppa, 5)
    number, client = ppa.id, call_as(people.mfbm_analyst)
    for allocation in ("999999.99", None):
        body = {"budget_allocation": allocation, "reason": REASON}
        answer = client.post(api(number), json=body)
        assert answer.status_code == 422
        assert answer.json["problems"][0]["pointer"] == "/budget_allocation"
    assert db.session.get_one(PPA, number).budget_allocation == Decimal("1000000.00")


def test_two_open_dialogs_conflict_over_one_field_and_not_over_two(app, people, sign_in_as) -> None:
    number, client = approved().id, sign_in_as(people.mfbm_analyst)
    form = fields_of(client, number)
    assert send(client, number, form | {"title": "First"}).status_code == 200
    assert send(client, number, form | {"obc_share": "5"}).status_code == 200
    again = send(client, number, form | {"title": "Second"})
    assert (again.status_code, "changed Title from" in again.text) == (409, True)
    ppa = db.session.get_one(PPA, number)
    assert (ppa.title, ppa.obc_share) == ("First", Decimal(5))


def test_the_verb_conflicts_where_the_ppa_was_given_another_ministry(app, people) -> None:
    ppa = approved()
    opened, analyst = fingerprints(ppa, AMENDABLE), user(people, "mfbm_analyst")
    moved = by_column(AMENDABLE, values_of("implementing_moa_id"))
    amend_ppa(analyst, ppa, moved, REASON, opened)
    db.session.commit()
    with pytest.raises(Conflict, match="changed Code"):
        amend_ppa(analyst, ppa, {"code": "MOH-2031-A98"}, REASON, opened)
    with pytest.raises(Invalid, match="A code of MAFAR begins with"):
        amend_ppa(analyst, ppa, {"code": "MOH-2031-A98"}, REASON)


def test_the_approval_tab_calls_a_ministry_as_it_was_called(app, people, sign_in_as) -> None:
    ppa = approved()
    moved = by_column(AMENDABLE, values_of("implementing_moa_id"))
    amend_ppa(user(people, "mfbm_analyst"), ppa, moved, REASON)
    mafar = db.session.get_one(Organization, moved["implementing_moa_id"])
    mafar.acronym = "MARINE"
    db.session.commit()
    page = sign_in_as(people.mfbm_analyst).get(f"/admin/ppa/{ppa.id}/approval").text
    text = " ".join(lxml.html.fromstring(page).text_content().split())
    assert "Implementing MOA: MOH → MAFAR" in text
