"""A new obligation request (ORS), before its first entry is posted."""

from datetime import date
from decimal import Decimal

from obcms.ledger.models import FundBalance, Obligation

_NOTHING = {name: Decimal(0) for name in ("obligated", "payable", "disbursed")}


def new_request(
    balance: FundBalance, number: str, payee: str, purpose: str, first_posted_on: date
) -> Obligation:
    """With nothing obligated, due or paid so far; the entries add that up."""
    return Obligation(
        balance=balance,
        ors_number=number,
        payee=payee,
        purpose=purpose,
        first_posted_on=first_posted_on,
        **_NOTHING,
    )
