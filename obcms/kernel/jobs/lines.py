"""What a run logs, kept to be shown on its page: the last lines, each of bounded length."""

import logging
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from obcms.kernel.formats import MANILA

MOST_LINES = 200
LONGEST_LINE = 500


class LogLines(logging.Handler):
    """Keeps what the thread logs in which it was made; tracebacks stay in the process's log."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._thread = threading.get_ident()
        self._kept: deque[str] = deque(maxlen=MOST_LINES)

    def emit(self, record: logging.LogRecord) -> None:
        """Adds a line; the oldest is let go of where there are too many."""
        if record.thread != self._thread:
            return
        at = datetime.fromtimestamp(record.created, UTC).astimezone(MANILA)
        line = f"{at:%H:%M:%S} {record.levelname.capitalize()}: {record.getMessage()}"
        self._kept.append(" ".join(line.split())[:LONGEST_LINE])

    def text(self) -> str:
        """The lines; NUL, which PostgreSQL does not store, is left out."""
        return "\n".join(self._kept).replace("\0", "")


@contextmanager
def kept_lines() -> Iterator[LogLines]:
    """Collects what is logged meanwhile, of the application more than goes to the process's log."""
    lines, root, own = LogLines(), logging.getLogger(), logging.getLogger("obcms")
    level, usual = own.level, own.getEffectiveLevel()

    def as_usual(record: logging.LogRecord) -> bool:
        return record.levelno >= usual or not record.name.startswith("obcms")

    others = [*root.handlers, *own.handlers]
    for other in others:
        other.addFilter(as_usual)
    root.addHandler(lines)
    own.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        own.setLevel(level)
        root.removeHandler(lines)
        for other in others:
            other.removeFilter(as_usual)
