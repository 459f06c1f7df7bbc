"""A tracked PPA whose items have money, and the run that looks at it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from obcms.alerts.detect import detect_variances
from obcms.alerts.models import Alert
from obcms.kernel.extensions import db
from obcms.work.models import WorkItem
from tests.support.factories import make_ppa, track

MIDYEAR = "2031-12-31T04:00:00Z"  # all time is gone, so that nothing is ahead of it


@pytest.fixture(autouse=True)
def at_the_end_of_the_year(request: pytest.FixtureRequest) -> Iterator[None]:
    if "app" not in request.fixturenames:
        yield
        return
    with time_machine.travel(MIDYEAR, tick=False):
        yield


@pytest.fixture
def items(app: Flask, at_the_end_of_the_year: None) -> dict[str, WorkItem]:
    """A million, by the template `activity`; Planning and Resources have 75,000 each."""
    tree = track(make_ppa())
    db.session.commit()
    return tree


@pytest.fixture
def look(app: Flask) -> Callable[[], dict[str, Any]]:
    """Runs the check, commits, and returns its summary."""

    def run() -> dict[str, Any]:
        summary = detect_variances(db.session())
        db.session.commit()
        return summary

    return run


def alerts() -> list[Alert]:
    """All of them, in their order, read afresh."""
    db.session.expire_all()
    return list(db.session.scalars(select(Alert).order_by(Alert.id)))
