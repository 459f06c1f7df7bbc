"""Cancelling an approved PPA, and taking that back: two dialogs on its Approval tab."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from obcms.approval.cancellation import cancel_ppa, resume_ppa
from obcms.kernel.permissions import Permission, require
from obcms.ppas.models import PPA
from obcms.ppas.screens.base import PPAScreen
from obcms.ppas.screens.tabs import add_actions


@add_actions
class CancelActions(PPAScreen):
    """For MFBM and the executive; the ministry cannot do it by editing."""

    @expose("/approval/cancel", methods=["GET", "POST"])
    def cancel_approved(self, ppa_id: int) -> ResponseReturnValue:
        """Cancels the PPA, with a reason."""
        ppa = self._find_to_cancel(ppa_id)
        if request.method != "POST":
            return self.dialog("approval/cancel.html", **self.context_of(ppa), resumes=False)
        cancel_ppa(current_user, ppa, request.form.get("reason", ""))
        return self.done(ppa_id, f"{ppa.code} is cancelled.")

    @expose("/approval/resume", methods=["GET", "POST"])
    def resume_cancelled(self, ppa_id: int) -> ResponseReturnValue:
        """Takes a cancellation back, with a reason."""
        ppa = self._find_to_cancel(ppa_id)
        if request.method != "POST":
            return self.dialog("approval/cancel.html", **self.context_of(ppa), resumes=True)
        resume_ppa(current_user, ppa, request.form.get("reason", ""))
        return self.done(ppa_id, f"{ppa.code} is {ppa.status.label.lower()} again.")

    def _find_to_cancel(self, ppa_id: int) -> PPA:
        ppa = self.find(ppa_id)
        require(current_user, Permission.PPA_CANCEL, ppa)
        return ppa
