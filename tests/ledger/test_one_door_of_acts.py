"""Acts, their last days and quarters are refused alike by verb, API and form (SPEC 6)."""

import json
import re
from typing import Any

import pytest
from sqlalchemy import func, select

from obcms.kernel.extensions import db
from obcms.kernel.records.opened import fingerprints
from obcms.ledger.acts import EXTENSION_FIELDS, SAID_LATER, edit_act, extend_act
from obcms.ledger.models import ActExtension, AppropriationsAct, QuarterClosing
from obcms.ledger.quarters import change_quarter
from obcms.people.models import User
from tests.ledger.test_one_door_of_documents import DAYS, JSON, LINES
from tests.support.budget_lines import make_act
from tests.support.doors import Said, by_column, refused_everywhere


@pytest.fixture
def act_id(app) -> int:
    act = make_act()
    db.session.commit()
    return act.id


def fields_of(told: list[Said]) -> list[list[str]]:
    """Where each was refused."""
    return [[field for _, field in problems] for problems in told]


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(model.id)))


EXTENSION = {"made_by_act": "BAA 90", "last_day": "2100-12-31"}
BAD_EXTENSIONS: list[tuple[dict[str, str], list[str]]] = [
    *(({"made_by_act": text}, ["made_by_act"]) for text in ("", " ", "\u200b", *LINES, "9" * 41)),
    *(({"last_day": day}, ["last_day"]) for day in ("", *DAYS, "2025-01-01")),
    ({"appropriation_class": "gift"}, ["appropriation_class"]),
    ({"cost_structure": "gift"}, ["cost_structure"]),
    ({"made_by_act": "", "last_day": "someday"}, ["made_by_act", "last_day"]),
]


def test_every_door_refuses_the_same_later_last_day(people, act_id, sign_in_as, call_as) -> None:
    screen, api = sign_in_as(people.mfbm_analyst), call_as(people.mfbm_analyst)
    told = refused_everywhere(
        [EXTENSION | values for values, _ in BAD_EXTENSIONS],
        verb=lambda values: extend_act(
            db.session.get_one(User, people.mfbm_analyst),
            db.session.get_one(AppropriationsAct, act_id),
            by_column(EXTENSION_FIELDS, values),
        ),
        api=lambda values: api.post(f"/api/acts/{act_id}/extensions/", json=values),
        form=lambda values: screen.post(
            f"/admin/ledger/acts/{act_id}/extend", data=values, headers=JSON
        ),
    )
    assert [[field for _, field in problems] for problems in told] == [
        at for _, at in BAD_EXTENSIONS
    ]
    assert count(ActExtension) == 0


BAD_ACTS: list[tuple[dict[str, str], list[str]]] = [
    *(({"number": text}, ["number"]) for text in ("", " ", "\u200b", *LINES, "9" * 41)),
    ({"number": "BAA TAKEN"}, ["number"]),
    ({"number": "baa  taken"}, ["number"]),
    *(({"remarks": text}, ["remarks"]) for text in ("a\x08b", "x" * 10_001)),
    ({"number": " ", "remarks": "a\x08b"}, ["number", "remarks"]),
]


def test_every_door_refuses_the_same_change_of_an_act(people, act_id, sign_in_as, call_as) -> None:
    make_act(number="BAA TAKEN")
    act = db.session.get_one(AppropriationsAct, act_id)
    before, opened = act.number, json.dumps(fingerprints(act, SAID_LATER))
    db.session.commit()
    screen, api = sign_in_as(people.mfbm_analyst), call_as(people.mfbm_analyst)
    told = refused_everywhere(
        [values for values, _ in BAD_ACTS],
        verb=lambda values: edit_act(
            db.session.get_one(User, people.mfbm_analyst),
            db.session.get_one(AppropriationsAct, act_id),
            by_column(SAID_LATER, values),
        ),
        api=lambda values: api.patch(f"/api/acts/{act_id}/", json=values),
        form=lambda values: screen.post(
            f"/admin/ledger/acts/{act_id}/edit", data={"opened": opened} | values, headers=JSON
        ),
    )
    assert fields_of(told) == [at for _, at in BAD_ACTS]
    assert db.session.get_one(AppropriationsAct, act_id).number == before


CLOSING = {"year": "2025", "quarter": "1", "action": "close", "reason": ""}
BAD_QUARTERS: list[tuple[dict[str, str], list[str]]] = [
    *(({"year": year}, ["year"]) for year in ("", "1989", "2101", "soon", "-1", "9" * 20)),
    *(({"quarter": quarter}, ["quarter"]) for quarter in ("", "0", "5", "first", "1.5")),
    *(({"reason": text}, ["reason"]) for text in ("a\x08b", "x" * 10_001)),
    ({"quarter": "2"}, ["quarter"]),
    ({"year": "2024", "quarter": "4"}, ["quarter"]),
    ({"action": "reopen"}, ["reason"]),
    ({"action": "reopen", "reason": "   "}, ["reason"]),
    ({"action": "reopen", "reason": "Posted late"}, ["quarter"]),
    ({"year": "", "quarter": "0", "reason": "a\x08b"}, ["year", "quarter", "reason"]),
]


def as_numbers(values: dict[str, str]) -> dict[str, Any]:
    """As JSON has them."""
    said = {name: None if one == "" else one for name, one in values.items() if name != "reason"}
    for name in ("year", "quarter"):
        if re.fullmatch("-?[0-9]+", values[name]):
            said[name] = int(values[name])
    return said | {"reason": values["reason"]}


def test_every_door_refuses_the_same_quarter(people, act_id, sign_in_as, call_as) -> None:
    screen, api = sign_in_as(people.mfbm_analyst), call_as(people.mfbm_analyst)
    told = refused_everywhere(
        [CLOSING | values for values, _ in BAD_QUARTERS],
        verb=lambda values: change_quarter(db.session.get_one(User, people.mfbm_analyst), values),
        api=lambda values: api.post("/api/fund-quarters/", json=as_numbers(values)),
        form=lambda values: screen.post(
            f"/admin/ledger/quarters/{values['action']}", data=values, headers=JSON
        ),
    )
    assert fields_of(told) == [at for _, at in BAD_QUARTERS]
    assert count(QuarterClosing) == 0
