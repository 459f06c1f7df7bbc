"""A request takes as many queries for a large tree as for a small one, signing in included."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select

from obcms.kernel.extensions import db
from obcms.work.models import WorkItem
from tests.api.conftest import ENTRIES
from tests.support.factories import grow, make_ppa

SIZES = (30, 300)
MOST = {"read": 5, "preview": 5, "distribute": 12, "sync": 12, "report": 14}


def requests(client: FlaskClient, ppa_id: int, leaf_id: int) -> Iterator[tuple[str, Any]]:
    """(name, function that makes the request), each after the one before was made."""
    entry, leaf = f"{ENTRIES}{ppa_id}/", f"/api/work-items/{leaf_id}/"
    equal = {"method": "equal", "cascade": True}
    yield "read", lambda: client.get(f"{entry}budget-allocation-tree/")
    yield "preview", lambda: client.post(f"{entry}distribute-budget/", json=equal | PREVIEW)
    version = client.post(f"{entry}distribute-budget/", json=equal | PREVIEW).json["version"]
    applied = equal | {"version": version}
    yield "distribute", lambda: client.post(f"{entry}distribute-budget/", json=applied)
    yield "sync", lambda: client.post(f"{entry}sync-from-workitem/")
    yield "report", lambda: client.patch(leaf, json={"progress": "50.00"})


PREVIEW = {"preview": True}


def test_requests_about_a_tree(
    app, people, call_as, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    counts: list[dict[str, int]] = []
    for size in SIZES:
        ppa = make_ppa()
        grow(ppa, size)
        leaf = db.session.scalar(select(func.max(WorkItem.id)).where(WorkItem.ppa_id == ppa.id))
        ppa_id = ppa.id
        db.session.commit()
        counts.append({})
        for name, make in requests(call_as(people.oobc_staff), ppa_id, leaf):
            with count_queries() as sent:
                answer = make()
            assert answer.status_code == 200, answer.text
            counts[-1][name] = len(sent)
    assert counts[0] == counts[1]
    assert {name: number for name, number in counts[0].items() if number > MOST[name]} == {}
