"""Limits hold over all web processes through Redis; without Redis each process counts (SPEC 12)."""

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

import pytest
import redis as redis_client

from obcms.kernel.extensions import db
from obcms.people.models import User
from tests.api.conftest import ENTRIES
from tests.support.forked import started
from tests.support.processes import free_port
from tests.support.tokens import access_token

LIMIT = 6
Serve = Callable[..., int]


@pytest.fixture
def database(sqlite_uri: str) -> str:
    """The limits stand in Redis, so one kind of database is enough."""
    return sqlite_uri


@pytest.fixture
def serve(app, database: str, tmp_path: Path) -> Iterator[Serve]:
    """Starts a web process of its own on a free port."""
    with ExitStack() as stack:

        def start(redis_url: str, limit: int = LIMIT) -> int:
            port = free_port()
            environment = {
                "DATABASE_URL": database,
                "REDIS_URL": redis_url,
                "INSTANCE_PATH": str(tmp_path),
                "SECRET_KEY": "test",
                "API_RATE_LIMIT": f"{limit} per hour",
                "API_TOKEN_RATE_LIMIT": f"{limit} per hour",
            }
            options = ("--no-control-socket", "--threads", "8", "--bind", f"127.0.0.1:{port}")
            process = started(
                "gunicorn", "wsgi:app", *options, env=environment, said=tmp_path / "web.log"
            )
            stack.callback(process.join)
            stack.callback(process.terminate)
            _wait_for(port)
            return port

        yield start


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("The web process did not start.")


@pytest.fixture
def token(app, people) -> str:
    with app.test_request_context():
        made = access_token(db.session.get_one(User, people.viewer))
    db.session.remove()
    return made


def ask(port: int, token: str) -> tuple[int, str | None]:
    """The status, and how long to wait."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", ENTRIES, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.getheader("Retry-After")


def test_two_processes_count_together(serve: Serve, redis_url: str, token: str) -> None:
    redis_client.Redis.from_url(redis_url).flushall()
    ports = [serve(redis_url), serve(redis_url)]
    answers = [ask(ports[turn % 2], token) for turn in range(LIMIT + 4)]
    assert [status for status, _ in answers] == [200] * LIMIT + [429] * 4
    assert int(answers[-1][1] or 0) > 0


def test_without_redis_each_process_counts_and_nothing_fails(serve: Serve, token: str) -> None:
    ports = [serve(f"redis://127.0.0.1:{free_port()}/0") for _ in range(2)]
    for port in ports:
        statuses = [ask(port, token)[0] for _ in range(LIMIT + 2)]
        assert statuses == [200] * LIMIT + [429] * 2


def test_requests_at_the_moment_redis_goes_away_do_not_fail(serve: Serve, token: str) -> None:
    port = serve(f"redis://127.0.0.1:{free_port()}/0", limit=1_000)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(port, token), range(40)))
    assert {status for status, _ in answers} == {200}


def test_guesses_at_a_token_are_limited_by_address(app, people) -> None:
    app.config["OBCMS"].api_token_rate_limit = "3 per hour"
    db.session.remove()
    client = app.test_client()
    names = [f"nobody-{number}" for number in range(5)]
    answers = [
        client.post("/api/token/", json={"username": name, "password": "no"}) for name in names
    ]
    assert [answer.status_code for answer in answers] == [401] * 3 + [429] * 2
    assert answers[-1].mimetype == "application/problem+json"
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_whole_network_of_addresses_counts_as_one(app, people) -> None:
    """A customer of an internet provider has 2^64 IPv6 addresses."""
    app.config["OBCMS"].api_token_rate_limit = "3 per hour"
    db.session.remove()
    client, guess = app.test_client(), {"username": "nobody", "password": "no"}
    answers = [
        client.post("/api/token/", json=guess, environ_base={"REMOTE_ADDR": f"2001:db8::{number}"})
        for number in range(1, 6)
    ]
    assert [answer.status_code for answer in answers] == [401] * 3 + [429] * 2
    other = {"REMOTE_ADDR": "2001:db8:0:1::1"}
    assert client.post("/api/token/", json=guess, environ_base=other).status_code == 401
