"""Which work items may stand under which, and the templates trees are made from (SPEC 3).

Shares are percent of the parent: of its budget, and of its time. Amounts are pesos.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from obcms.errors import Invalid, Problem
from obcms.rules.choices import TemplateKind, WorkType
from obcms.rules.distribution import split, split_equally
from obcms.rules.money import format_number, quote

CHILD_TYPES: dict[WorkType, tuple[WorkType, ...]] = {
    WorkType.PROJECT: (WorkType.SUB_PROJECT, WorkType.ACTIVITY, WorkType.TASK),
    WorkType.SUB_PROJECT: (WorkType.SUB_PROJECT, WorkType.ACTIVITY, WorkType.TASK),
    WorkType.ACTIVITY: (WorkType.SUB_ACTIVITY, WorkType.TASK),
    WorkType.SUB_ACTIVITY: (WorkType.TASK,),
    WorkType.TASK: (WorkType.SUBTASK,),
    WorkType.SUBTASK: (WorkType.SUBTASK,),
}
MAX_DEPTH = 8  # the root counts as 1
DEFAULT_TEMPLATE = "activity"

# Enough for any outline a person would write; more is a paste gone wrong.
MAX_LINES = 500

_ROOT_DEPTH = 1
_SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?)%?(?:/([0-9]{1,3}(?:\.[0-9]{1,4})?)%?)?")


@dataclass(frozen=True, slots=True)
class TemplateNode:
    """One item of a template; the shares of siblings sum to 100, budget and time each."""

    title: str
    work_type: WorkType
    budget_share: Decimal
    time_share: Decimal
    children: tuple["TemplateNode", ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """A work item about to be created, with its budget in pesos and its dates (both included)."""

    title: str
    work_type: WorkType
    budget: Decimal | None
    start: date | None
    end: date | None
    budget_share: Decimal
    time_share: Decimal
    children: tuple["PlannedItem", ...] = ()


@dataclass(frozen=True, slots=True)
class ShippedTemplate:
    """A template as it comes with the system; an administrator edits the stored copy."""

    name: str
    title: str
    description: str
    kind: TemplateKind
    outline: str


def check_child(parent_type: WorkType, child_type: WorkType) -> None:
    """Raise Invalid unless an item of `child_type` may stand under `parent_type` (SPEC 3)."""
    allowed = CHILD_TYPES[parent_type]
    if child_type not in allowed:
        names = " or ".join(kind.label.lower() for kind in allowed)
        raise Invalid(
            f"{_article(child_type.label)} cannot stand under {_article(parent_type.label).lower()}"
            f"; allowed there: {names}.",
            "work_type",
        )


def _article(label: str) -> str:
    return f"{'An' if label[0] in 'AEIOU' else 'A'} {label.lower()}"


@dataclass(slots=True)
class _Line:
    """An outline line as read; what could not be read is None and already reported."""

    number: int
    level: int
    work_type: WorkType | None
    title: str
    shares: tuple[Decimal, Decimal] | None
    children: list["_Line"] = field(default_factory=list)


def parse_outline(text: str) -> tuple[TemplateNode, ...]:
    """Read a template: one item a line, two spaces of indent per level, shares at the end.

        sub_project Planning and design 20/20
          activity Needs study 50

    "20/15" is budget/time, a single number is both, a percent sign may follow. The top level
    stands under a project. Raises Invalid with one problem per fault, each naming its line;
    pointers are "outline/<line>".
    """
    problems: list[Problem] = []
    top: list[_Line] = []
    open_lines: list[_Line] = []  # the latest line of each level above the next one
    written = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not written or len(written) > MAX_LINES:
        fault = f"more than {MAX_LINES} lines" if written else "no items"
        raise Invalid(f"The outline has {fault}.", "outline")
    for number, raw in written:
        line = _read_line(number, raw, len(open_lines), problems)
        if line.level + 1 + _ROOT_DEPTH > MAX_DEPTH:
            _report(problems, number, f"is too deep; a tree has at most {MAX_DEPTH} levels.")
            continue
        del open_lines[line.level :]
        _check_nesting(line, open_lines, problems)
        (open_lines[-1].children if open_lines else top).append(line)
        open_lines.append(line)
    _check_sums(top, "the top level", problems)
    if problems:
        raise Invalid(sorted(problems, key=lambda p: int(p.pointer.rpartition("/")[2])))
    return _nodes(top)


def _report(problems: list[Problem], number: int, fault: str) -> None:
    problems.append(Problem(f"Line {number} {fault}", f"outline/{number}"))


def _read_line(number: int, raw: str, deepest: int, problems: list[Problem]) -> _Line:
    indent = raw[: len(raw) - len(raw.lstrip())]
    level = len(indent) // 2
    if indent.strip(" ") or len(indent) % 2:
        _report(problems, number, "is indented wrongly; use two spaces for each level.")
        level = min(level, deepest)
    elif level > deepest:
        _report(problems, number, "is indented too far; go one level (two spaces) at a time.")
        level = deepest
    kind, *words = raw.split()
    shares = _read_shares(words[-1]) if words else None
    title = " ".join(words[:-1] if shares else words)
    work_type = WorkType(kind) if kind in list(WorkType) else None
    if work_type is None:
        known = ", ".join(member for member in WorkType if member != WorkType.PROJECT)
        _report(problems, number, f"begins with “{quote(kind)}”; begin with one of {known}.")
    if not title or not title.isprintable():
        fault = "characters in its title that cannot be shown" if title else "no title"
        _report(problems, number, f"has {fault}.")
    if shares is None:
        _report(problems, number, "has no share; end it with a percent, such as 50 or 20/15.")
    return _Line(number, level, work_type, title, shares)


def _read_shares(word: str) -> tuple[Decimal, Decimal] | None:
    match = _SHARE.fullmatch(word)
    return (Decimal(match[1]), Decimal(match[2] or match[1])) if match else None


def _check_nesting(line: _Line, above: list[_Line], problems: list[Problem]) -> None:
    parent = above[-1].work_type if above else WorkType.PROJECT
    if parent is None or line.work_type is None:
        return
    try:
        check_child(parent, line.work_type)
    except Invalid as error:
        _report(problems, line.number, f"is misplaced. {error}")


def _check_sums(siblings: list[_Line], place: str, problems: list[Problem]) -> None:
    read = [line.shares for line in siblings if line.shares]
    if len(read) == len(siblings):  # else the missing share is already reported
        for which, name in enumerate(("budget", "time")):
            total = sum((shares[which] for shares in read), Decimal(0))
            if total != 100:
                off = format_number(abs(total - 100))
                side = "too much" if total > 100 else "short"
                fault = f"begins {place}, whose {name} shares sum to {format_number(total)}"
                _report(problems, siblings[0].number, f"{fault}, {off} {side} of 100.")
    for line in siblings:
        if line.children:
            _check_sums(line.children, f"the items under “{quote(line.title)}”", problems)


def _nodes(lines: list[_Line]) -> tuple[TemplateNode, ...]:
    return tuple(
        TemplateNode(line.title, line.work_type, *line.shares, _nodes(line.children))
        for line in lines
        if line.work_type and line.shares
    )


def format_outline(nodes: Sequence[TemplateNode], level: int = 0) -> str:
    """Write a template as parse_outline reads it; `level` is the indent of the first line."""
    lines = []
    for node in nodes:
        budget, time = format_number(node.budget_share), format_number(node.time_share)
        share = budget if budget == time else f"{budget}/{time}"
        title = " ".join(node.title.split())
        lines.append(f"{'  ' * level}{node.work_type} {title} {share}\n")
        lines.append(format_outline(node.children, level + 1))
    return "".join(lines)


def plan(
    nodes: Sequence[TemplateNode], budget: Decimal | None, start: date | None, end: date | None
) -> tuple[PlannedItem, ...]:
    """Fill a template with budget (pesos, exact at every level) and dates (SPEC 3).

    Items follow one another over their parent's days by their time shares, each at least one
    day, the last ending with the parent. Without a budget or without both dates, these stay
    None. Raises Invalid where the end lies before the start.
    """
    if not nodes:
        return ()
    shares = [node.budget_share for node in nodes]
    budgets = [None] * len(nodes) if budget is None else split(budget, shares)
    spans = _spread_days(start, end, [node.time_share for node in nodes])
    return tuple(
        PlannedItem(
            node.title,
            node.work_type,
            amount,
            first,
            last,
            node.budget_share,
            node.time_share,
            plan(node.children, amount, first, last),
        )
        for node, amount, (first, last) in zip(nodes, budgets, spans, strict=True)
    )


def _spread_days(
    start: date | None, end: date | None, shares: Sequence[Decimal]
) -> list[tuple[date | None, date | None]]:
    count = len(shares)
    if start is None or end is None:
        return [(None, None)] * count
    days = (end - start).days + 1
    if days < 1:
        raise Invalid(f"The end date {end} lies before the start date {start}.", "target_end")
    if days < count:
        # Too few days for one each, so some items share a day.
        spans = [(place * days // count,) * 2 for place in range(count)]
    else:
        spans = _follow_on(days, shares)
    return [(start + timedelta(first), start + timedelta(last)) for first, last in spans]


def _follow_on(days: int, shares: Sequence[Decimal]) -> list[tuple[int, int]]:
    """First and last day of each item, counted from 0, one after the other."""
    count = len(shares)
    weights = [Fraction(share) for share in shares]
    whole = sum(weights)
    spans, first, reached = [], 0, Fraction(0)
    for place, weight in enumerate(weights, 1):
        reached += weight / whole if whole else Fraction(1, count)
        until = int(days * reached + Fraction(1, 2))  # half up
        until = max(until, first + 1)  # a day at least for this item
        until = min(until, days - (count - place))  # and for each one still to come
        spans.append((first, until - 1))
        first = until
    return spans


def plan_milestones(
    milestones: Sequence[tuple[str, date | None]],
    budget: Decimal | None,
    start: date | None,
    end: date | None = None,
) -> tuple[PlannedItem, ...]:
    """One activity per (title, due date), in order of due dates, with equal budget (SPEC 3).

    Each ends on its date and begins the day after the one before it; undated ones come last.
    Without milestones this is the `minimal` template from `start` to `end`.
    """
    if not milestones:
        return plan(parse_outline(MINIMAL_OUTLINE), budget, start, end)
    previous = None
    ordered = sorted(milestones, key=lambda milestone: milestone[1] or date.max)
    count = len(ordered)
    shares = split_equally(Decimal("100.00"), count)
    budgets = [None] * count if budget is None else split_equally(budget, count)
    items = []
    for (title, due), share, amount in zip(ordered, shares, budgets, strict=True):
        begin = _begin(start, previous, due)
        items.append(PlannedItem(title, WorkType.ACTIVITY, amount, begin, due, share, share))
        previous = due
    return tuple(items)


def _begin(start: date | None, previous: date | None, due: date | None) -> date | None:
    """When a milestone's activity begins; never after the milestone's own date."""
    if start is None or due is None:
        return None
    if previous is None or previous < start:
        return min(start, due)
    return previous + timedelta(1) if previous < due else due


def choose_template(asked: str | None, policy: str | None, known: Collection[str]) -> str:
    """The template asked for, else the one the distribution policy names, else `activity`.

    Raises Invalid where the one asked for is not among the `known` names (SPEC 3).
    """
    if asked:
        if asked not in known:
            names = ", ".join(sorted(known))
            raise Invalid(f"There is no template “{quote(asked)}”; there are: {names}.", "template")
        return asked
    return policy if policy and policy in known else DEFAULT_TEMPLATE


PROGRAM_OUTLINE = """\
sub_project Planning and design 20/20
  activity Needs study 50
  activity Consultation 30
  activity Program design 20
sub_project Implementation 60/65
  activity Mobilization 30
  activity Delivery 50
  activity Consolidation 20
sub_project Monitoring and evaluation 20/15
  activity Data collection 40
  activity Assessment 40
  activity Final report 20
"""

ACTIVITY_OUTLINE = """\
activity Preparation 15/20
  task Planning and coordination 50
  task Resources 50
activity Execution 75/70
  task Core work 80
  task Logistics 20
activity Completion 10/10
  task Documentation 60
  task Lessons learned 40
"""

MINIMAL_OUTLINE = "task Implementation 100\n"

SHIPPED_TEMPLATES = (
    ShippedTemplate(
        "program",
        "Program",
        "Planning, implementation and evaluation as sub-projects, for work of a year or more.",
        TemplateKind.OUTLINE,
        PROGRAM_OUTLINE,
    ),
    ShippedTemplate(
        "activity",
        "Activity",
        "Preparation, execution and completion, each with its tasks. Used unless another is asked.",
        TemplateKind.OUTLINE,
        ACTIVITY_OUTLINE,
    ),
    ShippedTemplate(
        "milestone",
        "Milestones",
        "One activity for each milestone of the PPA, due on its date, with equal budget.",
        TemplateKind.MILESTONES,
        "",
    ),
    ShippedTemplate(
        "minimal",
        "Minimal",
        "A single task with the whole budget and time, to be broken down by hand.",
        TemplateKind.OUTLINE,
        MINIMAL_OUTLINE,
    ),
)
