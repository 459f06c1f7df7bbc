"""For jobs that go over records: one that fails is told, and the others are done (SPEC 10)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from obcms.kernel.errors import ObcmsError
from obcms.kernel.jobs.words import error_in_words

# What a single record can be the cause of.
FAILURES = (ObcmsError, SQLAlchemyError, ArithmeticError, ValueError)


class EveryRecordFailed(RuntimeError):
    """The job did nothing of what it is for, so its run is not a success."""


def failed_record(code: str, error: BaseException) -> dict[str, str]:
    """How a summary's `errors` name a record, and say why it failed, for people."""
    return {"code": code, "error": error_in_words(error)}


def check_not_all_failed(summary: Mapping[str, Any], records: str) -> None:
    """Raises EveryRecordFailed where none of the `processed` records was done; it tells of three.

    `records` is what they are called: PPAs.
    """
    processed, errors = summary["processed"], summary["errors"]
    if errors and len(errors) == processed:
        told = "; ".join(f"{one['code']}: {one['error']}" for one in errors[:3])
        raise EveryRecordFailed(f"All {processed} {records} failed. {told}")
