"""Programs are started again when they fail, given up when they keep failing, and stopped whole."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from obcms.operations import supervisor as module
from obcms.operations.supervisor import Program, Stopped, Supervisor

# A program that starts a child of its own, tells its id, and waits.
WITH_CHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
with open(sys.argv[1], "a") as file:
    file.write(f"{child.pid}\\n")
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def signals():
    kept = {number: signal.getsignal(number) for number in module.STOP_SIGNALS}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def python(code: str, *arguments: object, **options: object) -> Program:
    command = (sys.executable, "-c", code, *map(str, arguments))
    return Program("tested", command, **options)


def wait_for(path: Path, lines: int) -> list[str]:
    deadline = time.monotonic() + 20
    while not path.exists() or len(path.read_text().splitlines()) < lines:
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
    return path.read_text().splitlines()


def is_running(process_id: str) -> bool:
    try:
        status = Path(f"/proc/{process_id}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rsplit(")", 1)[1].split()[0] != "Z"


def test_what_ends_is_started_again_until_it_ended_too_often(monkeypatch, tmp_path, capfd) -> None:
    monkeypatch.setattr(Supervisor, "pause", lambda *_: time.sleep(0.01))
    starts = tmp_path / "starts"
    with Supervisor() as supervisor:
        supervisor.start(python("import sys; open(sys.argv[1], 'a').write('x'); exit(3)", starts))
        assert supervisor.watch() == "tested"
    assert starts.read_text() == "x" * module.MOST_ENDS
    again = "The tested process ended (code 3); it is started again.\n"
    assert capfd.readouterr().err.count(again) == module.MOST_ENDS - 1


def test_a_program_is_stopped_with_all_it_started(tmp_path) -> None:
    with Supervisor() as supervisor:
        supervisor.start(python(WITH_CHILD, tmp_path / "child"))
        (child,) = wait_for(tmp_path / "child", 1)
        assert is_running(child)
    deadline = time.monotonic() + 5
    while is_running(child):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_program_that_does_not_listen_is_killed(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(module, "GRACE_SECONDS", 0.3)
    deaf = "import signal, sys, time; signal.signal(15, signal.SIG_IGN);"
    deaf += "open(sys.argv[1], 'w').write('deaf'); time.sleep(60)"
    with Supervisor() as supervisor:
        supervisor.start(python(deaf, tmp_path / "deaf"))
        wait_for(tmp_path / "deaf", 1)
    assert supervisor.children[0].process.returncode == -signal.SIGKILL


def test_who_serves_the_others_stops_after_them(tmp_path) -> None:
    told = tmp_path / "told"
    code = """
import signal, sys, time
def stop(*_):
    time.sleep(float(sys.argv[3]))
    with open(sys.argv[1], "a") as file:
        file.write(sys.argv[2] + "\\n")
    sys.exit()
signal.signal(signal.SIGTERM, stop)
open(sys.argv[4], "w").write("ready")
time.sleep(60)
"""
    with Supervisor() as supervisor:
        server = python(code, told, "server", 0, tmp_path / "a", serves_others=True)
        supervisor.start(server)
        supervisor.start(python(code, told, "client", 0.3, tmp_path / "b"))
        wait_for(tmp_path / "a", 1), wait_for(tmp_path / "b", 1)
    assert told.read_text().splitlines() == ["client", "server"]


def test_what_a_program_says_stands_under_its_name(capfd) -> None:
    with Supervisor() as supervisor:
        supervisor.start(python("print('one'); print('two')"))
        while supervisor.first_to_end() is None:
            time.sleep(0.02)
        time.sleep(0.2)
    assert capfd.readouterr().err == "   tested | one\n   tested | two\n"


@pytest.mark.parametrize("number", module.STOP_SIGNALS)
def test_a_signal_is_heard_at_the_next_pause(number) -> None:
    signal.signal(number, signal.SIG_DFL)  # the tests themselves may run under nohup
    with Supervisor() as supervisor:
        os.kill(os.getpid(), number)
        with pytest.raises(Stopped):
            supervisor.pause(5)


def test_nohup_is_respected() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with Supervisor() as supervisor:
        os.kill(os.getpid(), signal.SIGHUP)
        supervisor.pause(0.1)
