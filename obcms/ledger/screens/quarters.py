"""Closing and reopening quarters, with what closing would freeze shown first."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission, require
from obcms.ledger.hold import closed_through
from obcms.ledger.quarters import (
    NOTHING_TO_CLOSE,
    QUARTER_FIELDS,
    change_quarter,
    next_to_close,
)
from obcms.ledger.reads.freeze import closings, what_closing_freezes
from obcms.ledger.reads.today import today
from obcms.ledger.rules.choices import QuarterAction
from obcms.ledger.rules.quarters import Quarter
from obcms.ledger.screens.base import LedgerScreen


class QuarterScreen(LedgerScreen):
    """The quarters of all offices and acts at once."""

    def is_visible(self) -> bool:
        return True

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """What is closed, what would be closed next, and who closed what."""
        return self.show(**_shown())

    @expose("/close", methods=["POST"])
    def close(self) -> ResponseReturnValue:
        """Closes the quarter that the page showed."""
        require(current_user, Permission.FUND_CLOSE)
        done = change_quarter(current_user, _said(QuarterAction.CLOSE))
        db.session.commit()
        return self.done(f"The {Quarter(done.year, done.quarter)} is closed.", **_shown())

    @expose("/reopen", methods=["POST"])
    def reopen(self) -> ResponseReturnValue:
        """Reopens the quarter that was closed last."""
        require(current_user, Permission.FUND_CLOSE)
        done = change_quarter(current_user, _said(QuarterAction.REOPEN))
        db.session.commit()
        return self.done(f"The {Quarter(done.year, done.quarter)} is open again.", **_shown())


def _said(action: QuarterAction) -> dict[str, Any]:
    """What the page sends, as `change_quarter` takes it."""
    names = (field.name for field in QUARTER_FIELDS)
    return {name: request.form.get(name, "") for name in names} | {"action": action}


def _shown() -> dict[str, Any]:
    closed = closed_through()
    upcoming = next_to_close(closed)
    return {
        "address": url_for("ledger_quarters.index"),
        "template": "ledger/quarters.html",
        "tab": "quarters",
        "closed": None if closed is None else Quarter.of(closed),
        "upcoming": upcoming,
        "has_ended": upcoming is not None and upcoming.last_day < today(),
        "nothing_to_close": NOTHING_TO_CLOSE,
        "freeze": None if upcoming is None else what_closing_freezes(upcoming),
        "closings": closings(),
        "page_name": "Quarters",
    }
