"""What an operation takes at two sizes: the same number of queries, where it is made well."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from obcms.kernel.extensions import db

SIZES = (20, 120)
Counting = Callable[[], AbstractContextManager[list[str]]]


def at_two_sizes(
    count_queries: Counting, prepare: Callable[[int], Any], work: Callable[[Any], object]
) -> tuple[int, int]:
    """Queries of `work` on what `prepare` made of each size, in a session that knows nothing."""
    counts = []
    for size in SIZES:
        subject = prepare(size)
        db.session.commit()
        db.session.remove()
        with count_queries() as sent:
            work(subject)
        counts.append(len(sent))
    return counts[0], counts[1]
