"""The revision with which uploads are read in turn, and SQLite gives no number twice."""

import hashlib

from flask import Flask
from flask_migrate import downgrade, upgrade

from obcms.kernel.extensions import db
from tests.migrations.test_history import NOW, app, rows, run, to

__all__ = ["app"]
BEFORE, AFTER = "0033_one_form", "0034_uploads_in_turn"


def _bytes(digit: int) -> str:
    """The digit as a file's content, in the words of the database."""
    on_sqlite = db.engine.dialect.name == "sqlite"
    return f"X'3{digit}'" if on_sqlite else rf"'\x3{digit}'"


def fill() -> None:
    run(
        "INSERT INTO user_account (id, username, password_hash, role, stamp, organization_id,"
        f" created_at, updated_at) VALUES (1, 'ana', 'x', 'moa_staff', 's', 1, '{NOW}', '{NOW}'),"
        f" (2, 'ben', 'x', 'administrator', 't', NULL, '{NOW}', '{NOW}')",
        *(
            "INSERT INTO import_upload (id, user_id, filename, content, preview, created_at)"
            f" VALUES ({number}, {number}, 'a.csv', {_bytes(number)}, '', '{NOW}')"
            for number in (1, 2)
        ),
        "INSERT INTO audit_entry (at, table_name, row_key, action, changes, actor_name) VALUES"
        f" ('{NOW}', 'receipt', '41', 'delete', '{{}}', 'ana')",
    )


def test_an_upload_from_before_waits_to_be_read_again(app: Flask) -> None:
    to(upgrade, BEFORE)
    fill()
    to(upgrade, AFTER)
    found = rows("SELECT id, party, state, sha256, attempts FROM import_upload ORDER BY id")
    hashes = [hashlib.sha256(content).hexdigest() for content in (b"1", b"2")]
    assert [tuple(row) for row in found] == [
        (1, "ministry 1", "waiting", hashes[0], 0),
        (2, "user 2", "waiting", hashes[1], 0),
    ]
    assert rows("SELECT username FROM user_account ORDER BY id") == [("ana",), ("ben",)]
    to(downgrade, BEFORE)
    assert rows("SELECT username FROM user_account ORDER BY id") == [("ana",), ("ben",)]
    kept = rows("SELECT id, user_id, filename, preview FROM import_upload ORDER BY id")
    assert [tuple(row) for row in kept] == [(1, 1, "a.csv", ""), (2, 2, "a.csv", "")]
    to(upgrade, AFTER)
    assert rows("SELECT COUNT(*) FROM import_upload WHERE state = 'waiting'") == [(2,)]


def test_numbers_go_on_after_those_that_the_trail_knows(app: Flask) -> None:
    if not app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        return  # its sequences went on all the time
    to(upgrade, BEFORE)
    fill()
    to(upgrade, AFTER)
    run(
        "INSERT INTO receipt (filename, content_type, sha256, content)"
        " VALUES ('a.pdf', 'application/pdf', 'x', 'x')"
    )
    assert rows("SELECT id FROM receipt") == [(42,)]
