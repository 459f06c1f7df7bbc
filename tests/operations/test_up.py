"""`flask up` from nothing to a page in the browser, and down again without a trace."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from obcms.kernel.config import PROJECT_ROOT
from tests.support.processes import free_port

pytestmark = pytest.mark.slow


class Running:
    """A `flask up` in a session of its own, with what it printed until it was ready."""

    def __init__(self, home: Path, port: int, *options: str) -> None:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("FLASK", "PYTEST"))}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "up", *options],
            cwd=PROJECT_ROOT,
            env={**clean, "PORT": str(port), "INSTANCE_PATH": str(home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.output = ""
        for line in self.process.stdout:
            self.output += line
            if line.startswith("  Password"):
                break

    def stop(self, number: int) -> int:
        self.process.send_signal(number)
        self.process.stdout.read()
        self.process.stdout.close()
        return self.process.wait(30)


def processes_of(home: Path) -> list[str]:
    """Command lines of all processes that were started with this instance folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if str(home).encode() in entry.read_bytes():
                found.append((entry.parent / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "instance"
    deadline = time.monotonic() + 20
    while processes_of(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert processes_of(tmp_path) == []


def count_ppas(home: Path) -> int:
    with closing(sqlite3.connect(home / "obcms.sqlite3")) as connection:
        return connection.execute("SELECT count(*) FROM ppa").fetchone()[0]


def check_it_runs_until(number: int, up: Running, port: int, home: Path) -> None:
    try:
        assert re.search(rf"Address +http://127\.0\.0\.1:{port}\n", up.output)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/") as answer:
            assert answer.status == 200
        assert len(processes_of(home)) >= 5
    finally:
        assert up.stop(number) == 0
    assert processes_of(home) == []
    assert count_ppas(home) == 211


def test_up_runs_everything_and_leaves_no_process_behind(home: Path) -> None:
    """Stopped by Ctrl-C at first, and by a service manager when it was started again."""
    port = free_port()
    first = Running(home, port)
    check_it_runs_until(signal.SIGINT, first, port, home)
    assert re.search(r"Password +\S{15,} +\(shown only this once\)\n$", first.output)
    second = Running(home, port)
    check_it_runs_until(signal.SIGTERM, second, port, home)
    assert "as set before" in second.output


def test_children_end_even_when_up_is_killed_outright(home: Path) -> None:
    up = Running(home, free_port(), "--no-demo")
    assert len(processes_of(home)) >= 5
    up.process.kill()
    up.process.wait()
    up.process.stdout.close()


def test_a_taken_port_is_one_clear_line(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        up = Running(home, taken.getsockname()[1])
        assert up.stop(signal.SIGTERM) == 1
    assert re.fullmatch(r"Error: Port \d+ cannot be used .*\n", up.output)
