"""Runs a few processes together: none outlives the others, nor the one that started them."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from types import FrameType

from obcms.config import ROOT

PR_SET_PDEATHSIG = 1
GRACE_SECONDS = 15
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked for an end, at whatever point that was."""


class Supervisor:
    """Children that get SIGTERM when this process ends, even when it is killed outright."""

    def __init__(self) -> None:
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Supervisor":
        for number in STOP_SIGNALS:
            signal.signal(number, _stop)
        return self

    def __exit__(self, *_: object) -> None:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not cut this short
        for child in reversed(self.children.values()):
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self.children.values():
            try:
                child.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Starts a child in a session of its own, so that Ctrl-C reaches this process alone."""
        self.children[name] = subprocess.Popen(
            list(command),
            env={**os.environ, **environment},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )

    def first_to_end(self) -> str | None:
        """The name of a child that is no longer running, if there is one."""
        return next((name for name, child in self.children.items() if child.poll() is not None), None)

    def watch(self) -> str:
        """Waits until a child ends by itself; its name."""
        while (ended := self.first_to_end()) is None:
            time.sleep(0.3)
        return ended


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
