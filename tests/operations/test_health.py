"""`/health/` tells what is missing, quickly, to anybody, and gives no secret away (SPEC 14)."""

import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, active_count

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from obcms.kernel.db import outage
from obcms.kernel.extensions import db
from obcms.kernel.jobs import heartbeat
from obcms.operations import health
from tests.support.apps import serving
from tests.support.processes import free_port, wait_for


@pytest.fixture
def app(database: str, redis_url: str, tmp_path: Path) -> Iterator[Flask]:
    with serving(database, tmp_path, redis_url=redis_url) as app:
        app.extensions["redis"].flushall()
        yield app
        close(app)


def close(app: Flask) -> None:
    app.extensions["redis"].close()
    app.extensions["health_redis"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def processes(app: Flask) -> None:
    heartbeat.beat(app.extensions["redis"], heartbeat.WORKER, "here-1")
    heartbeat.beat(app.extensions["redis"], heartbeat.SCHEDULER, "here-2")


def failing(client: FlaskClient) -> dict[str, str]:
    """The checks that fail, and why; the answer is 503 exactly when there are any."""
    answer = client.get("/health/")
    wrong = {n: c["detail"] for n, c in answer.json["checks"].items() if not c["ok"]}
    assert (answer.status_code, answer.json["status"]) == (
        (503, "failing") if wrong else (200, "ok")
    )
    return wrong


@pytest.mark.usefixtures("processes")
def test_all_is_well(client: FlaskClient) -> None:
    assert failing(client) == {}


def test_a_missing_worker_and_scheduler_are_named(client: FlaskClient) -> None:
    assert failing(client) == {
        "worker": "no worker gave a sign of life in 90 seconds",
        "scheduler": "no scheduler gave a sign of life in 90 seconds",
    }


@pytest.mark.usefixtures("processes")
def test_a_worker_that_fell_silent_does_not_count(app: Flask, client: FlaskClient) -> None:
    app.extensions["redis"].zadd("obcms:alive:worker", {"here-1": time.time() - 91})
    assert list(failing(client)) == ["worker"]


@pytest.mark.usefixtures("processes")
def test_a_worker_that_said_goodbye_does_not_count(app: Flask, client: FlaskClient) -> None:
    heartbeat.retire(app.extensions["redis"], heartbeat.WORKER, "here-1")
    assert list(failing(client)) == ["worker"]


@pytest.mark.usefixtures("processes")
def test_an_older_schema_is_told(client: FlaskClient) -> None:
    db.session.execute(text("UPDATE alembic_version SET version_num = '0001_baseline'"))
    db.session.commit()
    assert failing(client)["migrations"].startswith("at 0001_baseline, head is ")


@pytest.mark.usefixtures("processes")
def test_a_full_disk_is_told(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "MIN_FREE_BYTES", 2**60)
    assert failing(client)["disk"].endswith(" MB left")


@pytest.mark.usefixtures("processes")
def test_a_check_that_hangs_costs_its_own_time_only(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LIMIT_SECONDS", 1)
    answered, threads = Event(), active_count()
    monkeypatch.setitem(health.CHECKS, "disk", lambda: str(answered.wait(30)))
    began = time.monotonic()
    assert failing(client) == {"disk": "no answer within 1 seconds"}
    assert time.monotonic() - began < 2.5
    answered.set()
    wait_for(lambda: active_count() <= threads)  # it ends while its app is still there


@pytest.mark.usefixtures("processes")
def test_a_writer_at_work_does_not_make_it_ill(client: FlaskClient) -> None:
    db.session.execute(text("UPDATE job_run SET attempts = 0"))  # SQLite's only writer
    assert failing(client) == {}
    db.session.rollback()


def test_redis_away_is_503_without_its_address_or_password(sqlite_uri: str, tmp_path: Path) -> None:
    port = free_port()
    url = f"redis://:open-sesame@127.0.0.1:{port}/0"
    with serving(sqlite_uri, tmp_path, redis_url=url) as app:
        client = app.test_client()
        began = time.monotonic()
        assert failing(client).keys() == {"redis", "worker", "scheduler"}
        assert time.monotonic() - began < 10
        said = client.get("/health/").text
        assert "sesame" not in said
        assert str(port) not in said
        close(app)


def test_a_database_away_is_503_without_its_address_or_password(tmp_path: Path) -> None:
    port = free_port()
    uri = f"postgresql://clerk:open-sesame@127.0.0.1:{port}/obcms"
    with serving(uri, tmp_path, redis_url=f"redis://127.0.0.1:{port}/0") as app:
        client = app.test_client()
        wrong = failing(client)
        assert {wrong["database"], wrong["migrations"]} == {outage.AWAY}
        said = client.get("/health/").text
        assert not any(secret in said for secret in ("sesame", "clerk", str(port)))
        close(app)
