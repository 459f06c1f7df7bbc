"""While the database is away, starting or full, every request is a 503 that promises nothing."""

import os
import signal
import threading
from html import unescape
from pathlib import Path

import psycopg2
import pytest
from flask import Flask
from sqlalchemy import event, text

from obcms.kernel.db import outage
from obcms.kernel.extensions import db
from obcms.people.models import User
from tests.conftest import PASSWORD
from tests.support.apps import migrate, serving
from tests.support.clients import OwnContextClient
from tests.support.postgres import postgresql_server
from tests.support.processes import free_port
from tests.support.refusing_server import refusing_server

FORM = {"username": "administrator", "password": PASSWORD}
TOKEN = {"username": "administrator", "password": PASSWORD}


def browser(app: Flask):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.test_client_class = OwnContextClient
    return app.test_client()


def is_told(answer, reason: str) -> None:
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert reason in unescape(answer.text)
    assert "Nothing was changed." in answer.text


def every_request_is_told(app: Flask, client, reason: str, caplog) -> None:
    """Pages, forms and the API; each leaves one line, and no traceback."""
    caplog.clear()
    asked = [
        client.get("/admin/"),
        client.get("/account"),
        client.post("/sign-in", data=FORM),
        client.post("/api/token/", json=TOKEN),
    ]
    for answer in asked:
        is_told(answer, reason)
    assert asked[3].mimetype == "application/problem+json"
    assert asked[0].mimetype == "text/html"
    assert all(record.exc_info is None for record in caplog.records)
    lines = [record for record in caplog.records if record.name == "obcms"]
    for record, answer in zip(lines, asked, strict=True):
        assert answer.headers["X-Request-ID"] in record.getMessage()
        assert "\n" not in record.getMessage()


def signed_in(app: Flask):
    user = User(username="administrator", role="administrator")
    user.set_password(PASSWORD)
    db.session.add(user)
    db.session.commit()
    client = browser(app)
    assert client.post("/sign-in", data=FORM).status_code == 302
    assert client.get("/admin/").status_code == 200
    return client


def test_a_postgresql_that_stops_and_comes_back(tmp_path: Path, caplog) -> None:
    """The session of who was signed in goes on afterwards."""
    with postgresql_server() as url:
        migrate(url + "postgres", tmp_path)
        with serving(url + "postgres", tmp_path) as app:
            client = signed_in(app)
            _flush(url)  # the tests' server acknowledges before it has written
            server = int((_data(url) / "postmaster.pid").read_text().split()[0])
            os.kill(server, signal.SIGSTOP)
            for child in _children(server):
                os.kill(child, signal.SIGKILL)  # as when the machine loses its power
            os.kill(server, signal.SIGCONT)
            answer = client.get("/admin/")  # the server starts anew by itself
            if answer.status_code != 200:
                is_told(answer, "The database is")
            _wait(url)
            assert client.get("/admin/").status_code == 200
            os.kill(server, signal.SIGINT)
            _wait_for_end(server)
            every_request_is_told(app, client, outage.AWAY, caplog)
            health = app.test_client().get("/health/").json["checks"]["database"]
            assert health == {"ok": False, "detail": outage.AWAY}
            db.session.remove()


def _flush(url: str) -> None:
    connection = psycopg2.connect(url + "postgres")
    connection.autocommit = True
    connection.cursor().execute("CHECKPOINT")
    connection.close()


def _data(url: str) -> Path:
    connection = psycopg2.connect(url + "postgres")
    cursor = connection.cursor()
    cursor.execute("SHOW data_directory")
    [found] = cursor.fetchone()
    connection.close()
    return Path(found)


def _children(server: int) -> list[int]:
    listed = Path(f"/proc/{server}/task/{server}/children").read_text()
    return [int(child) for child in listed.split()]


def _wait(url: str) -> None:
    for _ in range(200):
        try:
            psycopg2.connect(url + "postgres", connect_timeout=1).close()
        except psycopg2.OperationalError:
            threading.Event().wait(0.05)
        else:
            return
    pytest.fail("The server did not come back.")


def _wait_for_end(server: int) -> None:
    for _ in range(200):
        status = Path(f"/proc/{server}/status")
        if not status.exists() or "State:\tZ" in status.read_text():
            return
        threading.Event().wait(0.05)
    pytest.fail("The server did not stop.")


@pytest.mark.parametrize(
    ("message", "code", "reason"),
    [
        ("the database system is starting up", "57P03", outage.STARTING),
        ("the database system is in recovery mode", "57P03", outage.STARTING),
        ("the database system is shutting down", "57P03", outage.AWAY),
        ("sorry, too many clients already", "53300", outage.AWAY),
    ],
)
def test_a_postgresql_that_lets_nobody_in(tmp_path, caplog, message, code, reason) -> None:
    with refusing_server(message, code) as port:
        uri = f"postgresql://clerk:open-sesame@127.0.0.1:{port}/obcms"
        with serving(uri, tmp_path, redis_url=f"redis://127.0.0.1:{free_port()}/0") as app:
            client = browser(app)
            answer = client.post("/sign-in", data=FORM)
            is_told(answer, reason)
            assert not any(word in answer.text for word in ("sesame", "clerk", str(port)))
            assert [record.exc_info for record in caplog.records] == [None]
            assert client.get("/health/").json["checks"]["database"]["detail"] == reason
            for name in ("redis", "health_redis"):
                app.extensions[name].close()


def fill_up(app: Flask) -> None:
    """From now on the database file cannot grow, as on a full disk."""

    def limit(connection, _record) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # as many as there are now

    db.session.remove()
    db.engine.dispose()
    event.listen(db.engine, "connect", limit)


def test_a_full_disk_under_sqlite(sqlite_uri: str, tmp_path: Path, caplog) -> None:
    with serving(sqlite_uri, tmp_path) as app:
        client = signed_in(app)
        fill_up(app)
        caplog.clear()
        form = {"organization_type": "x"}
        codes = set()
        for number in range(400):
            answer = client.post(
                "/admin/organization/new/",
                data=form | {"acronym": f"N{number}", "name": f"{number} {'x' * 250}"},
            )
            codes.add(answer.status_code)
            if answer.status_code == 503:
                break
        assert codes <= {302, 503}
        is_told(answer, outage.FULL)
        assert [record.exc_info for record in caplog.records] == [None]
        assert client.get("/admin/organization/").status_code == 200  # reading goes on


FULL_TABLE = """
CREATE OR REPLACE FUNCTION be_full() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER full_table BEFORE INSERT ON {table} EXECUTE FUNCTION be_full();
"""


def test_a_full_disk_under_postgresql(postgresql_uri: str, tmp_path: Path, caplog) -> None:
    with serving(postgresql_uri, tmp_path) as app:
        client = signed_in(app)

        for table in ("organization", "sign_in_attempt"):
            db.session.execute(text(FULL_TABLE.format(table=table)))
        db.session.commit()
        every = client.post("/admin/organization/new/", data={"acronym": "FULL", "name": "Full"})
        is_told(every, outage.FULL)
        is_told(client.post("/api/token/", json=TOKEN), outage.FULL)
        assert {record.exc_info for record in caplog.records} == {None}


@pytest.mark.parametrize("how", ["folder gone", "garbage"])
def test_a_sqlite_file_that_cannot_be_used(sqlite_uri, tmp_path, caplog, how: str) -> None:
    with serving(sqlite_uri, tmp_path / "elsewhere", secret_key="x") as app:
        client = signed_in(app)
        db.session.remove()
        db.engine.dispose()
        file = Path(db.engine.url.database)
        if how == "folder gone":
            file.parent.rename(tmp_path.with_name(tmp_path.name + "-gone"))
            reason = outage.AWAY
        else:
            for name in (f"{file}-wal", f"{file}-shm"):
                Path(name).unlink(missing_ok=True)
            file.write_bytes(b"not a database" * 1000)
            reason = outage.DAMAGED
        every_request_is_told(app, client, reason, caplog)


def test_tables_that_are_not_made_yet(tmp_path: Path, caplog) -> None:
    with serving(f"sqlite:///{tmp_path / 'empty.sqlite3'}", tmp_path) as app:
        answer = browser(app).post("/sign-in", data=FORM)
        is_told(answer, outage.OTHER_TABLES)
        assert [record.exc_info for record in caplog.records] == [None]


def test_a_wrong_statement_is_a_fault_and_no_outage(own_app: Flask) -> None:
    own_app.add_url_rule(
        "/admin/wrong", "wrong", lambda: str(db.session.execute(text("SELECT no FROM ppa")))
    )
    assert browser(own_app).get("/admin/wrong").status_code == 500
