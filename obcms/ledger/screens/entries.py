"""What is done to one entry: voiding it, and entering what follows from it."""

from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from obcms.kernel.errors import NotFound
from obcms.kernel.extensions import db
from obcms.kernel.formats import peso
from obcms.ledger.access import find_fund_entry, find_obligation, require_kind
from obcms.ledger.models import FundEntry
from obcms.ledger.post import post_entry
from obcms.ledger.rules.choices import EntryKind
from obcms.ledger.screens.base import LedgerScreen
from obcms.ledger.screens.entry_form import (
    EntryForm,
    last_posting_date,
    read_entry_form,
    remember_posting_date,
)
from obcms.ledger.screens.line import entry_address, line_shown
from obcms.ledger.screens.obligation import ORS_TAB, obligation_shown
from obcms.ledger.void import posted_together, void_entry

# What can be entered under an entry of each kind.
FOLLOWS: dict[EntryKind, frozenset[EntryKind]] = {
    EntryKind.OBLIGATION: frozenset(
        {EntryKind.OBLIGATION_ADJUSTMENT, EntryKind.PAYABLE, EntryKind.DISBURSEMENT}
    ),
    EntryKind.PAYABLE: frozenset(
        {
            EntryKind.OBLIGATION_ADJUSTMENT,
            EntryKind.PAYABLE_ADJUSTMENT,
            EntryKind.DISBURSEMENT,
        }
    ),
    EntryKind.DISBURSEMENT: frozenset({EntryKind.DISBURSEMENT_ADJUSTMENT, EntryKind.LIQUIDATION}),
}


class EntryDialogs(LedgerScreen):
    """Dialogs of the pages that show entries."""

    @expose("/")
    def page(self, fund_entry_id: int) -> ResponseReturnValue:
        """Leads to the entry in its registry."""
        entry = find_fund_entry(current_user, fund_entry_id)
        return redirect(entry_address(entry))

    @expose("/void", methods=["GET", "POST"])
    def void(self, fund_entry_id: int) -> ResponseReturnValue:
        """Asks for the reason, naming all that is voided with it; POST voids."""
        entry = find_fund_entry(current_user, fund_entry_id)
        require_kind(current_user, entry.kind)
        if request.method != "POST":
            together = posted_together(entry)
            return self.dialog("ledger/void.html", entry=entry, together=together)
        void_entry(current_user, entry, request.form.get("reason", ""))
        db.session.commit()
        entry = find_fund_entry(current_user, fund_entry_id)
        return self._shown(entry, f"{entry.reference}: {peso(entry.amount)} is voided.")

    @expose("/follow", methods=["GET", "POST"])
    def follow(self, fund_entry_id: int) -> ResponseReturnValue:
        """The form for a NORSA, a payment, a refund or a liquidation; POST posts it."""
        entry = find_fund_entry(current_user, fund_entry_id)
        kind = _kind(entry)
        require_kind(current_user, kind)
        if request.method != "POST":
            return self.dialog("ledger/follow.html", **_form(entry, kind))
        line = entry.balance.line
        values = read_entry_form(request.form, line.id) | _belongs(entry, kind)
        posted = post_entry(current_user, line, values)
        db.session.commit()
        entry = find_fund_entry(current_user, fund_entry_id)
        remember_posting_date(posted)
        told = f"{kind.label} {posted.reference}: {peso(posted.amount)} is posted."
        return self._shown(entry, told)

    def _shown(self, entry: FundEntry, message: str) -> Any:
        """The page that the dialog was opened on, as it now is."""
        if request.headers.get("X-Fragment") == ORS_TAB and entry.obligation_id is not None:
            return self.done(message, **obligation_shown(entry.obligation_id))
        balance = entry.balance
        given = {"class": balance.appropriation_class, "cluster": balance.fund_cluster}
        return self.done(message, **line_shown(balance.line_id, given))


def _kind(entry: FundEntry) -> EntryKind:
    wanted = request.values.get("kind", "")
    for kind in FOLLOWS.get(entry.kind, ()):
        if kind.value == wanted and entry.voids_id is None:
            return kind
    raise NotFound("There is no such form for this entry.")


def _belongs(entry: FundEntry, kind: EntryKind) -> dict[str, Any]:
    """Where what follows stands: on the entry's balance, under its obligation or itself."""
    of_disbursement = entry.kind is EntryKind.DISBURSEMENT
    return {
        "kind": kind.value,
        "appropriation_class": entry.balance.appropriation_class.value,
        "fund_cluster": entry.balance.fund_cluster.value,
        "disbursement_id" if of_disbursement else "obligation_id": (
            entry.id if of_disbursement else entry.obligation_id
        ),
    }


def _form(entry: FundEntry, kind: EntryKind) -> dict[str, Any]:
    """What the dialog shows and begins with; `amount` may be in the address, such as a rest."""
    on = last_posting_date()
    values = {"entry_date": on, "document_date": on, "amount": request.args.get("amount", "")}
    return {
        "entry": entry,
        "kind": kind,
        "obligation": find_obligation(current_user, entry.obligation_id),
        "form": EntryForm([kind], values, prefix="d"),
        "line": entry.balance.line,
    }
