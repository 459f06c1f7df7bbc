"""Moving a work item: where it may go, what follows, and that it touches nothing but itself."""

from collections.abc import Sequence

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.db.relations import loaded
from obcms.kernel.errors import Conflict, Invalid, ObcmsError
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.people.models import User
from obcms.work.models import WorkItem
from obcms.work.move import move_by_one, move_item
from obcms.work.rules.choices import WorkType
from obcms.work.work_items import create_item
from tests.support.factories import make_ppa, spend, track
from tests.support.growth import SIZES, Counting, at_two_sizes
from tests.support.refusals import NOT_ALLOWED
from tests.work.trees import children, row, titles


def entries() -> int:
    return db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def chain(parent: WorkItem, kinds: Sequence[WorkType]) -> list[WorkItem]:
    """One item below the other, of these types."""
    made = []
    for kind in kinds:
        parent = create_item(SYSTEM, parent, {"title": f"{kind.label}", "work_type": kind})
        made.append(parent)
    return made


@pytest.mark.parametrize(("who", "refusal", "said"), NOT_ALLOWED)
def test_who_may_not_change_the_tree_moves_nothing(
    people, who: str, refusal: type[ObcmsError], said: str
) -> None:
    items = track(make_ppa())
    actor = db.session.get_one(User, getattr(people, who))
    with pytest.raises(refusal, match=said):
        move_item(actor, items["Resources"], items["Completion"], 0)
    with pytest.raises(refusal, match=said):
        move_by_one(actor, items["Resources"], up=True)
    assert items["Resources"].parent_id == items["Preparation"].id


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (0, "x0123"),
        (1, "0x123"),
        (3, "012x3"),
        (4, "0123x"),
        (99, "0123x"),
        (None, "0123x"),
        (-1, "x0123"),
    ],
)
def test_it_comes_to_stand_at_the_place(app: Flask, place: int | None, expected: str) -> None:
    top = row(4)
    other = create_item(SYSTEM, loaded(top, "parent"), {"title": "x", "work_type": "activity"})
    move_item(SYSTEM, other, top, place)
    db.session.commit()
    assert "".join(titles(top)) == expected
    assert [child.place for child in children(top)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("start", range(4))
@pytest.mark.parametrize("place", range(4))
def test_among_its_siblings_the_place_is_counted_without_it(
    app: Flask, start: int, place: int
) -> None:
    top = row(4)
    move_item(SYSTEM, children(top)[start], top, place)
    rest = [str(number) for number in range(4) if number != start]
    assert titles(top) == [*rest[:place], str(start), *rest[place:]]


def test_to_where_it_stands_writes_nothing(app: Flask) -> None:
    top = row(4)
    for child, position in zip(children(top), (0, 10, 11, 50), strict=True):
        child.position = position
    db.session.flush()
    before = entries()
    for place, child in enumerate(children(top)):
        move_item(SYSTEM, child, top, place)
    assert entries() == before


def test_one_up_and_one_down_and_not_past_the_ends(app: Flask) -> None:
    top = row(3)
    first, _, last = children(top)
    move_by_one(SYSTEM, last, up=True)
    assert titles(top) == ["0", "2", "1"]
    move_by_one(SYSTEM, first, up=False)
    assert titles(top) == ["2", "0", "1"]
    with pytest.raises(Invalid, match="“2” is the first already"):
        move_by_one(SYSTEM, last, up=True)
    with pytest.raises(Invalid, match="“1” is the last already"):
        move_by_one(SYSTEM, children(top)[2], up=False)
    assert titles(top) == ["2", "0", "1"]


@given(moves=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 6)), max_size=8))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_moves_leave_the_order_that_a_list_would_have(
    app: Flask, moves: list[tuple[int, int]]
) -> None:
    top = row(6)
    expected = titles(top)
    for number, place in moves:
        item = children(top)[number]
        move_item(SYSTEM, item, top, place)
        expected.insert(min(place, 5), expected.pop(number))
    assert titles(top) == expected
    positions = [child.position for child in children(top)]
    assert len(set(positions)) == 6
    db.session.rollback()


def test_equal_positions_are_spread_out_by_the_first_move_between_them(app: Flask) -> None:
    top = row(5)
    for child in children(top):
        child.position = 7
    db.session.flush()
    move_item(SYSTEM, children(top)[4], top, 1)
    assert titles(top) == ["0", "4", "1", "2", "3"]
    assert len({child.position for child in children(top)}) == 5


def test_a_hundred_moves_to_the_same_spot_keep_the_order(app: Flask) -> None:
    top = row(3)
    for _ in range(50):
        move_item(SYSTEM, children(top)[2], top, 1)
        move_item(SYSTEM, children(top)[1], top, 2)
        expected = titles(top)
        move_item(SYSTEM, children(top)[2], top, 1)
        assert titles(top) == [expected[0], expected[2], expected[1]]
    assert len({child.position for child in children(top)}) == 3


def test_the_execution_project_itself_stays(app: Flask) -> None:
    items = track(make_ppa())
    with pytest.raises(Conflict, match="The execution project itself cannot be moved"):
        move_item(SYSTEM, items["root"], items["Preparation"], 0)
    with pytest.raises(Invalid, match="is the first already"):
        move_by_one(SYSTEM, items["root"], up=True)


def test_not_below_itself_nor_below_what_is_below_it(app: Flask) -> None:
    items = track(make_ppa(), "minimal")
    outer, inner = chain(items["root"], [WorkType.SUB_PROJECT, WorkType.SUB_PROJECT])
    db.session.commit()
    for parent in (outer, inner):
        with pytest.raises(Invalid, match="cannot be moved below itself") as refusal:
            move_item(SYSTEM, outer, parent, None)
        assert [problem.pointer for problem in refusal.value.problems] == ["parent"]
        db.session.rollback()
    assert outer.parent_id == items["root"].id


def test_not_into_the_tree_of_another_ppa(app: Flask) -> None:
    items, others = track(make_ppa()), track(make_ppa())
    with pytest.raises(Invalid, match="only be moved within its own PPA"):
        move_item(SYSTEM, items["Resources"], others["Preparation"], 0)
    assert items["Resources"].parent_id == items["Preparation"].id


def test_not_where_its_type_may_not_stand(app: Flask) -> None:
    items = track(make_ppa())
    db.session.commit()
    with pytest.raises(Invalid, match="An activity cannot stand under a task"):
        move_item(SYSTEM, items["Completion"], items["Resources"], 0)
    db.session.rollback()
    assert items["Completion"].parent_id == items["root"].id


def test_a_subtree_is_not_moved_too_deep_by_what_is_below_it(app: Flask) -> None:
    """The moved item itself would be at level 7; what is two below it, at level 9."""
    root = track(make_ppa(), "minimal")["root"]
    deep = chain(root, [WorkType.SUB_PROJECT] * 5)  # levels 2 to 6
    high = chain(root, [WorkType.SUB_PROJECT] * 3)  # levels 2 to 4
    db.session.commit()
    with pytest.raises(Invalid, match="more than 8 levels deep") as refusal:
        move_item(SYSTEM, high[0], deep[4], None)
    assert [problem.pointer for problem in refusal.value.problems] == ["parent"]
    db.session.rollback()
    assert high[0].parent_id == root.id
    move_item(SYSTEM, high[0], deep[3], None)  # one less: the lowest is at level 8
    assert high[0].parent_id == deep[3].id


def test_the_figures_of_both_parents_follow(app: Flask) -> None:
    ppa = make_ppa()
    items = track(ppa)
    spend(items["Resources"], "500.00")
    before = items["Preparation"].distributed
    items["Resources"].allocated_budget = None
    db.session.flush()
    move_item(SYSTEM, items["Resources"], items["Completion"], 0)
    assert items["Preparation"].spent_total == 0
    assert items["Completion"].spent_total == 500
    assert items["Preparation"].distributed < before
    assert items["root"].spent_total == 500


def test_moving_up_by_one_touches_one_row_however_many_siblings(
    app: Flask, count_queries: Counting
) -> None:
    def work(item_id: int) -> None:
        before = entries()
        move_by_one(SYSTEM, db.session.get_one(WorkItem, item_id), up=True)
        touched.append(entries() - before)

    touched: list[int] = []
    small, large = at_two_sizes(count_queries, lambda size: children(row(size))[-1].id, work)
    assert small == large <= 20
    assert touched == [1, 1]


@pytest.mark.parametrize("place", [0, 7, None])
def test_moving_elsewhere_touches_one_row_however_many_siblings(
    app: Flask, count_queries: Counting, place: int | None
) -> None:
    def work(item_id: int) -> None:
        before, item = entries(), db.session.get_one(WorkItem, item_id)
        move_item(SYSTEM, item, loaded(item, "parent"), place)
        touched.append(entries() - before)

    touched: list[int] = []
    small, large = at_two_sizes(count_queries, lambda size: children(row(size))[3].id, work)
    assert small == large <= 16
    assert touched == [1, 1]


def test_a_new_item_touches_no_sibling(app: Flask) -> None:
    for size in SIZES:
        top = row(size)
        before = entries()
        create_item(SYSTEM, top, {"title": "Last", "work_type": "activity"})
        assert entries() == before + 1
        assert titles(top)[-1] == "Last"
