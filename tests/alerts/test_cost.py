"""What the check costs: the same queries at any size, and no memory that stays (SPEC 15)."""

import resource
from collections.abc import Callable
from typing import Any

from flask import Flask

from obcms.alerts.detect import detect_variances
from obcms.kernel.extensions import db
from tests.support.factories import grow, make_ppa

FIVE_MB = 5 * 1024  # in the units of ru_maxrss


def test_the_queries_do_not_grow(app: Flask, count_queries) -> None:
    counts = []
    for _ in range(2):
        for _ in range(10):
            grow(make_ppa(), 5)
        db.session.commit()
        with count_queries() as sent:
            detect_variances(db.session())
        counts.append(len(sent))
        db.session.commit()
    assert counts[0] == counts[1] <= 10


def test_twenty_runs_keep_no_memory(app: Flask, look: Callable[[], dict[str, Any]]) -> None:
    for _ in range(20):
        grow(make_ppa(), 20)
    db.session.commit()
    for _ in range(3):
        look()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(20):
        look()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < FIVE_MB
