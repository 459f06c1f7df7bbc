"""Sealing goes by id, misses nothing that commits late, and makes nobody wait."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, event, func, insert, select, text
from sqlalchemy.exc import DatabaseError

from obcms.history.jobs.seal import seal_audit
from obcms.kernel.audit import seal as sealing
from obcms.kernel.audit.chain import GENESIS, link
from obcms.kernel.audit.models import AuditAction, AuditEntry, AuditSeal
from obcms.kernel.audit.verify import verify
from obcms.kernel.extensions import db
from obcms.kernel.jobs.runner import run_slot
from tests.kernel.audit.tampering import add_entries, enter_rows, forget_trail, seal_all

ENTRY = (
    "INSERT INTO audit_entry (at, table_name, row_key, action, changes, actor_name) "
    "VALUES (now(), 'ppa', '1', 'update', '{}', 'late')"
)

ENTRY_OF_A_WRITER = {
    "at": datetime(2025, 1, 6, tzinfo=UTC),
    "table_name": "ppa",
    "row_key": "1",
    "action": AuditAction.UPDATE,
    "changes": {},
    "actor_name": "writer",
}


@pytest.fixture
def app(app: Flask) -> Flask:
    """With an empty trail, so that positions and ids begin at 1."""
    forget_trail()
    return app


@pytest.fixture
def postgresql_app(postgresql_app: str) -> str:
    """The same."""
    forget_trail()
    return postgresql_app


def test_an_empty_trail_has_the_first_hash(app: Flask) -> None:
    done = seal_all()
    assert (done.sealed, done.head.position, done.head.hash) == (0, 0, GENESIS)
    verdict = verify(db.engine)
    assert (verdict.holds, verdict.checked, verdict.head) == (True, 0, GENESIS)


def test_each_link_follows_from_the_one_before(app: Flask, monkeypatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 3)
    add_entries(7)
    assert seal_all().sealed == 7
    add_entries(2)
    done = seal_all()
    assert (done.sealed, done.head.position) == (2, 9)
    previous = GENESIS
    entries = db.session.execute(select(AuditEntry.__table__).order_by(AuditEntry.id)).mappings()
    links = db.session.scalars(select(AuditSeal).order_by(AuditSeal.position))
    for entry, found in zip(entries, links, strict=True):
        previous = link(previous, entry)
        assert (found.entry_id, found.hash) == (entry["id"], previous)
    assert seal_all().sealed == 0
    assert verify(db.engine).head == done.head.hash


def test_the_hash_does_not_depend_on_the_order_of_the_columns() -> None:
    stored = {name: None for name in ("ip_address", "request_id", "actor_id", "ppa_id")}
    stored |= {"id": 1, "at": datetime(2025, 1, 6, tzinfo=UTC), "table_name": "ppa"}
    stored |= {"row_key": "1", "action": "update", "actor_name": "ñ", "changes": {"b": 1, "a": 2}}
    assert link(GENESIS, stored) == link(GENESIS, dict(reversed(stored.items())))


@pytest.mark.parametrize("statement", ["UPDATE audit_seal SET entry_id = 0", "DELETE FROM {}"])
def test_the_database_refuses_to_change_seals(app: Flask, statement: str) -> None:
    add_entries(2)
    seal_all()
    with pytest.raises(DatabaseError, match="audit trail cannot be changed"):
        db.session.execute(text(statement.format("audit_seal")))
    db.session.rollback()


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal"])
def test_the_database_refuses_to_empty_the_trail(postgresql_app: str, table: str) -> None:
    with pytest.raises(DatabaseError, match="audit trail cannot be changed"):
        db.session.execute(text(f"TRUNCATE {table}"))
    db.session.rollback()


def test_nothing_is_sealed_past_a_lower_id_that_commits_later(postgresql_app: str) -> None:
    engine = create_engine(postgresql_app)
    with engine.connect() as late:
        late.execute(text(ENTRY))
        add_entries(3)
        done = sealing.seal(db.session(), patience=0.3)
        assert (done.sealed, done.waiting) == (0, True)
        db.session.commit()
        late.commit()
    assert seal_all().sealed == 4
    assert verify(db.engine).holds
    engine.dispose()


def test_a_late_writer_with_a_higher_transaction_number_is_waited_for(postgresql_app: str) -> None:
    """Its number is above the snapshot's xmax, which therefore is no mark to wait for."""
    engine = create_engine(postgresql_app)
    with engine.connect() as early, engine.connect() as late:
        early.execute(text("SELECT pg_current_xact_id()"))
        late.execute(text(ENTRY))
        early.execute(text(ENTRY))
        early.commit()
        done = sealing.seal(db.session(), patience=0.3)
        assert (done.sealed, done.waiting) == (0, True)
        db.session.commit()
        late.rollback()
    assert seal_all().sealed == 1
    engine.dispose()


def test_sealing_waits_for_a_writer_that_ends_in_time(postgresql_app: str) -> None:
    engine = create_engine(postgresql_app)
    with engine.connect() as late:
        late.execute(text(ENTRY))
        add_entries(1)
        ending = threading.Timer(0.4, late.commit)
        ending.start()
        assert sealing.seal(db.session(), patience=10).sealed == 2
        db.session.commit()
        ending.join()
    engine.dispose()


def test_a_second_sealer_gives_way(postgresql_app: str) -> None:
    add_entries(2)
    engine = create_engine(postgresql_app)
    with engine.connect() as other:
        other.execute(sealing._TRY_LOCK, {"key": sealing._LOCK})
        assert sealing.seal(db.session()).waiting
        db.session.commit()
    assert seal_all().sealed == 2
    engine.dispose()


def test_the_job_reports_the_head(app: Flask) -> None:
    add_entries(3)
    result = run_slot("seal_audit", "20250106T1800Z")
    head = db.session.scalars(select(AuditSeal.hash).where(AuditSeal.position == 3)).one()
    assert result == {"sealed": 3, "position": 3, "head": head, "waiting": False}
    assert db.session.scalar(select(func.count()).select_from(AuditSeal)) == 3
    db.session.commit()
    enter_rows()
    assert run_slot("verify_audit", "20250106T1930Z") == {"checked": 3, "position": 3, "head": head}


def test_a_long_trail_is_sealed_in_batches_each_its_own_transaction(
    app: Flask, count_queries, monkeypatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 50)
    commits: list[int] = []
    event.listen(db.session(), "after_commit", lambda _session: commits.append(1))
    queries = []
    add_entries(1)
    seal_audit()  # notes its head for the first time
    for batches in (2, 4, 6):
        add_entries(batches * 50)
        commits.clear()
        with count_queries() as sent:
            assert seal_audit()["sealed"] == batches * 50
        assert len(commits) == batches
        db.session.commit()
        queries.append(len(sent))
    assert queries[2] - queries[1] == queries[1] - queries[0] > 0
    assert verify(db.engine).checked == 601


def test_a_run_that_ends_on_the_way_keeps_the_batches_that_were_sealed(
    app: Flask, monkeypatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 5)
    add_entries(12)
    real, done = sealing._seal_batch, []

    def crash_at_the_third(*given: Any) -> sealing.Head:
        done.append(1)
        if len(done) == 3:
            raise KeyboardInterrupt
        return real(*given)

    monkeypatch.setattr(sealing, "_seal_batch", crash_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        seal_audit()
    db.session.rollback()
    assert sealing.read_head(db.session()).position == 10
    db.session.rollback()
    assert seal_audit()["sealed"] == 2
    db.session.commit()
    assert verify(db.engine).checked == 12


def test_writers_get_their_turn_between_batches(app: Flask, monkeypatch) -> None:
    """On SQLite, which has one writer, and on PostgreSQL."""
    monkeypatch.setattr(sealing, "BATCH", 20)
    add_entries(60)
    written = []

    def write_between(_session: object) -> None:
        if len(written) < 2:
            written.append(1)
            with db.engine.begin() as connection:
                connection.execute(insert(AuditEntry.__table__), ENTRY_OF_A_WRITER)

    event.listen(db.session(), "after_commit", write_between)
    assert seal_audit()["sealed"] == 62
    db.session.commit()
