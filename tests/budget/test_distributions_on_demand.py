"""The Budget tab lists the distributions; what one changed is fetched when it is asked for."""

from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient

from obcms.budget import distribution
from obcms.budget.models import DistributionBatch
from obcms.budget.proposal import Request
from obcms.budget.reads.batches import PAGE, changes_of, list_batches
from obcms.kernel.db.relations import loaded
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.ppas.models import PPA
from obcms.work.reads.tree import read_tree
from obcms.work.rules.choices import DistributionMethod
from obcms.work.work_items import delete_item
from tests.support.factories import make_ppa, track
from tests.support.growth import SIZES, Counting
from tests.work.trees import branch, row


def distribute(ppa: PPA, **more: object) -> DistributionBatch:
    request = Request(**{"method": DistributionMethod.EQUAL, "cascade": True} | more)
    version = distribution.preview(SYSTEM, ppa, request).version
    return distribution.apply(SYSTEM, ppa, request, version).batch


@pytest.fixture
def client(people, sign_in_as) -> FlaskClient:
    return sign_in_as(people.moa_staff)


def test_the_list_tells_method_parent_budget_and_number_of_items(app: Flask) -> None:
    ppa = make_ppa("1000000.01")
    items = track(ppa)
    distribute(ppa)
    children = loaded(items["Preparation"], "children")
    weights = dict(zip((child.id for child in children), ("40", "60"), strict=True))
    parent = items["Preparation"].id
    distribute(
        ppa, method=DistributionMethod.WEIGHTED, values=weights, parent_id=parent, cascade=False
    )
    db.session.commit()
    second, first = list_batches(ppa.id)
    assert (first.parent, first.budget, first.cascade, first.items) == (
        ppa.title,
        Decimal("1000000.01"),
        True,
        9,
    )
    assert (second.parent, second.cascade, second.items) == ("Preparation", False, 2)
    assert second.batch.method is DistributionMethod.WEIGHTED


def test_a_page_holds_the_changes_in_reading_order_with_what_is_gone_at_the_end(
    app: Flask,
) -> None:
    ppa = make_ppa("1000000.00")
    items = track(ppa)
    before = items["Resources"].allocated_budget
    batch = distribute(ppa)
    delete_item(SYSTEM, items["Completion"])
    changes = changes_of(batch, read_tree(ppa.id), 1)
    numbers = [line.number for line in changes.lines]
    assert numbers[:3] == ["1.1", "1.1.1", "1.1.2"]
    assert numbers[-3:] == ["", "", ""]
    assert changes.lines[-1].title == "an item that was deleted since"
    resources = next(line for line in changes.lines if line.title == "Resources")
    assert (resources.before, resources.after) == (before, Decimal("166666.67"))


def test_thousands_of_changes_come_in_pages(app: Flask) -> None:
    top = row(PAGE + 3)
    batch = distribute(loaded(top, "ppa"))
    rows = read_tree(top.ppa_id)
    first, second, past = (changes_of(batch, rows, page) for page in (1, 2, 99))
    assert (len(first.lines), first.pages, first.page) == (PAGE, 2, 1)
    assert first.lines[-1] not in second.lines
    assert len(first.lines) + len(second.lines) == second.items
    assert past == second
    assert changes_of(batch, rows, 0) == first


def test_the_details_are_a_dialog_or_a_page_of_their_own(client: FlaskClient) -> None:
    ppa = make_ppa()
    track(ppa)
    batch_id, ppa_id = distribute(ppa).id, ppa.id
    db.session.commit()
    address = f"/admin/ppa/{ppa_id}/distributions/{batch_id}"
    tab = client.get(f"/admin/ppa/{ppa_id}/budget").text
    assert f'href="{address}" data-dialog="distributions/{batch_id}"' in tab
    assert "Resources" not in tab
    page, dialog = client.get(address), client.get(address, headers={"X-Fragment": "budget"})
    assert "<html" in page.text
    assert "<html" not in dialog.text
    for answer in (page, dialog):
        assert answer.status_code == 200
        assert "Resources" in answer.text
    assert client.get(f"{address}?page=x").status_code == 200


def test_to_an_outsider_and_under_another_ppa_there_is_none(
    client: FlaskClient, people, sign_in_as
) -> None:
    ppa, other = make_ppa(), make_ppa()
    track(ppa)
    batch_id, ppa_id, other_id = distribute(ppa).id, ppa.id, other.id
    db.session.commit()
    address = f"/admin/ppa/{ppa_id}/distributions/{batch_id}"
    assert sign_in_as(people.outsider).get(address).status_code == 404
    assert client.get(address.replace(f"ppa/{ppa_id}/", f"ppa/{other_id}/")).status_code == 404
    assert client.get(f"/admin/ppa/{ppa_id}/distributions/{2**40}").status_code == 404


def test_the_budget_tab_takes_no_more_queries_nor_bytes_for_more_items_distributed(
    client: FlaskClient, count_queries: Counting
) -> None:
    counts, lengths = [], []
    for size in SIZES:
        ppa = loaded(branch(size), "ppa")
        ppa_id = ppa.id
        for _ in range(3):
            distribute(ppa)
            ppa.budget_allocation += 1
        db.session.commit()
        db.session.remove()
        with count_queries() as sent:
            lengths.append(len(client.get(f"/admin/ppa/{ppa_id}/budget").data))
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 8
    assert abs(lengths[1] - lengths[0]) < 1_000
