"""The processes that are killed: a web server with its own, a worker with its job, a scheduler."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from obcms.operations.up import web_server
from tests.support.forked import started
from tests.support.processes import wait_for

APP = "tests.drills.crash.jobs"
WORKER = ("flask", "--app", APP, "jobs", "worker")
SCHEDULER = ("tests.support.quick_scheduler", APP)  # so that it is often killed in a round


class Program:
    """A process in a session of its own, started again as often as it is killed."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.command, self.environment, self.log = command, environment, log
        self.start()

    def start(self) -> None:
        self.process = started(*self.command, env=self.environment, said=self.log)

    def children(self) -> list[int]:
        """The processes that it started itself."""
        pid = self.process.pid
        with suppress(OSError):
            return [
                int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            ]
        return []

    def kill(self) -> None:
        """Ends it alone, at once; what it started has to notice."""
        self.process.kill()
        self.process.join()

    def kill_all(self) -> None:
        """Ends it with all that it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.kill()


class Programs:
    """All of them, serving on a port; `kill_one` kills at random and starts again."""

    def __init__(self, port: int, environment: Mapping[str, str], log: Path) -> None:
        self.port = port
        web = web_server(f"127.0.0.1:{port}", "--graceful-timeout", "5", "--log-level", "warning")
        self.web = Program(web[web.index("gunicorn") :], environment, log)
        self.worker = Program(WORKER, environment, log)
        self.scheduler = Program(SCHEDULER, environment, log)

    def kill_one(self, dice: random.Random) -> str:
        """Kills a process and has it run again; says what it was."""
        kinds: dict[str, tuple[int, Callable[[random.Random], str]]] = {
            "web process": (9, self._kill_web_process),
            "web server": (2, self._kill_web),
            "worker": (4, lambda _: self._again("worker", self.worker)),
            "job": (4, self._kill_job),
            "scheduler": (2, lambda _: self._again("scheduler", self.scheduler)),
        }
        weights = [weight for weight, _ in kinds.values()]
        return dice.choices(list(kinds.values()), weights)[0][1](dice)

    def _kill_web_process(self, dice: random.Random) -> str:
        if not (children := self.web.children()):  # the server itself has just begun
            return self._kill_web(dice)
        with suppress(ProcessLookupError):
            os.kill(dice.choice(children), signal.SIGKILL)
        return "web process"

    def _kill_web(self, _dice: random.Random) -> str:
        self.web.kill_all()
        self.web.start()
        self.wait_until_served()
        return "web server"

    def _kill_job(self, _dice: random.Random) -> str:
        """The worker's child that runs a job now; the worker where there is none."""
        if not (children := self.worker.children()):
            return self._again("worker", self.worker)
        with suppress(ProcessLookupError):
            os.kill(children[0], signal.SIGKILL)
        return "job"

    def _again(self, name: str, program: Program) -> str:
        program.kill()
        program.start()
        return name

    def wait_until_served(self) -> None:
        wait_for(self._is_served, 60)

    def check_running(self) -> None:
        """Fails where one ended by itself."""
        all_of_them = (self.web, self.worker, self.scheduler)
        ended = [one.command for one in all_of_them if one.process.exitcode is not None]
        assert not ended, ended

    def _is_served(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/health/")
            return connection.getresponse().status in (200, 503)
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


@contextmanager
def running(port: int, environment: Mapping[str, str], log: Path) -> Iterator[Programs]:
    """Yields them when they serve, and ends them afterwards."""
    programs = Programs(port, environment, log)
    try:
        programs.wait_until_served()
        yield programs
    finally:
        for program in (programs.web, programs.worker, programs.scheduler):
            program.kill_all()


def failures(log: Path) -> list[str]:
    """The last line of each traceback in what they said."""
    found, inside = [], False
    for line in log.read_text(errors="replace").splitlines():
        inside = inside or line.startswith("Traceback")
        if inside and line and not line.startswith((" ", "Traceback")):
            found.append(line[:200])
            inside = False
    return found


def pause(dice: random.Random, longest: float) -> None:
    """A moment before the next kill, so that it strikes anything."""
    time.sleep(dice.uniform(0.1, longest))
