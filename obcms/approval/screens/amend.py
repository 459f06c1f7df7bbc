"""Changing an approved PPA by MFBM."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from obcms.approval.amendments import AMENDABLE, amend_ppa, refuse_unsettled
from obcms.kernel.permissions import Permission, require
from obcms.kernel.records.form import record_form
from obcms.kernel.records.opened import read_opened
from obcms.organizations.screens.options import organization_options
from obcms.ppas.screens.base import PPAScreen
from obcms.ppas.screens.tabs import add_actions

AmendForm = record_form(AMENDABLE, {"implementing_moa": organization_options}, {})


@add_actions
class AmendActions(PPAScreen):
    """A dialog on the Approval tab of an approved PPA."""

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
