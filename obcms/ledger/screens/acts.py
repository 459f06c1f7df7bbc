"""The appropriations acts: their numbers, and until when their money can be obligated."""

import json
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission, require
from obcms.kernel.records.opened import changed_by_user, fingerprints, read_opened
from obcms.ledger.access import find_act
from obcms.ledger.acts import EXTENSION_FIELDS, SAID_LATER, edit_act, extend_act
from obcms.ledger.reads.acts import acts_with_sums
from obcms.ledger.screens.base import LedgerScreen


class ActScreen(LedgerScreen):
    """All acts; MFBM fills in a number and extends validity."""

    def is_visible(self) -> bool:
        return True

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The acts with their last days and what they come to."""
        return self.show(**_shown())

    @expose("/<int:act_id>/edit", methods=["POST"])
    def edit(self, act_id: int) -> ResponseReturnValue:
        """Sets the number and the remarks, as far as the user changed them."""
        require(current_user, Permission.FUND_RELEASE)
        act, opened = find_act(act_id), read_opened(request.form.get("opened"))
        values = changed_by_user(_sent(SAID_LATER), opened, SAID_LATER)
        edit_act(current_user, act, values, opened)
        db.session.commit()
        return self.done(f"{act.number} is saved.", **_shown())

    @expose("/<int:act_id>/extend", methods=["POST"])
    def extend(self, act_id: int) -> ResponseReturnValue:
        """Adds a later last day to obligate."""
        require(current_user, Permission.FUND_RELEASE)
        act = find_act(act_id)
        values = {name: value for name, value in _sent(EXTENSION_FIELDS).items() if value}
        extend_act(current_user, act, values)
        db.session.commit()
        return self.done(f"The validity of {act.number} is extended.", **_shown())


def _sent(fields: Any) -> dict[str, str]:
    return {
        one.name: request.form[one.public].strip() for one in fields if one.public in request.form
    }


def _shown() -> dict[str, Any]:
    return {
        "address": url_for("ledger_acts.index"),
        "template": "ledger/acts.html",
        "tab": "acts",
        "acts": acts_with_sums(),
        "opened": lambda act: json.dumps(fingerprints(act, SAID_LATER)),
        "page_name": "Acts",
    }
