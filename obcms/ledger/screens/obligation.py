"""The page of an obligation request: what is under it, and what of it is still unpaid."""

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from obcms.ledger.access import find_obligation
from obcms.ledger.reads.obligations import read_ors
from obcms.ledger.reads.registry import change_of
from obcms.ledger.rules.figures import Figures
from obcms.ledger.screens.base import LedgerScreen

ORS_TAB = "ors"  # what the page is called to the dialogs that are opened on it


class ObligationScreen(LedgerScreen):
    """One ORS, over all the lines that it is on."""

    @expose("/")
    def page(self, obligation_id: int) -> ResponseReturnValue:
        """Each line of it with its entries, what is unpaid and since when."""
        return self.show(**obligation_shown(obligation_id))


def obligation_shown(obligation_id: int) -> dict[str, Any]:
    """The panel of an obligation's page, with its address, as `LedgerScreen.done` takes them."""
    obligation = find_obligation(current_user, obligation_id)
    parts = read_ors(current_user, obligation)
    live = [part.obligation for part in parts]
    total = sum(
        (
            Figures(obligated=one.obligated, payable=one.payable, disbursed=one.disbursed)
            for one in live
        ),
        Figures(),
    )
    return {
        "address": url_for("ledger_obligation.page", obligation_id=obligation_id),
        "template": "ledger/obligation.html",
        "tab": ORS_TAB,
        "obligation": obligation,
        "parts": parts,
        "change_of": change_of,
        "total": total,
        "page_name": f"ORS {obligation.ors_number}",
    }
