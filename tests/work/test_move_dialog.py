"""The dialog that moves an item offers a few legal parents, and the places below one of them."""

import re

import pytest
from flask import Flask

from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.work.models import WorkItem
from obcms.work.move import move_item
from obcms.work.reads.places import LIMIT, read_parents, read_places
from obcms.work.reads.tree import read_tree
from obcms.work.rules.choices import WorkType
from obcms.work.screens.grid import grid_lines
from obcms.work.work_items import create_item
from tests.support.factories import make_ppa, track
from tests.support.growth import Counting, at_two_sizes
from tests.work.trees import branch, children, row

OPTION = re.compile(r"<option[^>]*>([^<]*)</option>")


def test_the_parents_are_those_below_which_it_can_be_moved(app: Flask) -> None:
    ppa = make_ppa()
    items = track(ppa, "program")
    parent = items["root"]
    for level in range(2, 8):  # too deep for what has something below it
        values = {"title": f"Deep {level}", "work_type": WorkType.SUB_PROJECT}
        parent = create_item(SYSTEM, parent, values)
    for item in items.values():  # no budget is in the way
        if item.parent_id is not None:
            item.allocated_budget = None
    db.session.commit()
    lines = grid_lines(read_tree(ppa.id))
    assert len(lines) <= 2 * LIMIT
    for line in lines:
        offered = {one.id for one in read_parents(db.session.get_one(WorkItem, line.row.id))}
        legal = {other.row.id for other in lines if _can_move(line.row.id, other.row.id)}
        assert offered <= legal
        assert offered == legal or len(offered) == LIMIT


def _can_move(item_id: int, parent_id: int) -> bool:
    item = db.session.get_one(WorkItem, item_id)
    if item.parent_id is None:
        return False
    try:
        move_item(SYSTEM, item, db.session.get_one(WorkItem, parent_id), None)
        return True
    except Invalid:
        return False
    finally:
        db.session.rollback()


def test_the_present_parent_and_its_children_come_first(app: Flask) -> None:
    top = branch(400)
    values = {"title": "New", "work_type": WorkType.TASK}
    item = create_item(SYSTEM, top, values)
    first, *others = read_parents(item)
    assert first.id == top.id
    assert [one.id for one in others] == [one.id for one in children(top)[: LIMIT - 1]]


def test_numbers_and_titles_are_those_of_the_grid(app: Flask) -> None:
    ppa = make_ppa()
    items = track(ppa, "program")
    numbers = {line.row.id: line.number for line in grid_lines(read_tree(ppa.id))}
    for item in items.values():
        assert all(numbers[one.id] == one.number for one in read_parents(item))


def test_a_search_finds_each_piece_in_any_case_and_nothing_elsewhere(app: Flask) -> None:
    top, other = branch(400), branch(20)
    leaf = children(children(top)[0])[0]
    titles = [one.title for one in read_parents(leaf, "39 ACTIV")]
    assert titles == ["Activity 391"]
    assert read_parents(leaf, "100%") == []
    assert all(
        db.session.get_one(WorkItem, one.id).ppa_id != other.ppa_id for one in read_parents(leaf)
    )


def test_the_places_count_without_the_item_and_mark_where_it_is(app: Flask) -> None:
    top = row(4)
    item = children(top)[1]
    places = list(read_places(item, top.id))
    assert [(one.index, one.title, one.here) for one in places] == [
        (0, "0", False),
        (1, "2", True),
        (2, "3", False),
    ]
    assert [one.number.rpartition(".")[2] for one in places] == ["1", "3", "4"]


@pytest.mark.parametrize("path", ["", "/parents?find=activity", "/places/{parent}"])
def test_it_asks_and_offers_no_more_in_a_larger_tree(
    app: Flask, people, sign_in_as, count_queries: Counting, path: str
) -> None:
    client = sign_in_as(people.administrator)

    def prepare(size: int) -> str:
        top = branch(300 + size)  # both have more parents than are offered
        leaf = children(children(top)[0])[0]
        address = f"/admin/ppa/{top.ppa_id}/items/{leaf.id}/move{path}"
        return address.format(parent=leaf.parent_id)

    def work(address: str) -> None:
        with count_queries() as sent:
            shown = client.get(address)
        assert shown.status_code == 200
        assert not [one for one in sent if "tree_key IN" in one]
        offered.append(len(OPTION.findall(shown.text)))

    offered: list[int] = []
    small, large = at_two_sizes(count_queries, prepare, work)
    assert small == large <= 12
    assert offered[0] == offered[1] <= LIMIT + 9
