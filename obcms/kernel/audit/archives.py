"""What was archived, as the database knows it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from obcms.kernel.audit.models import ARCHIVES


def last_archive(connection: Connection) -> Row[Any] | None:
    """The newest archive's row, behind which the chain in the database begins."""
    newest = select(ARCHIVES).order_by(ARCHIVES.c.id.desc()).limit(1)
    return connection.execute(newest).one_or_none()


def read_archives(connection: Connection) -> Sequence[Row[Any]]:
    """All of them, the oldest first."""
    return connection.execute(select(ARCHIVES).order_by(ARCHIVES.c.id)).all()
