"""What may stand under what, and trees planned from templates (SPEC 3)."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obcms.kernel.errors import Invalid
from obcms.kernel.rules.money import format_number
from obcms.work.rules.choices import TemplateKind, WorkType
from obcms.work.rules.outline_text import TemplateNode, parse_outline
from obcms.work.rules.planning import PlannedItem, plan, plan_milestones
from obcms.work.rules.shipped_templates import SHIPPED_TEMPLATES, choose_template
from obcms.work.rules.structure import CHILD_TYPES, check_child

D = Decimal
OUTLINES = {t.name: t.outline for t in SHIPPED_TEMPLATES if t.kind == TemplateKind.OUTLINE}


def written(nodes: Sequence[TemplateNode], level: int = 0) -> str:
    """A template as `parse_outline` reads it; `level` is the indent of the first line."""
    lines = []
    for node in nodes:
        budget, time = format_number(node.budget_share), format_number(node.time_share)
        share = budget if budget == time else f"{budget}/{time}"
        title = " ".join(node.title.split())
        lines.append(f"{'  ' * level}{node.work_type} {title} {share}\n")
        lines.append(written(node.children, level + 1))
    return "".join(lines)


def faults(text: str) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        parse_outline(text)
    return {problem.pointer: problem.message for problem in caught.value.problems}


def test_legal_children() -> None:
    assert set(CHILD_TYPES) == set(WorkType)
    check_child(WorkType.SUB_PROJECT, WorkType.SUB_PROJECT)
    check_child(WorkType.SUBTASK, WorkType.SUBTASK)
    with pytest.raises(Invalid) as caught:
        check_child(WorkType.ACTIVITY, WorkType.PROJECT)
    assert str(caught.value) == (
        "A project cannot stand under an activity; allowed there: sub-activity or task."
    )
    assert not any(WorkType.PROJECT in allowed for allowed in CHILD_TYPES.values())


def test_four_templates_ship_and_read_back() -> None:
    assert [t.name for t in SHIPPED_TEMPLATES] == ["program", "activity", "milestone", "minimal"]
    for outline in OUTLINES.values():
        nodes = parse_outline(outline)
        assert parse_outline(written(nodes)) == nodes
    assert written(parse_outline("task A 60/50\n  subtask B 100/100\ntask C 40/50")) == (
        "task A 60/50\n  subtask B 100\ntask C 40/50\n"
    )
    program = parse_outline(OUTLINES["program"])
    assert [(n.budget_share, n.time_share) for n in program] == [(20, 20), (60, 65), (20, 15)]
    assert [len(n.children) for n in program] == [3, 3, 3]
    activity = parse_outline(OUTLINES["activity"])
    assert {leaf.work_type for n in activity for leaf in n.children} == {WorkType.TASK}


def test_percent_signs_blank_lines_and_numbers_in_titles_are_fine() -> None:
    nodes = parse_outline("activity Phase 1 of 2 33.5%/40%\n\nactivity Rest 66.5/60\n")
    assert nodes[0] == TemplateNode("Phase 1 of 2", WorkType.ACTIVITY, D("33.5"), D(40))


def test_every_fault_is_told_with_its_line() -> None:
    found = faults(
        "activity Good 50\n"
        "  task Half 50\n"
        "  chore Strange 50\n"
        "  task Without share\n"
        "project Wrong place 40/60\n"
        " task Odd indent 10/0\n"
        "      subtask Too far 100\n"
        "task 10\n"
    )
    assert set(found) == {f"outline/{n}" for n in (1, 3, 4, 5, 6, 7, 8)}
    assert "time shares sum to 120, 20 too much" in found["outline/1"]
    assert "“chore”" in found["outline/3"]
    assert "no share" in found["outline/4"]
    assert "cannot stand under a project" in found["outline/5"]
    assert "indented wrongly" in found["outline/6"]
    assert "too far" in found["outline/7"]
    assert "no title" in found["outline/8"]


def test_sibling_shares_must_sum_to_100_each() -> None:
    found = faults("activity A 60/50\n  task B 90\nactivity C 40/50\n")
    assert found == {
        "outline/2": "Line 2 begins the items under “A”, whose time shares sum to 90, "
        "10 short of 100."
    }
    with pytest.raises(Invalid) as caught:
        parse_outline("activity A 60/50\n  task B 90\nactivity C 40/50\n")
    assert len(caught.value.problems) == 2  # budget and time


@pytest.mark.parametrize("text", ["", " \n\t\n", "task A 100\n" * 501])
def test_empty_and_endless_outlines_are_refused(text: str) -> None:
    assert set(faults(text)) == {"outline"}


def test_depth_counts_the_root() -> None:
    lines = ["sub_project S 100"] * 7
    deep = "".join(f"{'  ' * level}{line}\n" for level, line in enumerate(lines))
    parse_outline(deep)
    assert "at most 8" in faults(deep + "  " * 7 + "task T 100\n")["outline/8"]


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet=" \n\ttasku_/%105.A\x00\u2028", max_size=80))
def test_any_text_is_a_template_or_a_refusal(text: str) -> None:
    try:
        nodes = parse_outline(text)
    except Invalid as error:
        assert error.problems
    else:
        assert parse_outline(written(nodes)) == nodes


def walk(items: tuple[PlannedItem, ...], parent: PlannedItem | None = None) -> list[tuple]:
    rows = []
    for item in items:
        rows.append((item, parent))
        rows += walk(item.children, item)
    return rows


def test_the_activity_template_with_dates() -> None:
    top = plan(parse_outline(OUTLINES["activity"]), date(2025, 1, 1), date(2025, 4, 10))
    assert [(i.title, i.budget_share, i.start, i.end) for i in top] == [
        ("Preparation", D(15), date(2025, 1, 1), date(2025, 1, 20)),
        ("Execution", D(75), date(2025, 1, 21), date(2025, 3, 31)),
        ("Completion", D(10), date(2025, 4, 1), date(2025, 4, 10)),
    ]
    assert [i.budget_share for i in top[1].children] == [D(80), D(20)]
    assert [(i.start, i.end) for i in top[0].children] == [
        (date(2025, 1, 1), date(2025, 1, 10)),
        (date(2025, 1, 11), date(2025, 1, 20)),
    ]


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(sorted(OUTLINES)),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(0, 900),
)
def test_plans_stay_inside_their_parents(name: str, start: date, length: int) -> None:
    end = start + timedelta(length)
    root = PlannedItem("", WorkType.PROJECT, start, end, D(100))
    top = plan(parse_outline(OUTLINES[name]), start, end)
    groups: dict[int, list[PlannedItem]] = {}
    parents = {}
    for item, parent in walk(top):
        owner = parent or root
        parents[id(owner)] = owner
        groups.setdefault(id(owner), []).append(item)
    for key, siblings in groups.items():
        parent = parents[key]
        assert sum(item.budget_share for item in siblings) == 100
        assert siblings[0].start == parent.start
        assert siblings[-1].end == parent.end
        assert all(item.start <= item.end for item in siblings)
        roomy = (parent.end - parent.start).days + 1 >= len(siblings)
        for before, after in pairwise(siblings):
            step = (after.start - before.end).days
            assert step == 1 if roomy else step in (0, 1)


@pytest.mark.parametrize(
    ("shares", "days", "lengths"),
    [
        ((0, 100, 0), 10, [1, 8, 1]),
        ((98, 1, 1), 3, [1, 1, 1]),
        ((0, 0, 100), 5, [1, 1, 3]),
        ((0, 0, 0), 9, [3, 3, 3]),
        ((50, 25, 25), 2, [1, 1, 1]),
        ((50, 25, 25), 1, [1, 1, 1]),
    ],
)
def test_every_item_gets_a_day_however_small_its_share(
    shares: tuple[int, ...], days: int, lengths: list[int]
) -> None:
    nodes = [TemplateNode("", WorkType.TASK, D(0), D(share)) for share in shares]
    first = date(2025, 1, 1)
    items = plan(nodes, first, first + timedelta(days - 1))
    assert [(item.end - item.start).days + 1 for item in items] == lengths
    assert (items[0].start, items[-1].end) == (first, first + timedelta(days - 1))


def test_what_is_unknown_stays_unset() -> None:
    item, *_ = plan(parse_outline(OUTLINES["activity"]), date(2025, 1, 1), None)
    assert (item.start, item.end) == (None, None)
    with pytest.raises(Invalid, match="before the start"):
        plan(parse_outline(OUTLINES["minimal"]), date(2025, 1, 2), date(2025, 1, 1))


def test_milestones_become_activities_by_due_date() -> None:
    given_milestones = [
        ("Turnover", date(2025, 6, 30)),
        ("Someday", None),
        ("Survey", date(2025, 2, 28)),
        ("Report", date(2025, 2, 28)),
        ("Early", date(2024, 12, 1)),
    ]
    items = plan_milestones(given_milestones, date(2025, 1, 1))
    assert [(i.title, i.budget_share, i.start, i.end) for i in items] == [
        ("Early", D("20.00"), date(2024, 12, 1), date(2024, 12, 1)),
        ("Survey", D("20.00"), date(2025, 1, 1), date(2025, 2, 28)),
        ("Report", D("20.00"), date(2025, 2, 28), date(2025, 2, 28)),
        ("Turnover", D("20.00"), date(2025, 3, 1), date(2025, 6, 30)),
        ("Someday", D("20.00"), None, None),
    ]
    assert {i.work_type for i in items} == {WorkType.ACTIVITY}
    assert plan_milestones([("Last", date.max), ("Too", date.max)], date.min)[1].end


def test_no_milestones_fall_back_to_minimal() -> None:
    (task,) = plan_milestones([], date(2025, 1, 1), date(2025, 1, 31))
    assert (task.work_type, task.budget_share, task.end) == (WorkType.TASK, 100, date(2025, 1, 31))


def test_choosing_a_template() -> None:
    known = {"activity", "program", "minimal"}
    assert choose_template("program", "minimal", known) == "program"
    assert choose_template(None, "minimal", known) == "minimal"
    assert choose_template("", "weighted", known) == "activity"
    assert choose_template(None, None, known) == "activity"
    with pytest.raises(Invalid, match="no template “big”"):
        choose_template("big", None, known)
