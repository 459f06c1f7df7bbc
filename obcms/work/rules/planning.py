"""Filling a structure template with dates (SPEC 3)."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from obcms.kernel.errors import Invalid
from obcms.kernel.rules.splitting import split_equally
from obcms.work.rules.choices import WorkType
from obcms.work.rules.outline_text import TemplateNode, parse_outline
from obcms.work.rules.shipped_templates import MINIMAL_OUTLINE


class PlannedItem(NamedTuple):
    """A work item about to be created: its dates, both included, and its share in percent.

    The execution project has no share.
    """

    title: str
    work_type: WorkType
    start: date | None
    end: date | None
    budget_share: Decimal | None
    children: tuple["PlannedItem", ...] = ()


def span_of(start: date | None, end: date | None, fiscal_year: int) -> tuple[date, date]:
    """The days over which a PPA's work is planned: its own, else those of its fiscal year.

    Where one of its dates lies outside that year, the other is taken from the same year.
    """
    first = start or date(min(fiscal_year, end.year) if end else fiscal_year, 1, 1)
    last = end or date(max(fiscal_year, first.year), 12, 31)
    return first, last


def plan(
    nodes: Sequence[TemplateNode], start: date | None, end: date | None
) -> tuple[PlannedItem, ...]:
    """Fill a template with dates (SPEC 3).

    Items follow one another over their parent's days by their time shares, each at least one
    day, the last ending with the parent. Without both dates, these stay None. Raises Invalid
    where the end lies before the start.
    """
    if not nodes:
        return ()
    spans = _spread_days(start, end, [node.time_share for node in nodes])
    return tuple(
        PlannedItem(
            node.title,
            node.work_type,
            first,
            last,
            node.budget_share,
            plan(node.children, first, last),
        )
        for node, (first, last) in zip(nodes, spans, strict=True)
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
    milestones: Sequence[tuple[str, date | None]], start: date | None, end: date | None = None
) -> tuple[PlannedItem, ...]:
    """One activity per (title, due date), in order of due dates, with equal shares (SPEC 3).

    Each ends on its date and begins the day after the one before it; undated ones come last.
    Without milestones this is the `minimal` template from `start` to `end`.
    """
    if not milestones:
        return plan(parse_outline(MINIMAL_OUTLINE), start, end)
    previous = None
    ordered = sorted(milestones, key=lambda milestone: milestone[1] or date.max)
    shares = split_equally(Decimal("100.00"), len(ordered))
    items = []
    for (title, due), share in zip(ordered, shares, strict=True):
        begin = _begin(start, previous, due)
        items.append(PlannedItem(title, WorkType.ACTIVITY, begin, due, share))
        previous = due
    return tuple(items)


def _begin(start: date | None, previous: date | None, due: date | None) -> date | None:
    """When a milestone's activity begins; never after the milestone's own date."""
    if start is None or due is None:
        return None
    if previous is None or previous < start:
        return min(start, due)
    return previous + timedelta(1) if previous < due else due
