"""What must not be larger than what, in a PPA (SPEC 2)."""

from collections.abc import Iterator, Mapping
from typing import Any

from obcms.kernel.errors import Problem

# (smaller, larger, what to say): the database holds these too, but it names one at a time.
ORDERED = (
    ("budget_allocation", "budget_ceiling", "The budget allocation is above the budget ceiling."),
    ("obc_share", "budget_allocation", "The OBC share is above the budget allocation."),
    ("obc_slots", "total_slots", "There are more OBC slots than slots."),
    ("start_date", "target_end_date", "The target end date is before the start date."),
    ("start_date", "actual_end_date", "The actual end date is before the start date."),
)


COMPARED = tuple(dict.fromkeys(name for pair in ORDERED for name in pair[:2]))


def out_of_order(values: Mapping[str, Any]) -> Iterator[Problem]:
    """One problem for each pair of columns that is the wrong way round."""
    for smaller, larger, message in ORDERED:
        low, high = values.get(smaller), values.get(larger)
        if low is not None and high is not None and low > high:
            yield Problem(message, larger if larger.endswith("date") else smaller)
