"""The screens of the ledger, and what it adds to a PPA's page."""

from flask import Flask

from obcms.kernel.extensions import db
from obcms.kernel.screens import add_view
from obcms.ledger.models import BudgetLine
from obcms.ledger.screens import cut, funds
from obcms.ledger.screens.act_import import add_act_import
from obcms.ledger.screens.acts import ActScreen
from obcms.ledger.screens.entries import EntryDialogs
from obcms.ledger.screens.line import LineScreen
from obcms.ledger.screens.lines import BudgetLineView
from obcms.ledger.screens.movements import MovementScreen
from obcms.ledger.screens.obligation import ObligationScreen
from obcms.ledger.screens.offices import OfficesPage
from obcms.ledger.screens.quarters import QuarterScreen
from obcms.ledger.screens.register import add_register
from obcms.ledger.screens.release import ReleaseDialog
from obcms.ledger.screens.search import PaymentSearch
from obcms.ledger.screens.status import StatusPage

__all__ = ["cut", "funds"]
LEDGER = "Ledger"


def init_app(app: Flask) -> None:
    """Adds them to the menu, and the pages that others lead to."""
    where = {"endpoint": "budget_line", "url": "/admin/budget-lines"}
    add_view(app, BudgetLineView(BudgetLine, db, name="Budget lines", category=LEDGER, **where), 35)
    menu = (
        (StatusPage, "Fund status", "ledger_status", "status"),
        (OfficesPage, "Offices", "ledger_offices", "offices"),
        (PaymentSearch, "Was it paid?", "ledger_payments", "payments"),
        (MovementScreen, "Money moved", "ledger_movements", "movements"),
        (QuarterScreen, "Quarters", "ledger_quarters", "quarters"),
        (ActScreen, "Acts", "ledger_acts", "acts"),
    )
    for view, name, endpoint, path in menu:
        address = f"/admin/ledger/{path}"
        add_view(app, view(name=name, endpoint=endpoint, url=address, category=LEDGER), 35)
    add_register(app, LEDGER)
    add_act_import(app)
    pages = (
        (LineScreen, "ledger_line", "budget-lines/<int:budget_line_id>"),
        (ReleaseDialog, "ledger_release", "budget-lines/<int:budget_line_id>/release"),
        (ObligationScreen, "ledger_obligation", "obligations/<int:obligation_id>"),
        (EntryDialogs, "ledger_entry", "fund-entries/<int:fund_entry_id>"),
    )
    for view, endpoint, path in pages:
        add_view(app, view(name="Ledger", endpoint=endpoint, url=f"/admin/{path}"), 36)
