"""Records of the ledger."""

from obcms.ledger.models.act import ActExtension, AppropriationsAct
from obcms.ledger.models.balance import FundBalance, FundTotal
from obcms.ledger.models.entry import FundEntry, FundMovement, Obligation
from obcms.ledger.models.line import BudgetLine
from obcms.ledger.models.period import LedgerPeriod, QuarterClosing
from obcms.ledger.models.prepared import PreparedMovement

__all__ = [
    "ActExtension",
    "AppropriationsAct",
    "BudgetLine",
    "FundBalance",
    "FundEntry",
    "FundMovement",
    "FundTotal",
    "LedgerPeriod",
    "Obligation",
    "PreparedMovement",
    "QuarterClosing",
]
