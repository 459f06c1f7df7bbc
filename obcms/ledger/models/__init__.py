"""Records of the ledger."""

from obcms.ledger.models.act import Act, ActExtension
from obcms.ledger.models.balance import FundBalance, FundTotal
from obcms.ledger.models.entry import FundEntry, FundMovement, Obligation
from obcms.ledger.models.line import BudgetLine
from obcms.ledger.models.period import LedgerPeriod, QuarterClosing

__all__ = [
    "Act",
    "ActExtension",
    "BudgetLine",
    "FundBalance",
    "FundEntry",
    "FundMovement",
    "FundTotal",
    "LedgerPeriod",
    "Obligation",
    "QuarterClosing",
]
