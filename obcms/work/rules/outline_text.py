"""Structure templates as the indented text that an administrator edits (SPEC 3).

Shares are percent of the parent: of its budget, and of its time.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from obcms.kernel.errors import Invalid, Problem
from obcms.kernel.rules.money import format_number, quote
from obcms.work.rules.choices import WorkType
from obcms.work.rules.structure import MAX_DEPTH, check_child

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
