"""The search for payments."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from obcms.kernel.rules.fields import LONGEST_LINE
from obcms.ledger.reads.payments import search_payments
from obcms.ledger.screens.base import LedgerScreen


class PaymentSearch(LedgerScreen):
    """“Was he paid?”, over all lines and years that the user may see."""

    def is_visible(self) -> bool:
        return True

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The question and what was found."""
        asked = request.args.get("q", "")[:LONGEST_LINE]
        found, count = search_payments(current_user, asked)
        return self.show(
            "ledger/payments.html",
            "payments",
            asked=asked,
            found=found,
            count=count,
            page_name="Was it paid?",
        )
