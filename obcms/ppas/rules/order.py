"""What must not be larger than what, in a PPA (SPEC 2)."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from obcms.kernel.errors import Problem


class Ordered(NamedTuple):
    """Two columns, what the database calls their order, and what to say where it is broken."""

    smaller: str
    larger: str
    name: str
    problem: Problem


ORDERED = (
    Ordered(
        "budget_allocation",
        "budget_ceiling",
        "allocation_within_ceiling",
        Problem("The budget allocation is above the budget ceiling.", "budget_allocation"),
    ),
    Ordered(
        "obc_share",
        "budget_allocation",
        "obc_share_within_allocation",
        Problem("The OBC share is above the budget allocation.", "obc_share"),
    ),
    Ordered(
        "obc_slots",
        "total_slots",
        "obc_slots_within_total",
        Problem("There are more OBC slots than slots.", "obc_slots"),
    ),
    Ordered(
        "start_date",
        "target_end_date",
        "target_end_after_start",
        Problem("The target end date is before the start date.", "target_end_date"),
    ),
    Ordered(
        "start_date",
        "actual_end_date",
        "actual_end_after_start",
        Problem("The actual end date is before the start date.", "actual_end_date"),
    ),
)
COMPARED = tuple(dict.fromkeys(name for one in ORDERED for name in one[:2]))


def out_of_order(values: Mapping[str, Any]) -> Iterator[Problem]:
    """One problem for each pair of columns that is the wrong way round.

    The database holds these too, but it names one at a time.
    """
    for one in ORDERED:
        low, high = values.get(one.smaller), values.get(one.larger)
        if low is not None and high is not None and low > high:
            yield one.problem
