"""Changing an approved PPA: an amendment by MFBM, and a realignment to another PPA."""

from decimal import Decimal
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from sqlalchemy import select

from obcms.approval.amendments import (
    amend_ppa,
    cut_allocation,
    highest_allocation,
    may_realign,
    realign,
    refuse_unsettled,
)
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission, require, visible
from obcms.kernel.rules.money import format_peso, parse_money
from obcms.kernel.screens.forms import (
    Reader,
    key,
    one_line,
    one_of,
    optional_date,
    optional_money,
    prose,
    required,
)
from obcms.ppas.access import find_ppa
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import SETTLED, AppropriationClass
from obcms.ppas.screens.base import PPAScreen
from obcms.ppas.screens.tabs import add_actions

FIELDS = {
    "title": required(one_line(), "The PPA needs a title."),
    "appropriation_class": one_of(AppropriationClass),
    "budget_ceiling": optional_money,
    "budget_allocation": optional_money,
    "obc_share": optional_money,
    "start_date": optional_date,
    "target_end_date": optional_date,
}
UNSET = "-"  # what a class that is not set yet is sent as
REASON = required(prose, "Give the reason, with the law or order behind it.")


@add_actions
class AmendActions(PPAScreen):
    """Two dialogs on the Approval tab of an approved PPA, and a cut by law on the Budget tab."""

    @expose("/approval/amend", methods=["GET", "POST"])
    def amend(self, ppa_id: int) -> ResponseReturnValue:
        """Title, amounts and dates, with a reason; a version that is no longer the PPA's is a
        conflict.
        """
        ppa = self.find(ppa_id)
        require(current_user, Permission.PPA_AMEND, ppa)
        refuse_unsettled(ppa)
        if request.method != "POST":
            classes = AppropriationClass.pairs()
            return self.dialog("approval/amend.html", **self.context_of(ppa), classes=classes)
        reader = Reader(request.form)
        values = reader.given(
            {name: parse for name, parse in FIELDS.items() if request.form.get(name) != UNSET}
        )
        reason = reader.read("reason", REASON, "")
        version = reader.read("version", key, None)
        _check(reader, ppa, values)
        reader.finish()
        amend_ppa(current_user, ppa, values, reason, version)
        return self.done(ppa_id, f"{ppa.code} is amended.")

    @expose("/approval/realign", methods=["GET", "POST"])
    def realign(self, ppa_id: int) -> ResponseReturnValue:
        """Moves allocation to another approved PPA."""
        source = self.find(ppa_id)
        require(current_user, Permission.BUDGET_REALIGN, source)
        refuse_unsettled(source)
        if request.method != "POST":
            return self.dialog(
                "approval/realign.html", **self.context_of(source), targets=_targets(source)
            )
        reader = Reader(request.form)
        target_id = reader.read("target", _chosen, 0)
        amount = reader.read("amount", parse_money, Decimal(0))
        reason = reader.read("reason", REASON, "")
        reader.finish()
        target = find_ppa(current_user, target_id)
        realign(current_user, source, target, amount, reason)
        return self.done(ppa_id, f"{format_peso(amount)} is realigned to {target.code}.")

    @expose("/cut", methods=["GET", "POST"])
    def cut(self, ppa_id: int) -> ResponseReturnValue:
        """Lowers the allocation by law, for MFBM, even below what is distributed."""
        ppa = self.find(ppa_id)
        require(current_user, Permission.BUDGET_CUT, ppa)
        refuse_unsettled(ppa)
        if request.method != "POST":
            return self.dialog("approval/cut.html", **self.context_of(ppa))
        reader = Reader(request.form)
        amount = reader.read("amount", parse_money, Decimal(0))
        reason = reader.read("reason", one_line(), "")
        reader.finish()
        cut_allocation(current_user, ppa, amount, reason)
        return self.done(ppa_id, f"The allocation is cut to {format_peso(amount)}.")


def _chosen(raw: str, pointer: str) -> int:
    if not raw:
        raise Invalid("Choose the PPA that receives the amount.", pointer)
    return key(raw, pointer)


def _check(reader: Reader, ppa: PPA, values: dict[str, Any]) -> None:
    """What the database would refuse, told at the field."""
    start = values.get("start_date", ppa.start_date)
    end = values.get("target_end_date", ppa.target_end_date)
    if start and end and end < start:
        reader.note("The target end date is before the start date.", "target_end_date")
    ceiling = values.get("budget_ceiling", ppa.budget_ceiling)
    allocation = values.get("budget_allocation", ppa.budget_allocation)
    share = values.get("obc_share", ppa.obc_share)
    if ceiling is not None and allocation is not None and allocation > ceiling:
        reader.note("The budget allocation is above the budget ceiling.", "budget_allocation")
    if share is not None and allocation is not None and share > allocation:
        reader.note("The OBC share is above the budget allocation.", "obc_share")


def _targets(source: PPA) -> list[tuple[PPA, Decimal]]:
    """Approved PPAs of the same year that can take something, with how much at most."""
    query = (
        select(PPA)
        .where(
            PPA.id != source.id,
            PPA.fiscal_year == source.fiscal_year,
            PPA.approval_status.in_(SETTLED),
            visible(current_user, PPA.implementing_moa_id),
        )
        .order_by(PPA.code)
    )
    found = [ppa for ppa in db.session.scalars(query) if may_realign(current_user, source, ppa)]
    rooms = [(ppa, highest_allocation(ppa) - (ppa.budget_allocation or 0)) for ppa in found]
    return [(ppa, room) for ppa, room in rooms if room > 0]
