"""The dialogs of one item read that item's surroundings, and say what the whole tree says."""

import pytest
from flask import Flask

from obcms.kernel.extensions import db
from obcms.work.models import WorkItem
from obcms.work.reads.one_item import outline_number, read_below, read_spot
from obcms.work.reads.tree import read_tree
from obcms.work.screens.grid import grid_lines
from tests.support.factories import make_ppa, track
from tests.support.growth import Counting, at_two_sizes
from tests.work.trees import branch, children, row


def test_number_level_and_children_are_those_of_the_grid(app: Flask) -> None:
    ppa = make_ppa()
    items = track(ppa, "program")
    next(iter(items.values())).status = "cancelled"
    db.session.flush()
    for line in grid_lines(read_tree(ppa.id)):
        spot = read_spot(db.session.get_one(WorkItem, line.row.id))
        found = (spot.number, spot.level, spot.children, spot.computed)
        assert found == (line.number, line.level, line.children, line.computed)


def test_what_is_below_is_in_reading_order_with_its_numbers(app: Flask) -> None:
    ppa = make_ppa()
    items = track(ppa, "program")
    lines = grid_lines(read_tree(ppa.id))
    for item in items.values():
        number = outline_number(item.id)
        expected = [
            (one.number, one.row.title) for one in lines if one.number.startswith(f"{number}.")
        ]
        assert [(one, row.title) for one, row in read_below(item.id)] == expected


@pytest.mark.parametrize("name", ["edit", "explain", "add", "cancel", "delete"])
def test_the_dialogs_take_no_more_queries_in_a_larger_tree(
    app: Flask, people, sign_in_as, count_queries: Counting, name: str
) -> None:
    client = sign_in_as(people.administrator)

    def prepare(size: int) -> str:
        top = branch(size)
        leaf = children(children(top)[0])[0]
        item = top if name == "delete" else leaf
        return f"/admin/ppa/{top.ppa_id}/items/{item.id}/{name}"

    def work(address: str) -> None:
        assert client.get(address).status_code == 200

    small, large = at_two_sizes(count_queries, prepare, work)
    assert small == large <= 8


def test_the_forms_of_a_leaf_do_not_read_the_tree(
    app: Flask, people, sign_in_as, count_queries: Counting
) -> None:
    client = sign_in_as(people.administrator)
    top = branch(30)
    leaf_id = children(children(top)[0])[0].id
    number, address = outline_number(leaf_id), f"/admin/ppa/{top.ppa_id}/items/{leaf_id}/"
    db.session.commit()
    for name in ("edit", "explain"):
        with count_queries() as sent:
            assert number in client.get(address + name).text
        assert not [one for one in sent if "tree_key IN" in one]


def test_the_full_form_reads_one_row_of_a_wide_parent(
    app: Flask, people, sign_in_as, count_queries: Counting
) -> None:
    client = sign_in_as(people.administrator)

    def prepare(size: int) -> int:
        return row(size).id

    def work(item_id: int) -> None:
        with count_queries() as sent:
            shown = client.get(f"/admin/work-item/edit/?id={item_id}")
        assert shown.status_code == 200
        assert 'name="progress"' not in shown.text
        assert not [one for one in sent if "work_item.parent_id ORDER BY" in one]

    small, large = at_two_sizes(count_queries, prepare, work)
    assert small == large
