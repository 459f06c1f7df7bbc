"""How entries of the ledger read in the history of the PPA that their line funds (SPEC 9)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select

from obcms.kernel.extensions import db
from obcms.kernel.formats import peso
from obcms.ledger.models import BudgetLine, FundBalance, FundEntry, Obligation
from obcms.ledger.rules.choices import EntryKind


class FundNames:
    """The lines and obligations that entries of the trail speak of; two queries where any do."""

    def __init__(self, audit_entries: Iterable[Row[Any]]) -> None:
        audit_entries = list(audit_entries)
        posted = [one for one in audit_entries if one.table_name == FundEntry.__tablename__]
        balances = {_of(one, "balance_id") for one in posted}
        obligation = Obligation.__tablename__
        obligations = {int(one.row_key) for one in audit_entries if one.table_name == obligation}
        self._places: dict[int, str] = {}
        self._numbers: dict[int, str] = {}
        if balances:
            query = select(FundBalance.id, FundBalance.appropriation_class, BudgetLine.title)
            query = query.join(FundBalance.line).where(FundBalance.id.in_(balances))
            self._places = {
                key: f"{of_class.label} of “{title}”"
                for key, of_class, title in db.session.execute(query)
            }
        if obligations:
            numbers = select(Obligation.id, Obligation.ors_number)
            found = db.session.execute(numbers.where(Obligation.id.in_(obligations)))
            self._numbers = dict(found.tuples().all())

    def fund_entry(self, audit_entry: Row[Any]) -> str:
        """Such as “obligation of ₱5.00, ORS-1, in MOOE of “Health Stations””."""
        kind = EntryKind(_of(audit_entry, "kind")).label
        amount = Decimal(_of(audit_entry, "amount"))
        if _of(audit_entry, "voids_id") is not None:
            amount = -amount
        told = f"{kind[0].lower()}{kind[1:]} of {peso(amount)}"
        if reference := _of(audit_entry, "reference"):
            told += f", {reference}"
        place = self._places.get(_of(audit_entry, "balance_id"))
        return f"{told}, in {place}" if place else told

    def obligation(self, audit_entry: Row[Any]) -> str:
        """The ORS number."""
        return self._numbers.get(int(audit_entry.row_key), "")


def _of(audit_entry: Row[Any], column: str) -> Any:
    """What the row has in a column, by an entry that holds the whole row."""
    return audit_entry.changes.get(column, [None, None])[1]
