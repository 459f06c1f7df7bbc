"""The database refuses every statement that changes what stands in the trail (SPEC 9).

Entries, seals and archives; on SQLite replacement too, which its triggers on DELETE do not see.
"""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from obcms.kernel.audit.archive import archive
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from tests.kernel.audit.tampering import add_entries, seal_all
from tests.support.apps import serving

ENTRY = "at, table_name, row_key, action, changes, actor_name"
SEAL = "position, entry_id, hash, sealed_at"
ARCHIVE = (
    "file_name, first_position, last_position, last_entry_id, previous_hash, head, sha256, "
    "until, archived_at"
)
REPLACEMENTS = {
    "an entry": f"INSERT OR REPLACE INTO audit_entry (id, {ENTRY}) SELECT max(id), {ENTRY} "
    "FROM audit_entry",
    "an entry by its row id": f"REPLACE INTO audit_entry (rowid, {ENTRY}) SELECT max(id), {ENTRY} "
    "FROM audit_entry",
    "many entries": f"REPLACE INTO audit_entry (id, {ENTRY}) SELECT id, {ENTRY} FROM audit_entry",
    "a seal": f"REPLACE INTO audit_seal ({SEAL}) SELECT {SEAL} FROM audit_seal",
    "a seal by its entry": f"REPLACE INTO audit_seal ({SEAL}) "
    "SELECT 9999, entry_id, 'x', sealed_at FROM audit_seal LIMIT 1",
    "an archive": f"REPLACE INTO audit_archive (id, {ARCHIVE}) SELECT id, {ARCHIVE} "
    "FROM audit_archive",
    "an archive by its file": f"REPLACE INTO audit_archive ({ARCHIVE}) SELECT {ARCHIVE} "
    "FROM audit_archive",
    "an entry as an update": "UPDATE OR REPLACE audit_entry SET id = id + 1",
    "a seal as an update": "UPDATE OR IGNORE audit_seal SET hash = 'x'",
}
UPSERTS = {
    "entry": f"INSERT INTO audit_entry (id, {ENTRY}) SELECT id, {ENTRY} FROM audit_entry "
    "WHERE true ON CONFLICT (id) DO UPDATE SET actor_name = 'x'",
    "seal": f"INSERT INTO audit_seal ({SEAL}) SELECT {SEAL} FROM audit_seal "
    "WHERE true ON CONFLICT (entry_id) DO UPDATE SET hash = 'x'",
    "archive": f"INSERT INTO audit_archive ({ARCHIVE}) SELECT {ARCHIVE} FROM audit_archive "
    "WHERE true ON CONFLICT (file_name) DO UPDATE SET head = 'x'",
}


@pytest.fixture
def trail(app: Flask, tmp_path: Path) -> Flask:
    """Sealed entries, an archive, and entries after it."""
    fill(tmp_path)
    return app


@pytest.fixture
def sqlite_trail(sqlite_uri: str, tmp_path: Path) -> Iterator[Flask]:
    with serving(sqlite_uri, tmp_path) as app:
        fill(tmp_path)
        yield app


def fill(tmp_path: Path) -> None:
    add_entries(4)
    seal_all()
    archive(db.session(), tmp_path, utc_now() + timedelta(days=1))
    db.session.commit()
    add_entries(4)
    seal_all()


def contents() -> dict[str, Any]:
    tables = ("audit_entry", "audit_seal", "audit_archive")
    rows = {table: db.session.execute(text(f"SELECT * FROM {table}")).all() for table in tables}
    db.session.rollback()
    return {table: sorted(map(repr, found)) for table, found in rows.items()}


@pytest.mark.parametrize("name", REPLACEMENTS)
def test_sqlite_replaces_nothing(sqlite_trail: Flask, name: str) -> None:
    before = contents()
    with pytest.raises(IntegrityError, match="audit trail cannot be changed"):
        db.session.execute(text(REPLACEMENTS[name]))
    db.session.rollback()
    assert contents() == before


@pytest.mark.parametrize("name", ["an entry", "a seal", "an archive"])
def test_sqlite_refuses_a_stranger_as_well(sqlite_trail: Flask, name: str) -> None:
    """Another program sets none of the application's pragmas."""
    before = contents()
    stranger = sqlite3.connect(db.engine.url.database)
    with pytest.raises(sqlite3.IntegrityError, match="audit trail cannot be changed"):
        stranger.execute(REPLACEMENTS[name])
    stranger.close()
    assert contents() == before


@pytest.mark.parametrize("name", UPSERTS)
def test_an_upsert_is_refused(trail: Flask, name: str) -> None:
    before = contents()
    with pytest.raises(DatabaseError, match="audit trail cannot be changed"):
        db.session.execute(text(UPSERTS[name]))
    db.session.rollback()
    assert contents() == before


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal", "audit_archive"])
def test_postgresql_empties_nothing(postgresql_app: str, table: str) -> None:
    for statement in (f"TRUNCATE {table}", f"TRUNCATE {table} CASCADE", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="audit trail cannot be changed"):
            db.session.execute(text(statement))
        db.session.rollback()


def test_what_is_new_goes_in_as_ever(trail: Flask) -> None:
    before = len(contents()["audit_entry"])
    add_entries(3)
    assert len(contents()["audit_entry"]) == before + 3
    assert seal_all().sealed == 3
