"""The API from a running gunicorn with four clients: `python -m tests.bench.api [DATABASE_URL]`.

Tree, enable, distribute and sync with their 95th percentile (SPEC 12, 15). Beside each tree stands
the floor: a raw cursor fetching the same rows and `json.dumps` of the same payload, alone. The
web server is the one that each database comes with: for SQLite that of `flask up`, for PostgreSQL
the README's for production. The clients, and PostgreSQL, run on the same machine. A given database
must be empty.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import text

from obcms.kernel.audit.origin import Origin, acting
from obcms.kernel.config import PROJECT_ROOT
from obcms.kernel.db.relations import loaded
from obcms.kernel.db.revisions import MIGRATIONS
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Role
from obcms.operations.up import web_server
from obcms.people.models import User
from obcms.ppas.models import PPA, Milestone
from obcms.work.models import WorkItem
from tests.bench.__main__ import ROW, SIZES, floor, line, timed
from tests.support.apps import make_app
from tests.support.factories import grow, make_ppa
from tests.support.processes import free_port
from tests.support.tokens import access_token

CLIENTS, REQUESTS = 4, 120
WARM_UP, CHANGES = 16, 80  # requests of each kind: unmeasured; of those that write
ENTRY = "/api/monitoring/entries/{}/"


class Client:
    """Makes a connection for each request: the server closes idle ones after two seconds."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, bytes]:
        sent = json.dumps(body) if body is not None else None
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, sent, self.headers)
        answer = connection.getresponse()
        status, read = answer.status, answer.read()
        connection.close()
        return status, read

    def timed(self, method: str, path: str, body: dict[str, Any] | None = None) -> float:
        """Milliseconds of one request that must succeed."""
        began = time.perf_counter()
        status, answer = self.call(method, path, body)
        took = (time.perf_counter() - began) * 1000
        assert status < 300, (status, answer[:300])
        return took


def web_server_of(uri: str, bind: str) -> tuple[str, ...]:
    """The command that the README gives for this database."""
    if uri.startswith("sqlite"):
        return web_server(bind)
    options = f"--workers {os.cpu_count() or 1} --timeout 120 --no-control-socket wsgi:app"
    return (sys.executable, "-m", "gunicorn", "--bind", bind, *options.split())


@contextmanager
def gunicorn(uri: str, home: Path) -> Iterator[int]:
    """The running web server's port."""
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": uri,
        "INSTANCE_PATH": str(home),
        "SECRET_KEY": "test",
        "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
        "API_RATE_LIMIT": "1000000 per minute",
    }
    command = web_server_of(uri, f"127.0.0.1:{port}")
    process = subprocess.Popen(
        command, cwd=PROJECT_ROOT, env=environment, stderr=subprocess.DEVNULL
    )
    try:
        time.sleep(6)
        yield port
    finally:
        process.terminate()
        process.wait()


def at_once(clients: list[Client], work: Callable[[Client, int], float], count: int) -> list[float]:
    """The milliseconds of `count` requests, shared by the clients, all of them busy."""

    def run(number: int) -> list[float]:
        turns = range(number, count, len(clients))
        return [work(clients[number], turn) for turn in turns]

    with ThreadPoolExecutor(len(clients)) as pool:
        return [one for part in pool.map(run, range(len(clients))) for one in part]


def report(name: str, took: list[float], floor: float | None = None) -> None:
    p95 = quantiles(took, n=20)[-1]
    bar = f"median {median(took):.0f} ms; bar 200 ms"
    line(f"{name}, p95", p95, bar, floor)


def bench(port: int, token: str, ids: dict[str, list[int]], floors: dict[int, float]) -> None:
    clients = [Client(port, token) for _ in range(CLIENTS)]
    for size in SIZES:
        path = ENTRY.format(ids[f"tree {size}"][0]) + "budget-allocation-tree/"
        at_once(clients, lambda one, _, path=path: one.timed("GET", path), WARM_UP)
        took = at_once(clients, lambda one, _, path=path: one.timed("GET", path), REQUESTS)
        report(f"tree of {size:,}", took, floors[size])
    for name, work in (("enable", enable), ("distribute", distribute), ("sync", sync)):
        keys = iter(ids[name])
        for now, count in ((clients, WARM_UP), (clients[:1], CHANGES), (clients, CHANGES)):
            mine = [next(keys) for _ in range(count)]
            took = at_once(now, lambda c, turn, w=work, k=mine: w(c, k[turn]), count)
            if count > WARM_UP:
                report(f"{name} 1,000, {len(now)} at once", took)


def enable(client: Client, key: int) -> float:
    body = {"structure_template": "milestone"}
    return client.timed("POST", ENTRY.format(key) + "enable-workitem-tracking/", body)


def distribute(client: Client, key: int) -> float:
    path = ENTRY.format(key) + "distribute-budget/"
    asked = {"method": "equal", "cascade": True}
    _, answer = client.call("POST", path, asked | {"preview": True})
    return client.timed("POST", path, asked | {"version": json.loads(answer)["version"]})


def sync(client: Client, key: int) -> float:
    return client.timed("POST", ENTRY.format(key) + "sync-from-workitem/")


def floor_of(ppa: PPA, payload: Any) -> float:
    """Milliseconds of the raw rows and `json.dumps` of the answer."""
    names = json.dumps(payload)
    table = WorkItem.__table__
    columns = ", ".join(c.name for c in table.c if f'"{c.name}"' in names or c.name in ROW)
    statement = f"SELECT {columns} FROM work_item WHERE ppa_id = {ppa.id} ORDER BY position, id"
    return timed(lambda: floor(statement, payload, json.dumps))


def fill() -> tuple[str, dict[str, list[int]]]:
    """A user's id, and the PPAs that each measurement works on."""
    user = User(username="bench", role=Role.OOBC_STAFF, password_hash="-")
    db.session.add(user)
    ids: dict[str, list[int]] = {}
    for size in SIZES:
        ppa = make_ppa()
        grow(ppa, size)
        ids[f"tree {size}"] = [ppa.id]
    many = range(WARM_UP + 2 * CHANGES)
    ids["enable"] = [_with_milestones().id for _ in many]
    for name in ("distribute", "sync"):
        ids[name] = [_grown() for _ in many]
        db.session.commit()
    token = access_token(user)
    db.session.commit()
    return token, ids


def _grown() -> int:
    ppa = make_ppa("1000000.00")
    grow(ppa, 1_000)
    return ppa.id


def _with_milestones() -> PPA:
    """A PPA of which enabling makes a thousand items."""
    ppa = make_ppa("1000000.00")
    loaded(ppa, "milestones")[:] = [
        Milestone(title=f"Step {n}", due_date=ppa.start_date) for n in range(999)
    ]
    return ppa


def settle() -> None:
    """Leaves no upkeep of what `fill` wrote to the time that is measured."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
            connection.execute(text("CHECKPOINT"))


def main(uri: str, home: Path) -> None:
    app = make_app(uri, home)
    with app.test_request_context(), acting(Origin(None, "bench")):
        upgrade(str(MIGRATIONS))
        token, ids = fill()
        print(f"\n{db.engine.dialect.name}, {CLIENTS} clients")  # noqa: T201 - its output
        floors = {}
        for size in SIZES:
            ppa = db.session.get_one(PPA, ids[f"tree {size}"][0])
            path = ENTRY.format(ppa.id) + "budget-allocation-tree/"
            headers = {"Authorization": f"Bearer {token}"}
            payload = app.test_client().get(path, headers=headers).json
            floors[size] = floor_of(ppa, payload)
            assert Decimal(payload["total_budget"])
        db.session.remove()
        settle()
        db.engine.dispose()
    with gunicorn(uri, home) as port:
        bench(port, token, ids, floors)


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        home = Path(folder)
        main(sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{home / 'bench.sqlite3'}", home)
