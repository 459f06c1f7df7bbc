"""Commits that do not wait for the disk, which no test takes the power from.

PostgreSQL's server is started so (`postgres.OPTIONS`); SQLite is told by each connection.
"""

import pytest

from obcms.kernel.db import connections

REAL = connections.PRAGMAS
CHEAP = (*(pragma for pragma in REAL if "synchronous" not in pragma), "synchronous=OFF")


def make_cheap(patch: pytest.MonkeyPatch) -> None:
    """From here on, no new connection waits for the disk."""
    patch.setattr(connections, "PRAGMAS", CHEAP)


def make_real(patch: pytest.MonkeyPatch) -> None:
    """As in production, for a test that looks at that."""
    patch.setattr(connections, "PRAGMAS", REAL)
