"""Whole trees, and single branches of them, against a plain recursive reading of SPEC 4 and 5."""

import random
import sys
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obcms.kernel.errors import Invalid
from obcms.ppas.rules.choices import ProgressWeighting as Weighting
from obcms.work.rules.choices import WorkStatus as Status
from obcms.work.rules.rollup import Child, Derived, Node, days_between, recompute

D = Decimal
NEW, GOING, RISK, BLOCKED, DONE, OFF = Status
DAY = date(2025, 1, 1)


def oracle(nodes: list[Node], weighting: Weighting, started: bool) -> dict[int, Derived]:
    """The same rules, written top-down with recursion and fractions."""
    found: dict[int, Derived] = {}

    def weigh(node: Node) -> Fraction:
        if weighting == "budget":
            return Fraction(found[node.id].effective or 0)
        if weighting == "duration":
            both = node.start and node.end
            return Fraction((node.end - node.start).days + 1 if both else 0)
        return Fraction(1)

    def visit(node: Node) -> None:
        kids = [other for other in nodes if other.parent_id == node.id]
        for kid in kids:
            visit(kid)
        live = [kid for kid in kids if found[kid.id].status != OFF]
        progress, status = node.progress, node.status
        if kids and node.auto_calculate:
            if live:
                pairs = [(weigh(kid), Fraction(found[kid.id].progress)) for kid in live]
                if sum(weight for weight, _ in pairs) == 0:
                    pairs = [(Fraction(1), value) for _, value in pairs]
                mean = sum(w * p for w, p in pairs) / sum(w for w, _ in pairs)
                progress = D(int(mean * 100 + Fraction(1, 2))) / 100
                if progress == 100 and not all(found[kid.id].progress == 100 for kid in live):
                    progress = D("99.99")
            status = judge([found[kid.id].status for kid in live], started and not node.parent_id)
            if node.cancelled_by_hand:
                status = OFF
        sums = []
        for kid in kids:
            spent = found[kid.id].spent_total
            if found[kid.id].status == OFF:
                sums += [spent] if spent else []
            elif found[kid.id].effective is not None:
                sums.append(found[kid.id].effective)
        below = sum(sums) if sums else None
        spent = node.spent_here + sum(found[kid.id].spent_total for kid in kids)
        effective = node.allocation if node.allocation is not None else below
        found[node.id] = Derived(progress, status, below, effective, spent)

    for node in nodes:
        if node.parent_id is None:
            visit(node)
    return found


def judge(live: list[Status], started: bool) -> Status:
    if not live:
        return OFF
    if all(status == DONE for status in live):
        return DONE
    if all(status == NEW for status in live):
        return GOING if started else NEW
    unfinished = [status for status in live if status != DONE]
    if all(status == BLOCKED for status in unfinished):
        return BLOCKED
    return RISK if RISK in unfinished or BLOCKED in unfinished else GOING


def make_tree(rng: random.Random, size: int) -> list[Node]:
    """A random tree of `size` items; ids ascend from 1, parents before children."""
    nodes = []
    for number in range(1, size + 1):
        status = rng.choice(list(Status))
        progress = D(100) if status == DONE else D(rng.randint(0, 9999)) / 100
        start = rng.choice([None, DAY + timedelta(rng.randint(0, 9))])
        nodes.append(
            Node(
                id=number,
                parent_id=rng.randint(max(1, number - 6), number - 1) if number > 1 else None,
                status=status,
                progress=progress,
                auto_calculate=rng.random() < 0.8,
                cancelled_by_hand=rng.random() < 0.1,
                allocation=rng.choice([None, D(0), D(rng.randint(0, 10**9)) / 100]),
                spent_here=rng.choice([D(0), D(rng.randint(0, 10**6)) / 100]),
                start=start,
                end=start and rng.choice([None, start + timedelta(rng.randint(0, 400))]),
            )
        )
    return nodes


trees = st.builds(make_tree, st.builds(random.Random, st.integers()), st.integers(1, 40))


@settings(max_examples=80, deadline=None)
@given(trees, st.sampled_from(Weighting), st.booleans(), st.randoms())
def test_a_tree_agrees_with_the_plain_reading(
    nodes: list[Node], weighting: Weighting, started: bool, rng: random.Random
) -> None:
    expected = oracle(nodes, weighting, started)
    shuffled = rng.sample(nodes, len(nodes))
    assert recompute(shuffled, weighting, started) == expected


def as_child(node: Node, derived: Derived) -> Child:
    days = days_between(node.start, node.end)
    return Child(
        node.id, derived.status, derived.progress, derived.effective, days, derived.spent_total
    )


@settings(max_examples=60, deadline=None)
@given(trees, st.sampled_from(Weighting), st.booleans(), st.data())
def test_a_branch_with_stored_siblings_gives_what_the_whole_tree_gives(
    nodes: list[Node], weighting: Weighting, started: bool, data: st.DataObject
) -> None:
    stored = recompute(nodes, weighting, started)
    by_id = {node.id: node for node in nodes}
    changed = data.draw(st.sampled_from(nodes))._replace(progress=D("12.34"), spent_here=D(77))
    by_id[changed.id] = changed
    branch, at = [], changed
    while at:
        branch.append(at)
        at = by_id.get(at.parent_id)
    on_branch = {node.id for node in branch}
    siblings: dict[int, list[Child]] = {}
    for node in nodes:
        if node.parent_id in on_branch:
            siblings.setdefault(node.parent_id, []).append(as_child(node, stored[node.id]))
    whole = recompute(list(by_id.values()), weighting, started)
    part = recompute(branch, weighting, started, siblings)
    assert part == {item: whole[item] for item in on_branch}


def node(number: int, parent: int | None, **changes: object) -> Node:
    plain = Node(number, parent, NEW, D(0), True, False, None, D(0), None, None)
    return plain._replace(**changes)


def test_a_subtree_cancelled_by_hand_leaves_every_roll_up_but_keeps_what_was_spent() -> None:
    nodes = [
        node(1, None, allocation=D(1000)),
        node(2, 1, cancelled_by_hand=True, status=OFF, allocation=D(600), spent_here=D(10)),
        node(3, 2, status=GOING, progress=D(30), spent_here=D(5)),
        node(4, 1, status=DONE, progress=D(100), allocation=D(400)),
    ]
    derived = recompute(nodes, Weighting.EQUAL)
    assert derived[2] == Derived(D("30.00"), OFF, None, D(600), D(15))
    assert derived[1] == Derived(D("100.00"), DONE, D(415), D(1000), D(15))


def test_by_hand_parents_keep_their_values_and_pass_them_up() -> None:
    nodes = [
        node(1, None),
        node(2, 1, auto_calculate=False, status=RISK, progress=D(40)),
        node(3, 2, status=DONE, progress=D(100), allocation=D(9)),
    ]
    derived = recompute(nodes, Weighting.EQUAL)
    assert (derived[2].status, derived[2].progress, derived[2].effective) == (RISK, 40, 9)
    assert (derived[1].status, derived[1].progress, derived[1].effective) == (RISK, 40, 9)


def test_all_children_cancelled_cancels_the_parent_at_its_own_progress() -> None:
    nodes = [node(1, None, progress=D(25), status=GOING), node(2, 1, status=OFF)]
    assert recompute(nodes, Weighting.EQUAL)[1].status == OFF
    assert recompute(nodes, Weighting.EQUAL)[1].progress == 25


def test_only_the_root_is_started() -> None:
    nodes = [node(1, None), node(2, 1), node(3, 2)]
    derived = recompute(nodes, Weighting.EQUAL, started=True)
    assert [derived[n].status for n in (1, 2, 3)] == [GOING, NEW, NEW]


def test_loops_are_refused_rather_than_skipped() -> None:
    with pytest.raises(Invalid, match="2, 3"):
        recompute([node(1, None), node(2, 3), node(3, 2)], Weighting.EQUAL)


def test_the_work_grows_with_the_tree_and_no_faster() -> None:
    calls = {size: count_calls(make_tree(random.Random(7), size)) for size in (1_000, 10_000)}
    assert calls[10_000] < 11 * calls[1_000]


def count_calls(nodes: list[Node]) -> int:
    """How many functions a recomputation calls, which no busy machine changes."""
    count = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        recompute(nodes, Weighting.BUDGET)
    finally:
        sys.setprofile(None)
    return count
