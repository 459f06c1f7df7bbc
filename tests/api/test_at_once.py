"""Several clients at once: each change is there in the end, and one of two rivals is told (SPEC 5).

A request begins by reading and takes its turn to write later, so these are real requests in real
threads.
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select

from obcms.budget.models import DistributionBatch
from obcms.kernel.db.relations import loaded
from obcms.kernel.extensions import db
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.spending.models import Expenditure
from obcms.work.models import WorkItem
from tests.api.conftest import ENTRIES
from tests.support.factories import make_ppa, track
from tests.support.tokens import access_token
from tests.work.oracle import stored_and_expected

CLIENTS, TURNS = 4, 5
Call = Callable[..., tuple[int, Any]]


@pytest.fixture
def call(app: Flask, people, live: str) -> Call:
    """Sends one request with the token of the ministry's staff; the status and the answer."""
    token = access_token(db.session.get_one(User, people.moa_staff))
    db.session.commit()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def send(method: str, path: str, body: Any, if_match: str | None = None) -> tuple[int, Any]:
        connection = HTTPConnection(urlsplit(live).netloc, timeout=60)
        sent = headers | ({"If-Match": if_match} if if_match else {})
        connection.request(method, path, json.dumps(body), sent)
        answer = connection.getresponse()
        status, read = answer.status, answer.read()
        connection.close()
        return status, json.loads(read)

    return send


def at_once(work: Callable[[int], Any], count: int = CLIENTS) -> list[Any]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


def test_no_report_and_no_expenditure_is_lost(call: Call) -> None:
    ppa = make_ppa()
    items = track(ppa)
    leaves = [item.id for item in items.values() if not loaded(item, "children")]
    ppa_id = ppa.id
    db.session.commit()
    db.session.remove()
    line = {"spent_on": "2025-02-03", "amount": "0.01", "description": "Supplies"}

    def work(client: int) -> set[int]:
        path = f"/api/work-items/{leaves[client]}/"
        return {
            status
            for turn in range(TURNS)
            for status, _ in (
                call("PATCH", path, {"progress": f"{10 * turn + client}.00"}),
                call("POST", f"{path}expenditures/", line),
            )
        }

    assert at_once(work) == [{200, 201}] * CLIENTS
    assert db.session.scalar(select(func.count(Expenditure.id))) == CLIENTS * TURNS
    stored, expected = stored_and_expected(db.session(), db.session.get_one(PPA, ppa_id))
    assert stored == expected
    progress = select(WorkItem.progress).where(WorkItem.id.in_(leaves[:CLIENTS]))
    assert sorted(map(int, db.session.scalars(progress))) == [40, 41, 42, 43]


@pytest.mark.parametrize("path", [ENTRIES + "{ppa}/", "/api/work-items/{item}/"])
def test_one_of_those_who_read_the_same_version_changes_it(
    call: Call, call_as, people, path: str
) -> None:
    ppa = make_ppa()
    path = path.format(ppa=ppa.id, item=track(ppa)["Core work"].id)
    db.session.commit()
    reader = call_as(people.moa_staff)

    def change(client: int) -> int:
        return call("PATCH", path, {"title": f"Client {client}, for {tag}"}, tag)[0]

    for _ in range(TURNS):
        tag = reader.get(path).headers["ETag"]
        db.session.remove()
        assert sorted(at_once(change)) == [200] + [412] * (CLIENTS - 1)


def test_one_of_two_distributions_is_applied(call: Call) -> None:
    ppa = make_ppa()
    track(ppa)
    path = f"{ENTRIES}{ppa.id}/distribute-budget/"
    db.session.commit()
    db.session.remove()
    asked = {"method": "equal", "cascade": True}
    version = call("POST", path, asked | {"preview": True})[1]["version"]
    answers = at_once(lambda _: call("POST", path, asked | {"version": version})[0])
    assert sorted(answers) == [200] + [409] * (CLIENTS - 1)
    assert db.session.scalar(select(func.count(DistributionBatch.id))) == 1


def test_one_of_two_projects_and_one_of_two_codes_is_made(call: Call) -> None:
    ppa = make_ppa()
    path = f"{ENTRIES}{ppa.id}/enable-workitem-tracking/"
    db.session.commit()
    db.session.remove()
    answers = at_once(lambda _: call("POST", path, {"structure_template": "program"})[0])
    assert sorted(answers) == [201] + [409] * (CLIENTS - 1)
    new = {"code": "MOH-2031-900", "title": "Twice", "fiscal_year": 2031}
    answers = at_once(lambda _: call("POST", ENTRIES, new)[0])
    assert sorted(answers) == [201] + [422] * (CLIENTS - 1)
