"""The day on which the ledger is asked."""

from datetime import date

from obcms.kernel.db.types import utc_now
from obcms.kernel.formats import MANILA


def today() -> date:
    """In Manila."""
    return utc_now().astimezone(MANILA).date()
