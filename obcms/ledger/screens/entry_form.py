"""Quick entry on a line: what the form offers, what it begins with, and how it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import session
from flask_login import current_user
from sqlalchemy import select

from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import allows
from obcms.kernel.rules.folding import code_key
from obcms.ledger.access import permission_for
from obcms.ledger.fields import ENTRY_FIELDS
from obcms.ledger.hold import closed_through
from obcms.ledger.models import FundBalance, FundEntry, Obligation
from obcms.ledger.reads.today import today
from obcms.ledger.rules.choices import EntryKind, FundCluster
from obcms.ppas.rules.choices import AppropriationClass

LAST_DATE = "ledger_posting_date"
# What is entered line by line. Transfers are parts of documents; refunds and liquidations begin at
# the disbursement that they belong to.
KINDS = (
    EntryKind.OBLIGATION,
    EntryKind.OBLIGATION_ADJUSTMENT,
    EntryKind.PAYABLE,
    EntryKind.PAYABLE_ADJUSTMENT,
    EntryKind.DISBURSEMENT,
    EntryKind.ALLOTMENT,
    EntryKind.ALLOTMENT_ADJUSTMENT,
    EntryKind.APPROPRIATION,
    EntryKind.APPROPRIATION_ADJUSTMENT,
)
FLAGS = ("is_final", "with_payable", "to_be_liquidated")
# What the next entry is likely to have in common with the one before.
KEPT = ("kind", "appropriation_class", "fund_cluster", "entry_date", "document_date", "mode")
MOST_OFFERED = 200


@dataclass(frozen=True)
class EntryForm:
    """`values` are what the fields begin with; `obligations` the numbers that are offered."""

    kinds: list[EntryKind]
    values: Mapping[str, Any]
    obligations: list[Obligation] = field(default_factory=list)
    prefix: str = "q"


def kinds_for_user() -> list[EntryKind]:
    """Those that the user's role posts line by line."""
    return [kind for kind in KINDS if allows(current_user, permission_for(kind))]


def entry_form(
    balance: tuple[int | None, AppropriationClass, FundCluster], given: Mapping[str, Any]
) -> EntryForm | None:
    """The form for a balance, with what is `given` already; None for who posts nothing."""
    kinds = kinds_for_user()
    if not kinds:
        return None
    balance_id, of_class, cluster = balance
    values = {
        "kind": kinds[0].value,
        "appropriation_class": of_class.value,
        "fund_cluster": cluster.value,
        "entry_date": last_posting_date(),
        **given,
    }
    values.setdefault("document_date", values["entry_date"])
    return EntryForm(kinds, values, [] if balance_id is None else open_obligations(balance_id))


def open_obligations(balance_id: int) -> list[Obligation]:
    """Those that are not paid in full, the newest first; one query."""
    query = select(Obligation).where(
        Obligation.balance_id == balance_id,
        Obligation.is_void.is_(False),
        Obligation.obligated > Obligation.disbursed,
    )
    return list(db.session.scalars(query.order_by(Obligation.id.desc()).limit(MOST_OFFERED)))


def last_posting_date() -> date:
    """The one that the user used last, while its quarter is open; else today (SPEC 6)."""
    try:
        last = date.fromisoformat(session.get(LAST_DATE, ""))
    except ValueError:
        return today()
    closed = closed_through()
    return last if closed is None or closed < last <= today() else today()


def remember_posting_date(entry: FundEntry) -> None:
    """For the next form of this user."""
    session[LAST_DATE] = entry.posting_date.isoformat()


def read_entry_form(form: Mapping[str, str], line_id: int) -> dict[str, Any]:
    """The form's values by the names of ENTRY_FIELDS; an obligation is named by its ORS number.

    Raises Invalid for a number that is not there.
    """
    values: dict[str, Any] = {
        one.name: form[one.name] for one in ENTRY_FIELDS if form.get(one.name, "").strip()
    }
    values |= {name: form.get(name) == "1" for name in FLAGS}
    number = form.get("obligation", "").strip()
    if number and "obligation_id" not in values:
        values["obligation_id"] = find_ors(line_id, form, number)
    for name in ("obligation_id", "disbursement_id"):
        if name in values:
            values[name] = int(values[name]) if str(values[name]).isdecimal() else values[name]
    return values


def find_ors(line_id: int, form: Mapping[str, str], number: str) -> int:
    """The number of the obligation with this ORS number on the chosen class and fund cluster."""
    query = (
        select(Obligation.id)
        .join(Obligation.balance)
        .where(
            FundBalance.line_id == line_id,
            FundBalance.appropriation_class == form.get("appropriation_class", ""),
            FundBalance.fund_cluster == (form.get("fund_cluster") or FundCluster.REGULAR.value),
            Obligation.number_key == code_key(number),
        )
        .order_by(Obligation.is_void, Obligation.id.desc())
    )
    try:
        found = db.session.scalar(query.limit(1))
    except (LookupError, ValueError):  # no such class
        found = None
    if found is None:
        raise Invalid(f"There is no ORS {number} on this class and fund cluster.", "obligation")
    return found
