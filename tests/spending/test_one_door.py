"""An expenditure is refused alike by verb, API and dialog: the same words at the same fields."""

from typing import Any

from sqlalchemy import func, select

from obcms.kernel.extensions import db
from obcms.people.models import User
from obcms.spending.expenditures import NewExpenditure, post_expenditure, void_expenditure
from obcms.spending.models import Expenditure
from obcms.work.models import WorkItem
from tests.support.doors import refused_everywhere
from tests.support.factories import make_ppa, track

GOOD = {"spent_on": "2025-02-03", "amount": "1250.00", "description": "Supplies"}
TURNED = "Fuel\u202eleuF"
DAYS = ["", " ", "2999-01-01", "2099-12-31", "2025-02-30", "1989-12-31", "03/02/2025", "someday"]
AMOUNTS = ["", "0", "0.00", "-5", "0.001", "1.005", "plenty", "1e5", "NaN", "Infinity", "9" * 13]
TEXTS = ["x" * 256, "Fuel\x01", "Fuel\0", TURNED]
BAD: list[tuple[dict[str, Any], list[str]]] = [
    *(({"spent_on": day}, ["spent_on"]) for day in DAYS),
    *(({"amount": amount}, ["amount"]) for amount in AMOUNTS),
    *(({"description": text}, ["description"]) for text in ["", "  ", "\u200b", *TEXTS]),
    *(({"payee": text}, ["payee"]) for text in TEXTS),
    ({"reference_number": "9" * 65}, ["reference_number"]),
    ({"reference_number": TURNED}, ["reference_number"]),
    (
        {"spent_on": "2999-01-01", "amount": "0", "description": " ", "payee": "x" * 256},
        ["spent_on", "amount", "description", "payee"],
    ),
]
REASONS = ["", " ", "\u200b", *TEXTS]


def test_every_door_refuses_the_same_line(people, sign_in_as, call_as) -> None:
    item = track(make_ppa())["Core work"]
    item_id, ppa_id = item.id, item.ppa_id
    db.session.commit()
    screen, api = sign_in_as(people.administrator), call_as(people.administrator)
    told = refused_everywhere(
        [GOOD | values for values, _ in BAD],
        verb=lambda values: post_expenditure(
            db.session.get_one(User, people.administrator),
            db.session.get_one(WorkItem, item_id),
            NewExpenditure(**values),
        ),
        api=lambda values: api.post(f"/api/work-items/{item_id}/expenditures/", json=values),
        form=lambda values: screen.post(
            f"/admin/ppa/{ppa_id}/items/{item_id}/spending",
            data=values,
            headers={"Accept": "application/json"},
        ),
    )
    assert [[field for _, field in said] for said in told] == [fields for _, fields in BAD]
    assert db.session.scalar(select(func.count(Expenditure.id))) == 0


def test_every_door_refuses_the_same_reason(people, sign_in_as, call_as) -> None:
    item = track(make_ppa())["Core work"]
    actor = db.session.get_one(User, people.administrator)
    line_id = post_expenditure(actor, item, NewExpenditure(**GOOD)).id
    item_id, ppa_id = item.id, item.ppa_id
    db.session.commit()
    screen, api = sign_in_as(people.administrator), call_as(people.administrator)
    told = refused_everywhere(
        [{"reason": reason} for reason in REASONS],
        verb=lambda values: void_expenditure(
            db.session.get_one(User, people.administrator),
            db.session.get_one(Expenditure, line_id),
            **values,
        ),
        api=lambda values: api.post(
            f"/api/work-items/{item_id}/expenditures/{line_id}/void/", json=values
        ),
        form=lambda values: screen.post(
            f"/admin/ppa/{ppa_id}/expenditures/{line_id}/void",
            data=values,
            headers={"Accept": "application/json"},
        ),
    )
    assert [[field for _, field in said] for said in told] == [["reason"]] * len(REASONS)
    assert db.session.get_one(Expenditure, line_id).voided_at is None
