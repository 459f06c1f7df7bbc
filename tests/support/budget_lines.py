"""Lines of an act of 2025, and entries of that year on them: what the ledger's screens show."""

from collections.abc import Mapping
from datetime import date
from itertools import count
from typing import Any

from obcms.ledger.models import AppropriationsAct, BudgetLine, FundEntry
from tests.support import ledger
from tests.support.ledger import MFBM

__all__ = ["MFBM", "make_act", "make_line", "post"]
_numbers = count(1)


def make_act(**values: Any) -> AppropriationsAct:
    """An act of 2025 whose money has no last day that matters here."""
    usual = {
        "fiscal_year": 2025,
        "effectivity": date(2025, 1, 1),
        "last_day_first": date(2100, 12, 31),
        "last_day_other": date(2100, 12, 31),
    }
    return ledger.make_act(**usual | values)


def make_line(
    amounts: Mapping[str, str] | None = None, act: AppropriationsAct | None = None, **values: Any
) -> BudgetLine:
    """A line of MOH where nothing else is said, with its money appropriated and allotted."""
    title = f"Barangay Health Stations Program {next(_numbers)}"
    return ledger.make_line(act or make_act(), amounts=amounts, **{"title": title} | values)


def post(line: BudgetLine, kind: str, amount: str, **values: Any) -> FundEntry:
    """An entry of the MOOE, dated 3 February 2025 where nothing else is said."""
    usual: dict[str, Any] = {"entry_date": date(2025, 2, 3)}
    if kind == "obligation":
        usual["payee"] = "Bangsamoro Pharma Supply"
    if kind == "payable":
        usual |= {"acceptance_number": "IAR-1", "acceptance_date": date(2025, 2, 1)}
    if kind == "disbursement":
        usual |= {"mode": "check"}
    return ledger.entry(line, kind, amount, **usual | values)
