"""The test client fails a request that leaves changes uncommitted, however they were made."""

from collections.abc import Callable
from urllib.request import urlopen

import pytest
from flask import Flask, abort
from sqlalchemy import select, text, update

from obcms.kernel.extensions import db, unit_of_work
from obcms.organizations.models import Organization
from tests.support.web_server import served
from tests.support.writes import noting_writes

Change = Callable[[], None]


def add() -> None:
    db.session.add(Organization(acronym="XYZ", name="Ministry of Tests"))


def change() -> None:
    db.session.scalars(select(Organization)).first().name = "Other"


def delete() -> None:
    db.session.delete(db.session.scalars(select(Organization)).first())


def add_and_flush() -> None:
    add()
    db.session.flush()


def update_in_sql() -> None:
    with unit_of_work():
        db.session.execute(update(Organization.__table__).values(name="Other"))


def update_in_a_query() -> None:
    changed = "WITH one AS (SELECT 1) UPDATE organization SET name = 'Other'"
    with unit_of_work():
        db.session.execute(text(changed))


def flush_after_a_savepoint() -> None:
    undo_to_a_savepoint()
    add_and_flush()


def undo_to_a_savepoint() -> None:
    inner = db.session.begin_nested()
    add_and_flush()
    inner.rollback()


def set_as_it_was() -> None:
    first = db.session.scalars(select(Organization)).first()
    first.name = str(first.name)


def commit() -> None:
    add()
    db.session.commit()


def roll_back() -> None:
    add_and_flush()
    db.session.rollback()


LOST = [
    add,
    change,
    delete,
    add_and_flush,
    update_in_sql,
    update_in_a_query,
    flush_after_a_savepoint,
]
FINE = [undo_to_a_savepoint, set_as_it_was, commit, roll_back]


@pytest.fixture
def app(own_app: Flask) -> Flask:
    return own_app


def open_after(app: Flask, change: Change, status: int = 200) -> None:
    def view() -> str:
        change()
        return "done" if status == 200 else abort(status)

    app.add_url_rule("/change", view_func=view, methods=["POST"])
    assert app.test_client().post("/change").status_code == status


@pytest.mark.parametrize("change", LOST)
def test_what_is_left_uncommitted_fails_the_request(app: Flask, change: Change) -> None:
    with pytest.raises(AssertionError, match="answered 200 and did not commit"):
        open_after(app, change)


@pytest.mark.parametrize("change", FINE)
def test_what_is_committed_or_undone_does_not(app: Flask, change: Change) -> None:
    open_after(app, change)


def test_a_refusal_loses_its_changes_rightly(app: Flask) -> None:
    open_after(app, add_and_flush, status=404)


def test_a_served_request_fails_the_test_as_well(app: Flask) -> None:
    def view() -> str:
        add_and_flush()
        return "done"

    app.add_url_rule("/change", view_func=view)
    with pytest.raises(AssertionError, match="GET /change"), served(app) as home:
        urlopen(f"{home}/change").close()


@pytest.mark.parametrize("change", [*LOST, commit])
def test_every_write_is_noted(app: Flask, change: Change) -> None:
    with noting_writes() as noted:
        change()
        db.session.flush()
    db.session.rollback()
    assert noted
