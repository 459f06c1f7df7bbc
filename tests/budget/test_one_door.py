"""A distribution is refused alike by verb, API and dialog (SPEC 5, "Distribute")."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from obcms.budget import distribution
from obcms.budget.models import DistributionBatch
from obcms.budget.proposal import Request
from obcms.budget.rules.choices import INPUTS
from obcms.kernel.extensions import db
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem
from obcms.work.rules.choices import DistributionMethod, WorkStatus, WorkType
from tests.support.doors import refused_by_api, refused_everywhere
from tests.support.factories import make_ppa, track

JSON = {"Accept": "application/json"}
OPEN = ("Preparation", "Execution", "Completion")
WEIGHTS = ("plenty", "", "-1", "NaN", "Infinity", "1_0", "9" * 101, "0x1", "1,5")
AMOUNTS = ("plenty", "", "-1", "1.005", "NaN", "Infinity", "1e5", "9" * 13, "1,2,3")
# The method, a value for each title, where it is refused: a title stands for the item's number.
Bad = tuple[str, dict[str, str], list[str]]
EVEN_WEIGHTS = dict(zip(OPEN, ("50", "30", "20"), strict=True))
EVEN_AMOUNTS = dict(zip(OPEN, ("500.00", "300.00", "200.00"), strict=True))
BAD: list[Bad] = [
    *(("weighted", EVEN_WEIGHTS | {"Execution": one}, ["weights/Execution"]) for one in WEIGHTS),
    *(("manual", EVEN_AMOUNTS | {"Execution": one}, ["allocations/Execution"]) for one in AMOUNTS),
    ("weighted", EVEN_WEIGHTS | {"Execution": "31"}, ["weights"]),
    ("weighted", EVEN_WEIGHTS | {"Execution": "29.98"}, ["weights"]),
    ("manual", EVEN_AMOUNTS | {"Execution": "300.01"}, ["allocations"]),
    ("manual", EVEN_AMOUNTS | {"Execution": "0.00"}, ["allocations"]),
    ("weighted", EVEN_WEIGHTS | {"Called off": "1"}, ["weights/Called off"]),
    ("manual", EVEN_AMOUNTS | {"Core work": "1.00"}, ["allocations/Core work"]),
    ("manual", EVEN_AMOUNTS | {"Another PPA's": "1.00"}, ["allocations/Another PPA's"]),
    ("manual", EVEN_AMOUNTS | {"first": "1.00"}, ["allocations/first"]),
    ("weighted", {}, [f"weights/{title}" for title in OPEN]),
    ("manual", {"Preparation": "-1", "Execution": "plenty"}, [f"allocations/{t}" for t in OPEN]),
]


@pytest.fixture
def known(app) -> SimpleNamespace:
    """A tracked PPA with ₱1,000.00 and nothing distributed yet; its items by title."""
    ppa = make_ppa("1000.00")
    items = track(ppa)
    off = WorkItem(parent=items["root"], ppa_id=ppa.id, title="Called off", position=9)
    off.work_type, off.status = WorkType.ACTIVITY, WorkStatus.CANCELLED
    db.session.add(off)
    db.session.flush()
    ids = {title: item.id for title, item in items.items()} | {off.title: off.id}
    far = track(make_ppa("5.00"))
    ids |= {"Another PPA's": far["Execution"].id, "first": "first"}
    known = SimpleNamespace(ppa_id=ppa.id, ids=ids)
    db.session.commit()
    return known


def doors(
    people: SimpleNamespace, known: SimpleNamespace, client: FlaskClient, api: FlaskClient
) -> dict[str, Callable[[Any], Any]]:
    """The three, for a preview of `method`, with `values` by number below `parent`."""

    def verb(given: dict[str, Any]) -> object:
        actor = db.session.get_one(User, people.administrator)
        ppa = db.session.get_one(PPA, known.ppa_id)
        method = DistributionMethod(given["method"])
        return distribution.preview(actor, ppa, Request(method, given["values"], given["parent"]))

    def by_api(given: dict[str, Any]) -> TestResponse:
        sent = {"method": given["method"], "parent": given["parent"], "preview": True}
        if field := INPUTS.get(given["method"]):
            sent[field] = given["values"]
        return api.post(f"/api/monitoring/entries/{known.ppa_id}/distribute-budget/", json=sent)

    def by_form(given: dict[str, Any]) -> TestResponse:
        sent = {"method": given["method"], "parent": given["parent"] or ""}
        field = INPUTS.get(given["method"])
        sent |= {f"{field}/{key}": value for key, value in given["values"].items()}
        return client.post(f"/admin/ppa/{known.ppa_id}/distribute/preview", data=sent, headers=JSON)

    return {"verb": verb, "api": by_api, "form": by_form}


def test_every_door_refuses_the_same_distribution(people, known, sign_in_as, call_as) -> None:
    named = {str(number): title for title, number in known.ids.items()}
    told = refused_everywhere(
        [
            {
                "method": method,
                "values": {str(known.ids[title]): one for title, one in values.items()},
                "parent": None,
            }
            for method, values, _ in BAD
        ],
        **doors(people, known, sign_in_as(people.administrator), call_as(people.administrator)),
    )
    fields = [[field.partition("/") for _, field in problems] for problems in told]
    assert [
        [f"{name}{slash}{named.get(key, key)}" for name, slash, key in problems]
        for problems in fields
    ] == [at for *_, at in BAD]
    assert db.session.scalar(select(func.count(DistributionBatch.id))) == 0


BAD_PARENTS = (
    ("Another PPA's", ["parent"]),
    ("nobody", ["parent"]),
    ("Documentation", ["parent"]),  # nothing is below it
)


def test_every_door_refuses_the_same_parent(people, known, sign_in_as, call_as) -> None:
    known.ids["nobody"] = 999_999
    told = refused_everywhere(
        [{"method": "equal", "values": {}, "parent": known.ids[title]} for title, _ in BAD_PARENTS],
        **doors(people, known, sign_in_as(people.administrator), call_as(people.administrator)),
    )
    assert [[field for _, field in problems] for problems in told] == [at for _, at in BAD_PARENTS]


@pytest.mark.parametrize("method", ["", " ", "gift", None])
def test_api_and_dialog_refuse_the_same_method(people, known, sign_in_as, call_as, method) -> None:
    client, api = sign_in_as(people.administrator), call_as(people.administrator)
    sent = {} if method is None else {"method": method}
    ways = (
        api.post(f"/api/monitoring/entries/{known.ppa_id}/distribute-budget/", json=sent),
        client.post(f"/admin/ppa/{known.ppa_id}/distribute/preview", data=sent, headers=JSON),
    )
    by_api, by_form = map(refused_by_api, ways)
    assert by_api == by_form
    assert [field for _, field in by_api] == ["method"]


def test_every_door_asks_for_the_version_that_is_applied(
    people, known, sign_in_as, call_as
) -> None:
    client, api = sign_in_as(people.administrator), call_as(people.administrator)
    wanted = {"method": "equal", "version": ""}
    [told] = refused_everywhere(
        [wanted],
        verb=lambda _: distribution.apply(
            db.session.get_one(User, people.administrator),
            db.session.get_one(PPA, known.ppa_id),
            Request(DistributionMethod.EQUAL),
            "",
        ),
        api=lambda given: api.post(
            f"/api/monitoring/entries/{known.ppa_id}/distribute-budget/", json=given
        ),
        form=lambda given: client.post(
            f"/admin/ppa/{known.ppa_id}/distribute/apply", data=given, headers=JSON
        ),
    )
    assert [field for _, field in told] == ["version"]
    assert db.session.scalar(select(func.count(DistributionBatch.id))) == 0
