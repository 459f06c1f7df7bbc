"""What the revisions do to users: names folded, secrets encrypted, codes hashed slowly."""

import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from obcms.kernel.extensions import db
from obcms.people.models import SecondFactor, User
from obcms.people.recovery import use
from tests.migrations.test_history import NOW, app, rows, run, to

__all__ = ["app"]
BEFORE = "0024_room_between_siblings"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def heard(monkeypatch) -> None:
    """A start in this process may have turned the migrations' logger down, or off."""
    for name in ("flask_migrate", "alembic", "alembic.runtime.migration"):
        monkeypatch.setattr(logging.getLogger(name), "disabled", False)
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
    monkeypatch.setattr(logging.getLogger("flask_migrate"), "level", logging.NOTSET)


def add_users(*names: str) -> None:
    run(
        *(
            "INSERT INTO user_account (id, username, password_hash, role, stamp, created_at,"
            f" updated_at) VALUES ({number}, '{name}', 'x', 'viewer', '{number}', '{NOW}', '{NOW}')"
            for number, name in enumerate(names, 1)
        )
    )


def refused(revision: str = "head") -> None:
    db.session.remove()
    with pytest.raises(SystemExit):
        upgrade(revision=revision)


@pytest.mark.parametrize(
    "other", ["MARIA", "ｍaria", "maria ", "mar\u200bia", "mаriа", "marıa".replace("ı", "í")]
)
def test_colliding_names_stop_it_and_the_command_goes_on(app: Flask, caplog, other: str) -> None:
    to(upgrade, BEFORE)
    add_users("maria", other, "Omar")
    refused()
    [told] = [r.getMessage() for r in caplog.records if "cannot be told apart" in r.getMessage()]
    assert "flask user rename number:2 NEW-NAME" in told
    assert "number:3" not in told
    assert rows("SELECT username FROM user_account WHERE id = 3") == [("Omar",)]
    assert rows("SELECT version_num FROM alembic_version") == [(BEFORE,)]
    renamed = app.test_cli_runner().invoke(args=["user", "rename", "number:2", "maria.cruz"])
    assert renamed.exit_code == 0, renamed.output
    entry = "SELECT actor_name FROM audit_entry WHERE table_name = 'user_account'"
    assert rows(entry)[0][0].startswith("cli: ")
    to(upgrade, "head")
    names = rows("SELECT username, version FROM user_account ORDER BY id")
    assert names == [("maria", 1), ("maria.cruz", 2), ("omar", 2)]
    folded = "SELECT row_key, actor_name FROM audit_entry WHERE actor_name LIKE 'revision%_names'"
    assert rows(folded) == [("3", "revision 0025_user_names")]


def test_names_that_merely_have_another_form_stay(app: Flask) -> None:
    to(upgrade, BEFORE)
    add_users("juan dela cruz", "ñandu", "user1", "userl", "juan-dela-cruz")
    to(upgrade, "head")
    kept = [name for (name,) in rows("SELECT username FROM user_account ORDER BY id")]
    assert kept == ["juan dela cruz", "ñandu", "user1", "userl", "juan-dela-cruz"]


def test_secrets_are_encrypted_and_codes_go_on_working(app: Flask) -> None:
    to(upgrade, BEFORE)
    add_users("maria")
    code = "abcd-efgh-ijkl-mnop"
    plain = hashlib.sha256(code.replace("-", "").encode()).hexdigest()
    run(
        "INSERT INTO second_factor (user_id, secret, last_step, turned_on_at)"
        f" VALUES (1, '{SECRET}', 0, '{NOW}')",
        f"INSERT INTO recovery_code (id, user_id, code_hash) VALUES (7, 1, '{plain}')",
    )
    to(upgrade, "head")
    [(stored,)] = rows("SELECT secret FROM second_factor")
    assert SECRET not in stored
    assert db.session.get_one(SecondFactor, 1).secret == SECRET
    [(hashed,)] = rows("SELECT code_hash FROM recovery_code")
    assert plain not in hashed
    with pytest.raises(SystemExit):
        to(downgrade, BEFORE)  # the codes cannot be turned back
    to(upgrade, "head")  # SQLite has stopped between revisions
    assert use(db.session.get_one(User, 1), code)
    db.session.commit()
    run(*_without_triggers())
    to(downgrade, BEFORE)
    assert rows("SELECT secret FROM second_factor") == [(SECRET,)]


def _without_triggers() -> Iterator[str]:
    """Takes the event of the recovery code out, as an operator does who has kept it elsewhere."""
    if db.engine.dialect.name == "sqlite":
        for kind in ("update", "delete", "replace"):
            yield f"DROP TRIGGER security_event_no_{kind}"
    else:
        yield "ALTER TABLE security_event DISABLE TRIGGER USER"
    yield "DELETE FROM security_event"


def test_events_are_not_lost_by_a_step_back(app: Flask, caplog, tmp_path: Path) -> None:
    to(upgrade, "head")
    run(
        "INSERT INTO security_event (at, kind, name, address, what, request_id)"
        f" VALUES ('{NOW}', 'signed_in', 'maria', '', '', '')"
    )
    with pytest.raises(SystemExit):
        to(downgrade, BEFORE)
    assert "security_event: 1 row\n" in caplog.text
    assert rows("SELECT name FROM security_event") == [("maria",)]


def test_a_demonstration_of_before_is_not_shut(app: Flask) -> None:
    to(upgrade, BEFORE)
    db.session.execute(
        text(
            "INSERT INTO audit_entry (at, table_name, row_key, action, changes, actor_name)"
            f" VALUES ('{NOW}', 'ppa', '1', 'insert', '{{}}', 'demo data')"
        )
    )
    db.session.commit()
    to(upgrade, "head")
    assert rows("SELECT role FROM second_factor_demand") == []
