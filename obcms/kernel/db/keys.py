"""Records by their numbers."""

from sqlalchemy.exc import InvalidRequestError

from obcms.kernel.errors import NotFound
from obcms.kernel.extensions import db

# What an integer column holds; a database answers a larger number with an error.
LARGEST_KEY = 2**31 - 1


def read_again(record: db.Model) -> None:
    """Reads the record afresh; raises NotFound where somebody has deleted it."""
    try:
        db.session.refresh(record)
    except InvalidRequestError:
        raise NotFound("Somebody has deleted this.") from None
