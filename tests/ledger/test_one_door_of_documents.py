"""A document that moves money is refused alike by verb, API and form (SPEC 6)."""

from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from obcms.kernel.extensions import db
from obcms.ledger.models import FundEntry, FundMovement
from obcms.ledger.move import move_funds
from obcms.people.models import User
from tests.support.budget_lines import make_act, make_line
from tests.support.doors import Said, refused_everywhere

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
