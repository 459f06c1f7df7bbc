"""What the process that reads a file is made to do in tests."""

import ctypes
import os
import resource
import time
from itertools import count
from pathlib import Path
from typing import Any


def allocate(*_given: Any) -> None:
    kept = []
    while True:
        kept.append(b"x" * 10_000_000)


def compute(*_given: Any) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    assert hard == 21
    resource.setrlimit(resource.RLIMIT_CPU, (1, hard))  # nobody wants to wait for the real one
    for _ in count():
        pass


def wait(*_given: Any) -> None:
    time.sleep(60)


def crash(*_given: Any) -> None:
    ctypes.string_at(0)


def fail(*_given: Any) -> None:
    raise KeyError("a fault of the reader")


def look_around(_stream: Any, filename: str, _report: Any) -> dict[str, Any]:
    said = "nothing"
    try:
        Path(filename).write_text("more than a name")
    except OSError as error:
        said = error.strerror or ""
    return {"names": list(os.environ), "written": said}
