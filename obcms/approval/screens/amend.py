"""Changing an approved PPA: an amendment by MFBM, and a realignment to another PPA."""

from decimal import Decimal

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from sqlalchemy import select

from obcms.approval.amendments import (
    AMENDABLE,
    REASON,
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
from obcms.kernel.records.form import record_form
from obcms.kernel.records.opened import read_opened
from obcms.kernel.rules.money import format_peso, parse_money
from obcms.kernel.screens.forms import (
    Reader,
    key,
    one_line,
)
from obcms.organizations.options import organization_options
from obcms.ppas.access import find_ppa
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import SETTLED
from obcms.ppas.screens.base import PPAScreen
from obcms.ppas.screens.tabs import add_actions

AmendForm = record_form(AMENDABLE, {"implementing_moa": organization_options}, {})


@add_actions
class AmendActions(PPAScreen):
    """Two dialogs on the Approval tab of an approved PPA, and a cut by law on the Budget tab."""

    @expose("/approval/amend", methods=["GET", "POST"])
    def amend(self, ppa_id: int) -> ResponseReturnValue:
        """Any of what was approved, with a reason; only what is typed over is sent on."""
        ppa = self.find(ppa_id)
        require(current_user, Permission.PPA_AMEND, ppa)
        refuse_unsettled(ppa)
        if request.method != "POST":
            form = AmendForm(obj=ppa)
            form.show_anew(ppa)
            return self.dialog("approval/amend.html", **self.context_of(ppa), form=form)
        sent = request.form
        values = {one.name: sent[one.public] for one in AMENDABLE if one.public in sent}
        opened = read_opened(sent.get("opened"))
        amend_ppa(current_user, ppa, values, sent.get("reason", ""), opened)
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
        reason = reader.read("reason", _reason, "")
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


def _reason(raw: str, _pointer: str) -> str:
    return REASON.clean(raw)


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
