"""The number of queries does not grow with the data (SPEC 15)."""

from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from obcms.budget import distribution
from obcms.budget.proposal import Request
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.ppas.models import PPA
from obcms.work import work_items
from obcms.work.models import WorkItem
from obcms.work.rules.choices import DistributionMethod
from tests.support.factories import grow, make_ppa
from tests.support.growth import at_two_sizes


def tracked(size: int) -> int:
    ppa = make_ppa()
    grow(ppa, size)
    return ppa.id


@pytest.fixture
def client(people, sign_in_as) -> FlaskClient:
    return sign_in_as(people.administrator)


@pytest.mark.parametrize(
    ("path", "most"), [("tree.json", 5), ("work-items", 8), ("budget", 8), ("", 8)]
)
def test_the_pages_of_a_ppa(client, count_queries, path: str, most: int) -> None:
    def work(ppa_id: int) -> None:
        assert client.get(f"/admin/ppa/{ppa_id}/{path}").status_code == 200

    small, large = at_two_sizes(count_queries, tracked, work)
    assert small == large <= most


@pytest.mark.parametrize("path", ["/admin/ppa/", "/admin/work-item/", "/admin/audit/", "/admin/"])
def test_the_list_pages(client, count_queries, path: str) -> None:
    def prepare(size: int) -> None:
        for _ in range(size // 10):
            tracked(4)

    def work(_: None) -> None:
        assert client.get(f"{path}?page_size=100").status_code == 200

    small, large = at_two_sizes(count_queries, prepare, work)
    assert small == large <= 8


def test_distributing_over_the_whole_tree(app, count_queries) -> None:
    def work(ppa_id: int) -> None:
        ppa = db.session.get_one(PPA, ppa_id)
        request = Request(DistributionMethod.EQUAL, cascade=True)
        proposal = distribution.preview(SYSTEM, ppa, request)
        with count_queries() as sent:
            distribution.apply(SYSTEM, ppa, request, proposal.version)
        applied.append(len(sent))

    applied: list[int] = []
    at_two_sizes(count_queries, tracked, work)
    assert applied[0] == applied[1] <= 12


@pytest.mark.parametrize("change", [{"progress": Decimal(40)}, {"status": "completed"}])
def test_one_leaf_rolled_up_to_the_ppa(app, count_queries, change: dict) -> None:
    def work(ppa_id: int) -> None:
        newest = select(WorkItem.id).where(WorkItem.ppa_id == ppa_id).order_by(WorkItem.id.desc())
        leaf = db.session.get_one(WorkItem, db.session.scalars(newest.limit(1)).one())
        with count_queries() as sent:
            work_items.edit_item(SYSTEM, leaf, change)
        needed.append(len(sent))

    needed: list[int] = []
    at_two_sizes(count_queries, tracked, work)
    assert needed[0] == needed[1] <= 12
