"""Documents, acts and quarters are refused alike by verb, API and form (SPEC 6)."""

import json
import re
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from obcms.kernel.extensions import db
from obcms.kernel.records.opened import fingerprints
from obcms.ledger.acts import EXTENSION_FIELDS, SAID_LATER, edit_act, extend_act
from obcms.ledger.models import (
    ActExtension,
    AppropriationsAct,
    FundEntry,
    FundMovement,
    QuarterClosing,
)
from obcms.ledger.move import move_funds
from obcms.ledger.quarters import change_quarter
from obcms.people.models import User
from tests.support.budget_lines import make_act, make_line
from tests.support.doors import Said, by_column, refused_everywhere

DAY = "2025-02-03"
JSON = {"Accept": "application/json"}
TURNED = "Fuel\u202eleuF"
LINES = ("x\x01", "x\0", TURNED, "x\u2066")
DAYS = ("2025-02-30", "1989-12-31", "2101-01-01", "someday", "03/02/2025")
AMOUNTS = ("0", "0.00", "1.005", "plenty", "1e5", "NaN", "Infinity", "9" * 13, "1,2,3")
HEAD = {
    "kind": "modification",
    "reference": "MOD-9",
    "entry_date": DAY,
    "document_date": DAY,
    "ground": "",
    "remarks": "",
}
Rows = list[tuple[str, str, str]]  # line, class and amount
GOOD: Rows = [("one", "mooe", "-5.00"), ("one", "co", "5.00")]
BOTH = ["entries/0/amount", "entries/1/amount"]  # a row is an appropriation and an allotment
AUGMENTS = {"kind": "augmentation", "ground": "completed"}
Bad = tuple[dict[str, Any], Rows, list[str]]  # what the head says otherwise, the rows, where
BAD: list[Bad] = [
    *(({"kind": kind}, GOOD, ["kind"]) for kind in ("", " ", "gift")),
    *(({"reference": text}, GOOD, ["reference"]) for text in ("", " ", "\u200b", *LINES)),
    ({"reference": "9" * 65}, GOOD, ["reference"]),
    *(({"entry_date": day}, GOOD, ["entry_date"]) for day in (*DAYS, "2099-12-31")),
    *(({"document_date": day}, GOOD, ["document_date"]) for day in (*DAYS, "2025-02-04")),
    *(({"ground": text}, GOOD, ["ground"]) for text in (*LINES, "x" * 256)),
    *(({"remarks": text}, GOOD, ["remarks"]) for text in ("a\x08b", "x" * 10_001)),
    ({"kind": "augmentation"}, [("one", "mooe", "-5"), ("other", "mooe", "5")], ["ground"]),
    *(({}, [("one", "mooe", amount), ("one", "co", "5.00")], BOTH) for amount in AMOUNTS),
    (
        {},
        [("one", "gift", "-5.00"), ("one", "co", "5.00")],
        ["entries/0/appropriation_class", "entries/1/appropriation_class"],
    ),
    ({}, [("", "mooe", "-5.00"), ("one", "co", "5.00")], ["entries/0/line", "entries/1/line"]),
    ({}, [], ["entries"]),
    ({}, [("one", "mooe", "-5.00"), ("one", "co", "4.99")], ["entries"]),
    ({}, [("one", "mooe", "-5.00")], ["entries"]),
    ({}, [("one", "mooe", "-5.00"), ("other", "mooe", "5.00")], ["entries"]),
    ({}, [("one", "mooe", "-5.00"), ("far", "mooe", "5.00")], ["entries"]),
    (AUGMENTS, GOOD, ["entries"]),
    ({"kind": "transfer"}, GOOD, ["entries"]),
    (
        {"kind": "transfer"},
        [("one", "mooe", "-5"), ("other", "mooe", "plenty")],
        ["entries/2/amount", "entries/3/amount"],
    ),
    ({"fund_cluster": "99"}, GOOD, [f"entries/{place}/fund_cluster" for place in range(4)]),
    (
        {"kind": "gift", "reference": " "},
        [("one", "mooe", "0"), ("one", "co", "5.00")],
        ["kind", "reference", *BOTH],
    ),
    (
        {"reference": " ", "entry_date": "someday"},
        [("one", "mooe", "0"), ("one", "co", "5.00")],
        ["reference", "entry_date", *BOTH],
    ),
]


@pytest.fixture
def known(app) -> SimpleNamespace:
    """Two lines of an act with a million of MOOE each, and one of another act."""
    act = make_act()
    lines = {"one": make_line(act=act), "other": make_line(act=act), "far": make_line()}
    known = SimpleNamespace(act=act.id, ids={name: line.id for name, line in lines.items()})
    db.session.commit()
    return known


def as_document(values: dict[str, Any]) -> dict[str, Any]:
    """As verb and API take it: each row with its two entries."""
    said = {name: value for name, value in values.items() if name not in ("rows", "fund_cluster")}
    entries = []
    for line, of_class, amount in values["rows"]:
        part = {"line": line, "appropriation_class": of_class, "amount": amount}
        part["fund_cluster"] = values.get("fund_cluster", "01")
        allots = {"kind": "allotment_adjustment"}
        if values["kind"] == "transfer":
            gives = amount.startswith("-")
            allots = {"kind": "transfer_to" if gives else "transfer_from"}
            allots["amount"] = amount.removeprefix("-")
        entries += [part | {"kind": "appropriation_adjustment"}, part | allots]
    return said | {"entries": entries}


def as_form(values: dict[str, Any], act: int) -> dict[str, str]:
    """As the page sends it."""
    sent = {name: value for name, value in values.items() if name != "rows"} | {"act": str(act)}
    for place, (line, of_class, amount) in enumerate(values["rows"]):
        sent |= {f"line-{place}": line or "", f"class-{place}": of_class}
        sent[f"amount-{place}"] = amount
    return sent


def fields_of(told: list[Said]) -> list[list[str]]:
    """Where each was refused."""
    return [[field for _, field in problems] for problems in told]


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(model.id)))


def test_every_door_refuses_the_same_document(people, known, sign_in_as, call_as) -> None:
    # An executive's augmentations are posted at once; the budget ministry posts the others.
    for name, augments in (("executive", True), ("mfbm_analyst", False)):
        bad = [one for one in BAD if (one[0].get("kind") == "augmentation") is augments]
        user_id = getattr(people, name)
        screen, api = sign_in_as(user_id), call_as(user_id)
        before = count(FundMovement), count(FundEntry)
        told = refused_everywhere(
            [
                HEAD | head | {"rows": [(known.ids.get(line), *rest) for line, *rest in rows]}
                for head, rows, _ in bad
            ],
            verb=lambda values, user_id=user_id: move_funds(
                db.session.get_one(User, user_id), as_document(values)
            ),
            api=lambda values, api=api: api.post("/api/fund-movements/", json=as_document(values)),
            form=lambda values, screen=screen: screen.post(
                "/admin/ledger/movements/new", data=as_form(values, known.act), headers=JSON
            ),
        )
        assert fields_of(told) == [at for *_, at in bad]
        assert (count(FundMovement), count(FundEntry)) == before


EXTENSION = {"made_by_act": "BAA 90", "last_day": "2100-12-31"}
BAD_EXTENSIONS: list[tuple[dict[str, str], list[str]]] = [
    *(({"made_by_act": text}, ["made_by_act"]) for text in ("", " ", "\u200b", *LINES, "9" * 41)),
    *(({"last_day": day}, ["last_day"]) for day in ("", *DAYS, "2025-01-01")),
    ({"appropriation_class": "gift"}, ["appropriation_class"]),
    ({"cost_structure": "gift"}, ["cost_structure"]),
    ({"made_by_act": "", "last_day": "someday"}, ["made_by_act", "last_day"]),
]


def test_every_door_refuses_the_same_later_last_day(people, known, sign_in_as, call_as) -> None:
    screen, api = sign_in_as(people.mfbm_analyst), call_as(people.mfbm_analyst)
    told = refused_everywhere(
        [EXTENSION | values for values, _ in BAD_EXTENSIONS],
        verb=lambda values: extend_act(
            db.session.get_one(User, people.mfbm_analyst),
            db.session.get_one(AppropriationsAct, known.act),
            by_column(EXTENSION_FIELDS, values),
        ),
        api=lambda values: api.post(f"/api/acts/{known.act}/extensions/", json=values),
        form=lambda values: screen.post(
            f"/admin/ledger/acts/{known.act}/extend", data=values, headers=JSON
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


def test_every_door_refuses_the_same_change_of_an_act(people, known, sign_in_as, call_as) -> None:
    make_act(number="BAA TAKEN")
    act = db.session.get_one(AppropriationsAct, known.act)
    before, opened = act.number, json.dumps(fingerprints(act, SAID_LATER))
    db.session.commit()
    screen, api = sign_in_as(people.mfbm_analyst), call_as(people.mfbm_analyst)
    told = refused_everywhere(
        [values for values, _ in BAD_ACTS],
        verb=lambda values: edit_act(
            db.session.get_one(User, people.mfbm_analyst),
            db.session.get_one(AppropriationsAct, known.act),
            by_column(SAID_LATER, values),
        ),
        api=lambda values: api.patch(f"/api/acts/{known.act}/", json=values),
        form=lambda values: screen.post(
            f"/admin/ledger/acts/{known.act}/edit", data={"opened": opened} | values, headers=JSON
        ),
    )
    assert fields_of(told) == [at for _, at in BAD_ACTS]
    assert db.session.get_one(AppropriationsAct, known.act).number == before


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


def test_every_door_refuses_the_same_quarter(people, known, sign_in_as, call_as) -> None:
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
