"""Runs a few programs together: started again when they fail, and none outlives this process."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import IO

import click

from obcms.kernel.config import PROJECT_ROOT
from obcms.kernel.jobs.stopping import StopNote
from obcms.kernel.jobs.tether import tied

GRACE_SECONDS = 10
# A program that ends this often within this time is not started again.
MOST_ENDS, WITHIN_SECONDS = 5, 60
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody asked for an end."""


@dataclass(frozen=True, slots=True)
class Program:
    """`orphan_signal` is what it gets when this process is killed outright."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    orphan_signal: signal.Signals = signal.SIGTERM
    # The others say goodbye to it, so it stops after them.
    serves_others: bool = False


class ChildProcess:
    """A program that runs, in a session of its own so that Ctrl-C reaches this process alone."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.ends: list[float] = []
        self.start()

    def start(self) -> None:
        """Starts the program’s process."""
        self.process = subprocess.Popen(
            self.program.command,
            env={**os.environ, **self.program.environment},
            cwd=PROJECT_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=tied(self.program.orphan_signal),
        )
        assert self.process.stdout is not None
        relay = (self.program.name, self.process.stdout)
        threading.Thread(target=_relay, args=relay, daemon=True).start()

    @property
    def has_ended(self) -> bool:
        """Whether its process is no longer running."""
        return self.process.poll() is not None

    @property
    def fails_often(self) -> bool:
        """Counts the present end, and says whether there were too many lately."""
        now = time.monotonic()
        self.ends = [*(end for end in self.ends if now - end < WITHIN_SECONDS), now]
        return len(self.ends) >= MOST_ENDS

    def kill(self) -> None:
        """Ends what is left of it, with all it started that is still in its session."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return
        finally:
            self.process.wait()


class Supervisor:
    """A signal to stop makes `pause` raise Stopped; leaving `with` stops every child."""

    def __init__(self) -> None:
        self.children: list[ChildProcess] = []
        self._stop = StopNote()

    def __enter__(self) -> "Supervisor":
        self._stop.listen(signal.SIGINT, signal.SIGTERM)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            # Otherwise `nohup` meant it: a closed terminal is not to stop anything.
            self._stop.listen(signal.SIGHUP)
        return self

    def __exit__(self, *_: object) -> None:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not cut this short
        _end(child for child in self.children if not child.program.serves_others)
        _end(child for child in self.children if child.program.serves_others)

    def pause(self, seconds: float = 0) -> None:
        """Waits; raises Stopped as soon as somebody asks for an end, or where somebody did."""
        if self._stop.wait(seconds):
            raise Stopped

    def start(self, program: Program) -> None:
        """Starts a program and looks after it from then on."""
        self.children.append(ChildProcess(program))

    def first_to_end(self) -> str | None:
        """The name of a child that is no longer running, if there is one."""
        return next((child.program.name for child in self.children if child.has_ended), None)

    def watch(self) -> str:
        """Starts again what ends by itself; returns the name of a child that keeps ending."""
        while True:
            for child in self.children:
                if child.has_ended and not self._revive(child):
                    return child.program.name
            self.pause(0.3)

    def _revive(self, child: ChildProcess) -> bool:
        name, code = child.program.name, child.process.returncode
        child.kill()
        if child.fails_often:
            return False
        click.echo(f"The {name} process ended (code {code}); it is started again.", err=True)
        self.pause(2 ** (len(child.ends) - 1) - 1)  # 0, 1, 3, 7 seconds
        child.start()
        return True


def _end(children: Iterable[ChildProcess]) -> None:
    ending = list(children)
    for child in ending:
        if not child.has_ended:
            child.process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    while any(not child.has_ended for child in ending) and time.monotonic() < deadline:
        time.sleep(0.05)
    for child in ending:
        child.kill()


def _relay(name: str, output: IO[bytes]) -> None:
    """Passes a child's words on, each line under its name, until it closes its mouth."""
    with output:
        for line in output:
            try:
                click.echo(f"{name:>9} | {line.decode(errors='replace').rstrip()}", err=True)
            except (OSError, ValueError):
                continue  # nobody listens any more; the child must not get stuck for that
