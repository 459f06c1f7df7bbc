"""Reads what somebody sent in a process of its own, which may use no more than the limits.

A file can be made to cost a thousand times what an honest one does, and the libraries that read it
have faults of their own. Whatever it does there, whoever started the reading gets an answer.
"""

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from tempfile import TemporaryFile
from threading import Timer
from typing import IO, Any

from obcms.kernel.config import PROJECT_ROOT
from obcms.kernel.errors import Invalid
from obcms.kernel.intake import child, limits
from obcms.kernel.intake.quota import Report, say_nothing
from obcms.kernel.intake.reader import check_size

logger = logging.getLogger(__name__)
TOO_MUCH_TIME = (
    f"Reading the file takes more than {limits.CPU_SECONDS} seconds of computing, so it was given "
    "up. Copy the list alone into a new workbook and try again."
)
NO_ANSWER = (
    f"Reading the file did not end within {limits.WALL_SECONDS} seconds, so it was given up. "
    "Please try again."
)
ENDED = (
    "Reading the file ended without an answer; it may be damaged. Open it in Excel, save it as a "
    "new workbook and try again."
)


def read_limited(
    task: str,
    content: bytes,
    filename: str,
    report: Report = say_nothing,
    known: Mapping[str, Any] | None = None,
) -> Any:
    """What the task, a `module:function(stream, filename, report)`, returns, as JSON holds it.

    `report` hears how far it is; `known`, where given, is the task's fourth argument. Raises
    Invalid for what the task refuses, and past the limits of time and memory.
    """
    check_size(content)
    with TemporaryFile() as stdin:
        stdin.write(content)
        stdin.seek(0)
        told = [task, filename, *([] if known is None else [json.dumps(known)])]
        with _running(told, stdin) as (process, answered):
            for line in process.stdout or ():
                said = json.loads(line)
                if child.RESULT in said:
                    return said[child.RESULT]
                if child.PROBLEM in said:
                    raise Invalid(said[child.PROBLEM], "file")
                if child.FAULT in said:
                    logger.error("Reading a file failed:\n%s", said[child.FAULT])
                    raise Invalid(ENDED, "file")
                report(said[child.PROGRESS])
            process.wait()
            raise Invalid(_why(process.returncode, answered.is_alive()), "file")


@contextmanager
def _running(
    told: Sequence[str], stdin: IO[bytes]
) -> Iterator[tuple[subprocess.Popen[bytes], Timer]]:
    """The process, and the clock that ends it."""
    process = start_python(child.__name__, told, stdin)
    clock = Timer(limits.WALL_SECONDS, process.kill)
    clock.start()
    try:
        yield process, clock
    finally:
        clock.cancel()
        process.kill()
        process.communicate()


def start_python(module: str, told: Sequence[str], stdin: IO[bytes]) -> subprocess.Popen[bytes]:
    """Runs a module of the house in a process of its own, with these arguments."""
    command = (sys.executable, "-m", module, *told)
    # No address of a database and no key: what reads a stranger's file has nothing to give away.
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1"}
    return subprocess.Popen(
        command,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=PROJECT_ROOT,
    )


def _why(code: int, in_time: bool) -> str:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return TOO_MUCH_TIME if in_time else NO_ANSWER
    logger.error("The process that reads a file ended with %s.", code)
    return ENDED
