"""The dialog that releases a special purpose fund to an office."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission, require
from obcms.ledger.access import find_line
from obcms.ledger.reads.lines import balances_of
from obcms.ledger.release import RELEASE_FIELDS, release_fund
from obcms.ledger.rules.choices import RegistryKind
from obcms.ledger.screens.base import LedgerScreen
from obcms.ledger.screens.entry_form import EntryForm, last_posting_date
from obcms.ledger.screens.line import line_shown
from obcms.organizations.screens.options import organization_options


class ReleaseDialog(LedgerScreen):
    """Of a fund's line."""

    @expose("/", methods=["GET", "POST"])
    def index(self, budget_line_id: int) -> ResponseReturnValue:
        """What is unreleased by class, and the form; POST posts both documents."""
        line = find_line(current_user, budget_line_id)
        require(current_user, Permission.FUND_RELEASE)
        if request.method != "POST":
            on = last_posting_date()
            return self.dialog(
                "ledger/release.html",
                line=line,
                rows=balances_of([line.id]).get(line.id, []),
                offices=organization_options(),
                form=EntryForm([], {"entry_date": on, "document_date": on}, prefix="d"),
            )
        sent = {one.name: request.form.get(one.public, "") for one in RELEASE_FIELDS}
        transfer = release_fund(current_user, line, sent)
        db.session.commit()
        told = f"{line.title[:70]}: the release {transfer.reference} is posted."
        return self.done(told, **line_shown(budget_line_id, {"register": RegistryKind.RAPAL}))
