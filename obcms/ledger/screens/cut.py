"""A cut by law on the Budget tab, for MFBM, with the line that it lowers (SPEC 5, 6)."""

from decimal import Decimal
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from obcms.approval.amendments import cut_allocation, refuse_unsettled
from obcms.kernel.errors import Invalid
from obcms.kernel.permissions import Permission, require
from obcms.kernel.rules.fields import Day, Field, Text
from obcms.kernel.rules.money import format_peso, parse_money
from obcms.kernel.screens.forms import Reader, one_line
from obcms.ledger.cut import balances_of
from obcms.ppas.screens.base import PPAScreen
from obcms.ppas.screens.tabs import add_actions

WHERE: tuple[Field, ...] = (Text("reference", longest=64), Day("document_date"))


@add_actions
class CutAction(PPAScreen):
    """The dialog that lowers what an approved PPA has."""

    @expose("/cut", methods=["GET", "POST"])
    def cut(self, ppa_id: int) -> ResponseReturnValue:
        """Lowers the allocation, even below what is distributed."""
        ppa = self.find(ppa_id)
        require(current_user, Permission.BUDGET_CUT, ppa)
        refuse_unsettled(ppa)
        if request.method != "POST":
            balances = balances_of(ppa.id)
            return self.dialog("ledger/cut.html", **self.context_of(ppa), balances=balances)
        reader = Reader(request.form)
        amount = reader.read("amount", parse_money, Decimal(0))
        reason = reader.read("reason", one_line(), "")
        where = reader.given({field.name: _of(field) for field in WHERE})
        where["balance"] = reader.read("balance", _number, None)
        reader.finish()
        cut_allocation(current_user, ppa, amount, reason, where)
        return self.done(ppa_id, f"The allocation is cut to {format_peso(amount)}.")


def _of(field: Field) -> Any:
    return lambda raw, _pointer: field.clean(raw)


def _number(raw: str, pointer: str) -> int | None:
    if raw and not (raw.isdecimal() and len(raw) < 10):
        raise Invalid("Choose one of the lines.", pointer)
    return int(raw) if raw else None
