"""What a run returned, and why it failed, in words for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.exc import DBAPIError, OperationalError

from obcms.kernel.db.constraints import explain, is_lost_race
from obcms.kernel.db.outage import outage

LONGEST = 4000
BUSY = "The database was busy with another change for too long."
REFUSED = "The database refused a statement."


def error_in_words(error: BaseException) -> str:
    """Why it failed. A statement of the database is not repeated: its values may be private."""
    if found := outage(error):
        return found
    if isinstance(error, DBAPIError):
        return _of_the_database(error)
    if type(error).__module__.startswith("obcms."):
        return str(error)[:LONGEST]
    return f"{type(error).__name__}: {error}"[:LONGEST]


def _of_the_database(error: DBAPIError) -> str:
    if isinstance(error, OperationalError):
        return BUSY if is_lost_race(error) else REFUSED
    return str(explain(error))


def facts(summary: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """What a summary tells but for its errors: label and value."""
    return [
        (name.replace("_", " ").capitalize(), _value(value))
        for name, value in (summary or {}).items()
        if name != "errors"
    ]


def sentence(summary: Mapping[str, Any] | None) -> str:
    """The same in one line: processed 20, updated 3; long texts are cut."""
    return ", ".join(f"{label.lower()} {value[:40]}" for label, value in facts(summary))


def errors(summary: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """The records that failed: which, and why."""
    return [_error(one) for one in (summary or {}).get("errors") or ()]


def _error(one: Any) -> tuple[str, str]:
    if not isinstance(one, Mapping):
        return "", str(one)
    return str(one.get("code") or ""), str(one.get("error") or one.get("reason") or "")


def _value(value: Any) -> str:
    match value:
        case None | "":
            return "—"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case Mapping():
            return ", ".join(_parts(value)) or "none"
        case str():
            return value
        case Sequence():
            return ", ".join(_value(one) for one in value) or "none"
    return str(value)


def _parts(value: Mapping[str, Any]) -> Iterator[str]:
    return (f"{name} {_value(one)}" for name, one in value.items())


def outcome(error: str | None, summary: Mapping[str, Any] | None) -> str:
    """The error, or else what was done, in one line."""
    return error.partition("\n")[0][:200] if error else sentence(summary)


def took(seconds: float | None) -> str:
    """A duration: 0.4 s, 12 s, 3 min 5 s; a dash where it is not known."""
    if seconds is None:
        return "—"
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, left = divmod(round(seconds), 60)
    return f"{minutes} min {left} s"
