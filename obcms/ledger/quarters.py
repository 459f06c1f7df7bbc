"""Quarters, closed and reopened for all offices and acts at once (SPEC 6, "Periods")."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.kernel.rules.cleaning import clean_values
from obcms.kernel.rules.fields import Field, OneOf, Prose, Whole
from obcms.ledger.hold import hold_period
from obcms.ledger.models import AppropriationsAct, LedgerPeriod, QuarterClosing
from obcms.ledger.reads.today import today
from obcms.ledger.refusals import coded, refused
from obcms.ledger.rules.choices import QuarterAction, Refusal
from obcms.ledger.rules.quarters import Quarter

REASON = Prose("reason", required="Say why the quarter is reopened.")
QUARTER = Whole("quarter", least=1, most=4, required="Give the quarter, 1 to 4.")
QUARTER_FIELDS: tuple[Field, ...] = (
    Whole("year", least=1990, most=2100, required="Give the year."),
    QUARTER,
    OneOf("action", required="Say whether to close or to reopen it.", choices=QuarterAction),
    Prose("reason"),
)
NOTHING_TO_CLOSE = "There is no act yet, so there is no quarter to close."


def refuse_closed(period: LedgerPeriod, posting_date: date) -> None:
    """A closed quarter takes no entry."""
    if period.closed_through is not None and posting_date <= period.closed_through:
        raise refused(
            Refusal.CLOSED_QUARTER,
            f"The {Quarter.of(posting_date)} is closed. Post it in an open quarter; the document "
            "keeps its own date.",
            "entry_date",
        )


def change_quarter(actor: Actor, values: Mapping[str, Any]) -> QuarterClosing:
    """Closes or reopens a quarter, by the names of QUARTER_FIELDS. Raises Invalid."""
    require(actor, Permission.FUND_CLOSE)
    with coded(Refusal.INPUT):
        given = {"reason": ""} | clean_values(QUARTER_FIELDS, values, "A quarter", is_new=True)
    does = close_quarter if given["action"] is QuarterAction.CLOSE else reopen_quarter
    return does(actor, Quarter(given["year"], given["quarter"]), given["reason"])


def close_quarter(actor: Actor, quarter: Quarter, reason: str = "") -> QuarterClosing:
    """Closes a quarter that has ended, in order. Raises Invalid."""
    require(actor, Permission.FUND_CLOSE)
    period = hold_period(alone=True)
    expected = next_to_close(period.closed_through)
    if expected is None:
        raise refused(Refusal.ORDER, NOTHING_TO_CLOSE)
    if quarter != expected:
        told = f"The {expected} is closed next; quarters are closed in order."
        raise refused(Refusal.ORDER, told, "quarter")
    if quarter.last_day >= today():
        raise refused(Refusal.ORDER, f"The {quarter} has not ended yet.", "quarter")
    period.closed_through = quarter.last_day
    return _record(actor, quarter, QuarterAction.CLOSE, reason)


def reopen_quarter(actor: Actor, quarter: Quarter, reason: str) -> QuarterClosing:
    """Reopens the quarter that was closed last, with a reason. Raises Invalid."""
    require(actor, Permission.FUND_CLOSE)
    with coded(Refusal.INPUT):
        reason = REASON.clean(reason)
    period = hold_period(alone=True)
    if period.closed_through is None:
        raise refused(Refusal.ORDER, "No quarter is closed.", "quarter")
    last = Quarter.of(period.closed_through)
    if quarter != last:
        told = f"The {last} was closed last; quarters are reopened in the reverse order."
        raise refused(Refusal.ORDER, told, "quarter")
    before = quarter.before
    period.closed_through = before.last_day if _first() <= before else None
    return _record(actor, quarter, QuarterAction.REOPEN, reason)


def next_to_close(closed_through: date | None) -> Quarter | None:
    """The quarter after the last closed one, or that of the earliest act; None without acts."""
    if closed_through is not None:
        return Quarter.of(closed_through).next
    return _first()


def _first() -> Quarter | None:
    earliest = db.session.scalar(select(func.min(AppropriationsAct.effectivity)))
    return None if earliest is None else Quarter.of(earliest)


def _record(actor: Actor, quarter: Quarter, action: QuarterAction, reason: str) -> QuarterClosing:
    done = QuarterClosing(
        year=quarter.year,
        quarter=quarter.number,
        action=action,
        reason=reason,
        done_by_id=getattr(actor, "id", None),
    )
    db.session.add(done)
    db.session.flush()
    return done
