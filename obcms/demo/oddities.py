"""What happens daily in a ledger, once each: made up, posted by the verbs that people use."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from obcms.demo.ledger import MFBM
from obcms.demo.spending import REMARK
from obcms.kernel.extensions import db
from obcms.ledger.access import find_line
from obcms.ledger.models import AppropriationsAct, BudgetLine, FundEntry
from obcms.ledger.move import move_funds
from obcms.ledger.post import post_entry
from obcms.ledger.release import release_fund
from obcms.ppas.models import PPA

FUND = "Bangsamoro under Special Circumstances Support Fund"
RELEASED = Decimal("50000000.00")


def play_oddities(act: AppropriationsAct) -> None:
    """Posts them, in the order of their days."""
    line = _line_of(act, "MSSD-2025-001")
    _modify(_line_of(act, "OCM-2025-010"))
    _march_voucher_in_april(line)
    _advance(line)
    _final_bill_and_refund(line)
    _release(act, line)


def _line_of(act: AppropriationsAct, code: str) -> BudgetLine:
    query = select(BudgetLine.id).join(BudgetLine.ppa)
    number = db.session.scalars(query.where(BudgetLine.act_id == act.id, PPA.code == code)).one()
    return find_line(MFBM, number)


def _post(
    line: BudgetLine, kind: str, amount: str, on: date, reference: str, **more: Any
) -> FundEntry:
    said = {
        "kind": kind,
        "appropriation_class": "mooe",
        "amount": amount,
        "entry_date": on,
        "reference": reference,
        "remarks": REMARK,
    }
    return post_entry(MFBM, line, said | more)


def _modify(line: BudgetLine) -> None:
    """Five million from MOOE to CO of one line."""
    parts = [
        {"line": line.id, "kind": kind, "appropriation_class": of, "amount": amount}
        for kind in ("appropriation_adjustment", "allotment_adjustment")
        for of, amount in (("mooe", "-5000000.00"), ("co", "5000000.00"))
    ]
    said = {"kind": "modification", "reference": "MAF-2025-0007", "remarks": REMARK}
    move_funds(MFBM, said | {"entry_date": date(2025, 2, 24), "entries": parts})


def _march_voucher_in_april(line: BudgetLine) -> None:
    """Paid net by check and the tax by TRA; the voucher of March came in after the quarter."""
    on = date(2025, 3, 10)
    request = _post(
        line, "obligation", "500000.00", on, "ORS-2025-03-900001", payee="Lanao Printing"
    )
    of = {"obligation_id": request.obligation_id}
    _post(
        line,
        "payable",
        "500000.00",
        date(2025, 3, 21),
        "IAR-900001",
        acceptance_number="IAR-900001",
        acceptance_date=date(2025, 3, 20),
        is_final=True,
        **of,
    )
    of |= {"document_date": date(2025, 3, 28)}
    _post(
        line, "disbursement", "475000.00", date(2025, 4, 7), "DV-2025-03-900001", mode="check", **of
    )
    _post(line, "disbursement", "25000.00", date(2025, 4, 7), "DV-2025-03-900001", mode="tra", **of)


def _advance(line: BudgetLine) -> None:
    """A cash advance for travel, liquidated but for what is returned."""
    payee = "Demonstration Officer"
    request = _post(
        line, "obligation", "200000.00", date(2025, 4, 14), "ORS-2025-04-900002", payee=payee
    )
    taken = _post(
        line,
        "disbursement",
        "200000.00",
        date(2025, 4, 15),
        "DV-2025-04-900002",
        obligation_id=request.obligation_id,
        mode="cash_advance",
        with_payable=True,
    )
    of = {"disbursement_id": taken.id}
    _post(line, "liquidation", "185000.00", date(2025, 5, 20), "LR-2025-05-900002", **of)
    _post(
        line,
        "disbursement_adjustment",
        "-15000.00",
        date(2025, 5, 21),
        "OR-2025-05-900002",
        with_payable=True,
        **of,
    )


def _final_bill_and_refund(line: BudgetLine) -> None:
    """The final bill is less than was obligated, so a NORSA gives the rest back; then a refund."""
    request = _post(
        line,
        "obligation",
        "300000.00",
        date(2025, 6, 2),
        "ORS-2025-06-900003",
        payee="Ranao Catering",
    )
    of = {"obligation_id": request.obligation_id}
    _post(
        line,
        "payable",
        "260000.00",
        date(2025, 6, 16),
        "IAR-900003",
        acceptance_number="IAR-900003",
        acceptance_date=date(2025, 6, 16),
        is_final=True,
        **of,
    )
    _post(line, "obligation_adjustment", "-40000.00", date(2025, 6, 17), "NORSA-2025-06-0001", **of)
    paid = _post(
        line, "disbursement", "260000.00", date(2025, 6, 25), "DV-2025-06-900003", mode="ada", **of
    )
    _post(
        line,
        "disbursement_adjustment",
        "-12000.00",
        date(2025, 7, 8),
        "OR-2025-07-900003",
        disbursement_id=paid.id,
        with_payable=True,
    )


def _release(act: AppropriationsAct, to: BudgetLine) -> None:
    """A special purpose fund to a ministry: its allotment, and the transfer to its line there."""
    query = select(BudgetLine.id).where(BudgetLine.act_id == act.id, BudgetLine.title == FUND)
    fund = find_line(MFBM, db.session.scalars(query).one())
    said = {
        "organization_id": to.organization_id,
        "appropriation_class": "mooe",
        "amount": RELEASED,
        "allotment_reference": "ARO-2025-0042",
        "reference": "ARO-2025-0042",
        "entry_date": date(2025, 7, 21),
        "remarks": REMARK,
    }
    release_fund(MFBM, fund, said)
