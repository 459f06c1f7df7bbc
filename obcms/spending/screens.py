"""What was spent on a work item: the posted lines, posting another, voiding one."""

from io import BytesIO

from flask import request, send_file
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import NotFound
from obcms.kernel.extensions import db
from obcms.kernel.formats import MANILA, peso
from obcms.kernel.permissions import Permission, require
from obcms.kernel.rules.file_names import file_name
from obcms.ppas.screens.base import quoted
from obcms.ppas.screens.tabs import add_actions
from obcms.spending import expenditures
from obcms.spending.access import find_expenditure
from obcms.spending.fields import EXPENDITURE_FIELDS
from obcms.spending.models import Expenditure, Receipt
from obcms.work.access import ppa_of
from obcms.work.models import WorkItem
from obcms.work.screens.base import WorkItemScreen


@add_actions
class SpendingActions(WorkItemScreen):
    """The ledger of one work item."""

    @expose("/items/<int:item_id>/spending", methods=["GET", "POST"])
    def spending(self, ppa_id: int, item_id: int) -> ResponseReturnValue:
        """The posted lines, newest first, with the form for another; POST posts it."""
        item = self.find_item(ppa_id, item_id)
        if request.method != "POST":
            today = utc_now().astimezone(MANILA).date()
            lines = _posted_lines(item)
            return self.dialog("spending/spending.html", item=item, lines=lines, today=today)
        require(current_user, Permission.EXPENDITURE_POST, item.ppa)
        line = expenditures.post_expenditure(current_user, item, _read_line())
        return self.done(
            ppa_id, f"{peso(line.amount)} is posted on {quoted(item.title)}.", focus=item_id
        )

    @expose("/expenditures/<int:line_id>/void", methods=["POST"])
    def void(self, ppa_id: int, line_id: int) -> ResponseReturnValue:
        """Takes a posted line out of every total; it stays on record with the reason."""
        line = self.find_line(ppa_id, line_id)
        item = db.session.get_one(WorkItem, line.work_item_id)
        require(current_user, Permission.EXPENDITURE_VOID, ppa_of(item))
        expenditures.void_expenditure(current_user, line, request.form.get("reason", ""))
        return self.done(ppa_id, f"{peso(line.amount)} is voided.", focus=line.work_item_id)

    @expose("/expenditures/<int:line_id>/receipt")
    def receipt(self, ppa_id: int, line_id: int) -> ResponseReturnValue:
        """The scanned receipt, as a download: nothing uploaded is ever shown as a page."""
        line = self.find_line(ppa_id, line_id)
        found = db.session.get(Receipt, line.receipt_id or 0, options=[undefer(Receipt.content)])
        if found is None:
            raise NotFound("There is no receipt for this expenditure.")
        return send_file(
            BytesIO(found.content),
            found.content_type,
            as_attachment=True,
            download_name=file_name(found.filename),
        )

    def find_line(self, ppa_id: int, line_id: int) -> Expenditure:
        """A posted line of this PPA's tree; NotFound where it does not exist for the user."""
        return find_expenditure(line_id, WorkItem.ppa_id == self.find(ppa_id).id)


def _posted_lines(item: WorkItem) -> list[Expenditure]:
    query = select(Expenditure).where(Expenditure.work_item_id == item.id)
    query = query.order_by(Expenditure.spent_on.desc(), Expenditure.id.desc()).options(
        joinedload(Expenditure.posted_by),
        joinedload(Expenditure.voided_by),
        joinedload(Expenditure.receipt),
    )
    return list(db.session.scalars(query))


def _read_line() -> expenditures.NewExpenditure:
    sent = {field.name: request.form.get(field.name, "") for field in EXPENDITURE_FIELDS}
    file = request.files.get("receipt")
    return expenditures.NewExpenditure(
        receipt_name=file.filename or "" if file else "",
        receipt=file.read() if file else b"",
        **sent,
    )
