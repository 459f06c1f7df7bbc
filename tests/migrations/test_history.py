"""The migrations go both ways without losing a row or a reference, on both databases."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from flask import Flask, current_app
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect, select, text

from obcms.kernel.extensions import db, unit_of_work
from obcms.kernel.jobs.models import JobRun
from tests.support.apps import MIGRATIONS, serving
from tests.support.filled import Filled
from tests.support.postgres import execute

NOW = "2025-01-06 00:00:00"
BEFORE, AFTER = "0002_ppa_tracking_fields", "0003_work_item_references"
# id, parent, kind, number: two PPA trees, other references, and what no foreign key can hold.
ITEMS = [
    (1, None, "ppa", 1),
    (2, 1, None, None),  # inherits its PPA
    (3, 2, "assessment", 1),  # has a reference of its own besides
    (4, 1, "ppa", 2),  # says another PPA than its tree
    (5, None, "ppa", 99),  # a PPA that is gone
    (6, None, "policy_recommendation", 1),
    (7, 6, "workshop", 5),  # a kind that nobody knows
    (8, None, None, None),
    (9, 8, "ppa", 2),  # only a child says it
    (10, None, "assessment", 42),
]
# What revisions themselves have made: demands of a second factor, entries of the trail, templates.
EMPTY_TOO = ("0014", "0007", "0006")


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, filled: Filled, tmp_path: Path) -> Iterator[Flask]:
    """An app on a database with nothing in it."""
    if request.param == "sqlite":
        uri = f"sqlite:///{tmp_path / 'history.sqlite3'}"
    else:
        server = request.getfixturevalue("postgresql")
        execute(server, "DROP DATABASE IF EXISTS history WITH (FORCE)")
        execute(server, "CREATE DATABASE history")
        uri = server + "history"
    with serving(uri, tmp_path) as app:
        app.extensions["filled"] = filled
        yield app


def to(move: Callable[..., None], revision: str, lose: str = "") -> None:
    """Goes to the revision; those whose numbers are in `lose` may lose what they would.

    The way up from nothing is gone once for all tests.
    """
    db.session.remove()
    go = partial(move, str(MIGRATIONS), revision=revision, x_arg=f"lose={lose}")
    if move is upgrade and not inspect(db.engine).get_table_names():
        current_app.extensions["filled"].bring(db.engine.url, go, f"at_{revision}")
    else:
        go()


def rows(statement: str) -> list[tuple]:
    found = [tuple(row) for row in db.session.execute(text(statement))]
    db.session.rollback()
    return found


def run(*statements: str) -> None:
    with unit_of_work():
        for statement in statements:
            db.session.execute(text(statement))
    db.session.commit()


def fill() -> None:
    """Records at the revision before the references were converted."""
    run("INSERT INTO organization (id, acronym, name) VALUES (1, 'MOH', 'Ministry of Health')")
    run(
        *(
            f"INSERT INTO {table} (id, title) VALUES (1, 'One')"
            for table in ("assessment", "policy_recommendation")
        )
    )
    for number in (1, 2):
        run(
            "INSERT INTO ppa (id, code, title, category, implementing_moa_id, fiscal_year, status,"
            " priority, approval_status, budget_allocation, created_at, updated_at) VALUES"
            f" ({number}, 'P-{number}', 'PPA', 'moa_ppa', 1, 2025, 'ongoing', 'low', 'draft',"
            f" 12345, '{NOW}', '{NOW}')"
        )
    for item_id, parent, kind, number in ITEMS:
        shown = [str(item_id), parent or "NULL", f"'{kind}'" if kind else "NULL", number or "NULL"]
        run(
            "INSERT INTO work_item (id, parent_id, related_kind, related_id, work_type, title,"
            " status, priority, progress, created_at, updated_at) VALUES"
            f" ({', '.join(map(str, shown))}, 'task', 'Item', 'in_progress', 'low', 12.5,"
            f" '{NOW}', '{NOW}')"
        )


GENERIC = "SELECT id, parent_id, related_kind, related_id FROM work_item ORDER BY id"
EXPLICIT = "SELECT id, ppa_id, assessment_id, policy_recommendation_id FROM work_item ORDER BY id"
CONVERTED = [
    (1, 1, None, None),
    (2, 1, None, None),
    (3, 1, 1, None),
    (4, 1, None, None),
    (5, None, None, None),
    (6, None, None, 1),
    (7, None, None, None),
    (8, 2, None, None),
    (9, 2, None, None),
    (10, None, None, None),
]


def test_references_are_converted_and_come_back_exactly(app: Flask) -> None:
    to(upgrade, BEFORE)
    fill()
    assert rows(GENERIC) == ITEMS
    for _ in range(2):
        to(upgrade, AFTER)
        assert rows(EXPLICIT) == CONVERTED
        to(downgrade, BEFORE)
        assert rows(GENERIC) == ITEMS
    to(upgrade, "head")
    assert rows(EXPLICIT) == CONVERTED
    assert rows("SELECT COUNT(*), MIN(progress) FROM work_item") == [(10, 12.5)]
    to(downgrade, "0001_baseline", lose=",".join((*EMPTY_TOO, "0011")))
    assert rows(GENERIC) == ITEMS


def test_what_one_generic_reference_cannot_hold_is_kept(app: Flask) -> None:
    to(upgrade, BEFORE)
    fill()
    to(upgrade, AFTER)
    run(
        "UPDATE work_item SET assessment_id = 1, policy_recommendation_id = 1 WHERE id = 1",
        "UPDATE work_item SET policy_recommendation_id = 1 WHERE id = 8",
    )
    before = rows(EXPLICIT)
    to(downgrade, BEFORE)
    assert rows(GENERIC)[0] == (1, None, "ppa", 1)
    assert len(rows("SELECT id FROM work_item")) == 10
    to(upgrade, AFTER)
    assert rows(EXPLICIT) == before


def test_tracking_settings_survive_a_step_back(app: Flask) -> None:
    to(upgrade, BEFORE)
    fill()
    run(
        "UPDATE ppa SET execution_project_id = 1, enable_workitem_tracking = "
        "(1 = 1), progress_weighting = 'budget' WHERE id = 1"
    )
    query = (
        "SELECT id, execution_project_id, progress_weighting, budget_distribution_policy "
        "FROM ppa ORDER BY id"
    )
    before = rows(query)
    to(downgrade, "0001_baseline")
    run("INSERT INTO assessment (id, title) VALUES (9, 'Made meanwhile')")
    to(upgrade, BEFORE)
    assert rows(query) == before == [(1, 1, "budget", "activity"), (2, None, "equal", "activity")]


def test_the_whole_way_down_and_up_again(app: Flask) -> None:
    for _ in range(2):
        to(upgrade, "head")
        assert rows("SELECT COUNT(*) FROM organization") == [(34,)]
        with pytest.raises(SystemExit):
            to(downgrade, "base")
        to(downgrade, "base", lose=",".join(EMPTY_TOO))
    to(upgrade, "head")


def test_each_user_gets_a_stamp_of_their_own(app: Flask) -> None:
    to(upgrade, "0013_keys_used_once")
    run(
        *(
            "INSERT INTO user_account (id, username, password_hash, role, created_at, updated_at)"
            f" VALUES ({number}, 'user{number}', 'x', 'viewer', '{NOW}', '{NOW}')"
            for number in (1, 2)
        )
    )
    to(upgrade, "0014_sign_in")
    (first, _), (second, version) = rows("SELECT stamp, version FROM user_account ORDER BY id")
    assert first != second
    assert (len(first), len(second), version) == (32, 32, 1)
    with pytest.raises(SystemExit):
        to(downgrade, "0013_keys_used_once")
    to(downgrade, "0013_keys_used_once", lose="0014")
    assert rows("SELECT username FROM user_account ORDER BY id") == [("user1",), ("user2",)]


def test_runs_of_before_tell_when_they_were_due(app: Flask) -> None:
    before = "0021_organization_version"
    to(upgrade, before)
    slots = ("20250106T1800Z", "manual-20250106T180000000000Z", "20250107T1800Z")
    run(
        *(
            "INSERT INTO job_run (job, slot, state, queued_at)"
            f" VALUES ('sync', '{slot}', 'succeeded', '{NOW}')"
            for slot in slots
        )
    )
    to(upgrade, "0022_slots_with_verdicts")
    due = list(db.session.scalars(select(JobRun.due_at).order_by(JobRun.id)))
    assert due == [
        datetime(2025, 1, 6, 18, tzinfo=UTC),
        None,
        datetime(2025, 1, 7, 18, tzinfo=UTC),
    ]
    db.session.rollback()
    run("UPDATE job_run SET state = 'skipped', slots = 5, reason = 'why' WHERE id = 3")
    with pytest.raises(SystemExit):
        to(downgrade, before)
    to(downgrade, before, lose="0022")
    assert rows("SELECT slot, state FROM job_run ORDER BY id") == [
        (slot, "succeeded") for slot in slots[:2]
    ]


def test_models_and_migrations_match(app: Flask) -> None:
    to(upgrade, "head")
    check(str(MIGRATIONS))


def test_a_migration_that_fails_leaves_everything_as_it_was(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    to(upgrade, BEFORE)
    fill()
    monkeypatch.setattr("alembic.op.drop_index", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        to(upgrade, AFTER)
    monkeypatch.undo()
    assert rows(GENERIC) == ITEMS
    to(upgrade, AFTER)
    assert rows(EXPLICIT) == CONVERTED
