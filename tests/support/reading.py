"""Reading files in processes that start in milliseconds, since they are forked (see
`reading_server`). A process that starts from nothing takes half a second to import its libraries.
"""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO

import pytest

from obcms.imports.declared import IMPORTS
from obcms.imports.read_file import MODULE
from obcms.kernel.intake import limited
from obcms.kernel.intake.limited import start_python
from tests.support import reading_server


class Forked:
    """A process that the server forked, with what its caller uses of `subprocess.Popen`."""

    def __init__(self, server: socket.socket, told: Sequence[str], stdin: IO[bytes]) -> None:
        output, written = os.pipe()
        self.stdout = os.fdopen(output, "rb")
        self.returncode: int | None = None
        self._answer, answering = socket.socketpair()
        with answering:
            files = [stdin.fileno(), written, answering.fileno()]
            socket.send_fds(server, [json.dumps(told).encode()], files)
        os.close(written)
        _, [self._process], *_ = socket.recv_fds(self._answer, 10, 1)

    def wait(self) -> None:
        if self.returncode is None:
            self.returncode = int(self._answer.recv(10))
            self._answer.close()
            os.close(self._process)

    def kill(self) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):  # it ended by itself
                signal.pidfd_send_signal(self._process, signal.SIGKILL)

    def communicate(self) -> None:
        self.stdout.close()
        self.wait()


class ReadingServer:
    """Started when the first file is read."""

    def __init__(self) -> None:
        self._asking, self._asked = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, _module: str, told: Sequence[str], stdin: IO[bytes]) -> Forked:
        """In place of `limited.start_python`."""
        if self._process is None:
            tasks = [one.task.partition(":")[0] for one in IMPORTS.values()]
            self._process = start_python(reading_server.__name__, [MODULE, *tasks], self._asked)
            self._asked.close()
        return Forked(self._asking, told, stdin)

    def end(self) -> None:
        self._asking.close()
        self._asked.close()
        if self._process is not None:
            self._process.communicate()


@contextmanager
def reading_server_for(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """From here on, files are read by processes that a server forks."""
    server = ReadingServer()
    patch.setattr(limited, "start_python", server.start)
    try:
        yield
    finally:
        server.end()


def make_real(patch: pytest.MonkeyPatch) -> None:
    """As in production, for a test that is about the process itself."""
    patch.setattr(limited, "start_python", start_python)
