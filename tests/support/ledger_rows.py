"""Many rows of everything that the ledger lists, alike in all that can be."""

from datetime import date
from decimal import Decimal

from obcms.kernel.extensions import db
from obcms.ledger.models import (
    AppropriationsAct,
    BudgetLine,
    FundBalance,
    FundEntry,
    FundMovement,
    Obligation,
    QuarterClosing,
)
from obcms.ledger.rules.choices import (
    CostStructure,
    EntryKind,
    FundCluster,
    MovementKind,
    QuarterAction,
)
from obcms.ppas.rules.choices import AppropriationClass

DAY = date(2025, 1, 1)


def fill_ledger(many: int) -> int:
    """Adds so many acts, lines, obligations, entries, documents and closings.

    Returns the id of the line that has all the entries; flushed.
    """
    acts = [
        AppropriationsAct(
            number=f"Act {number}",
            fiscal_year=2025,
            effectivity=DAY,
            last_day_first=date(2025, 12, 31),
            last_day_other=date(2026, 12, 31),
        )
        for number in range(many)
    ]
    lines = [
        BudgetLine(act=acts[0], cost_structure=CostStructure.SPF, title=f"Fund {number}")
        for number in range(many)
    ]
    balance = FundBalance(
        line=lines[0],
        appropriation_class=AppropriationClass.MOOE,
        fund_cluster=FundCluster.REGULAR,
        appropriated=Decimal(many),
        allotted=Decimal(many),
        obligated=Decimal(many),
    )
    for number in range(many):
        obligation = Obligation(
            balance=balance,
            ors_number=f"ORS {number}",
            payee="Alike",
            first_posted_on=DAY,
            obligated=Decimal(1),
        )
        movement = FundMovement(kind=MovementKind.TRANSFER, reference="Alike")
        entry = FundEntry(
            balance=balance,
            obligation=obligation,
            movement=movement,
            kind=EntryKind.OBLIGATION,
            posting_date=DAY,
            document_date=DAY,
            amount=Decimal(1),
        )
        closing = QuarterClosing(year=2025, quarter=1, action=QuarterAction.CLOSE)
        db.session.add_all([entry, closing])
    db.session.add_all([*acts, *lines])
    db.session.flush()
    return lines[0].id
