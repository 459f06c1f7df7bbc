"""Changing thresholds (SPEC 10)."""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import select, text

from obcms.kernel.db.connections import take_turn
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Conflict, Invalid, Problem
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.thresholds.models import ThresholdValue
from obcms.thresholds.reads import values
from obcms.thresholds.rules.declared import THRESHOLDS, plain, refuse_together

_LOCK = 0x0BC5_7415  # any number that no other advisory lock of OBCMS uses


def change_thresholds(
    actor: Actor, given: Mapping[str, object], opened: Mapping[str, Decimal] | None = None
) -> list[str]:
    """Sets the named thresholds, from the next run on; None sets one back to its default.

    `opened` is what the form showed. Returns the keys of those that changed. Raises Invalid with
    one problem for each fault, and Conflict where somebody else changed one of them meanwhile.
    """
    require(actor, Permission.THRESHOLD_EDIT)
    cleaned = _cleaned(given)
    _lock()
    now = dict(values())
    for key, value in cleaned.items():
        if opened is not None and now[key] not in (opened.get(key), value):
            raise Conflict(
                f"“{THRESHOLDS[key].title}” was changed to {plain(now[key])} after you opened "
                "this page, so nothing was saved. Look at it, and save again."
            )
    changed = [key for key, value in cleaned.items() if value != now[key]]
    if changed:
        refuse_together(now | cleaned)
        _write(actor, {key: cleaned[key] for key in changed})
    return changed


def _cleaned(given: Mapping[str, object]) -> dict[str, Decimal]:
    cleaned: dict[str, Decimal] = {}
    problems: list[Problem] = []
    for key, value in given.items():
        if key not in THRESHOLDS:
            problems.append(Problem("There is no such threshold.", key))
            continue
        threshold = THRESHOLDS[key]
        try:
            cleaned[key] = threshold.default if value is None else threshold.clean(value)
        except Invalid as error:
            problems += error.problems
    if problems:
        raise Invalid(problems)
    return cleaned


def _lock() -> None:
    """One at a time: two changes that are fine alone may contradict each other."""
    connection = db.session.connection()
    take_turn(connection)
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _write(actor: Actor, wanted: Mapping[str, Decimal]) -> None:
    query = select(ThresholdValue).where(ThresholdValue.key.in_(wanted))
    rows = {row.key: row for row in db.session.scalars(query)}
    for key, value in wanted.items():
        row = rows.get(key)
        if value == THRESHOLDS[key].default:
            db.session.delete(rows[key])
            continue
        if row is None:
            row = ThresholdValue(key=key)
            db.session.add(row)
        row.value = value
        row.changed_by_id = getattr(actor, "id", None)
        row.changed_at = utc_now()
    db.session.flush()
