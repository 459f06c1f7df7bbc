"""For MFBM's rounds: what each office moved since the last submission, and what came late."""

from datetime import date, timedelta

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from obcms.ledger.hold import closed_through
from obcms.ledger.reads.moved import late_documents, moved_by_office
from obcms.ledger.reads.today import today
from obcms.ledger.rules.quarters import Quarter
from obcms.ledger.screens.base import LedgerScreen
from obcms.ledger.screens.given import a_day


class OfficesPage(LedgerScreen):
    """Offices by class; a ministry sees its own."""

    def is_visible(self) -> bool:
        return True

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Since the last closed quarter, which is what was submitted, or since another day."""
        closed = closed_through()
        since = a_day(request.args, "since") or _day_after(closed)
        return self.show(
            "ledger/offices.html",
            "offices",
            closed=None if closed is None else Quarter.of(closed),
            since=since,
            offices=moved_by_office(current_user, since),
            late=late_documents(current_user, since),
            page_name="Offices",
        )


def _day_after(closed: date | None) -> date:
    """The first day that is not closed; without a closed quarter the present quarter's first."""
    return Quarter.of(today()).first_day if closed is None else closed + timedelta(days=1)
