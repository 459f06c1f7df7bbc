"""Ties a process to the one that started it, so that killing the parent ends both (Linux)."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent(number: signal.Signals = signal.SIGKILL, parent: int | None = None) -> None:
    """Called in a new process: the kernel sends it this signal when its parent ends.

    `parent` is the parent's id before the fork; when that ended in between, so does this process.
    """
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, int(number))
    if parent is not None and os.getppid() != parent:
        os._exit(1)


def tied(number: signal.Signals) -> Callable[[], None]:
    """The same, to hand to `subprocess` as what a child does first."""
    parent = os.getpid()
    return lambda: end_with_parent(number, parent)
