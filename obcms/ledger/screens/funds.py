"""The Funds tab of a PPA: its lines in the ledger, beside its allocation and its spending."""

from typing import Any

from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.ledger.models import FundBalance, FundEntry
from obcms.ledger.reads.lines import balances_of, lines_of_ppa
from obcms.ledger.reads.unreconciled import sum_of_differences, unreconciled
from obcms.ledger.rules.figures import Figures
from obcms.ppas.models import PPA
from obcms.ppas.screens.tabs import Tab, add_tab


def funds_context(ppa: PPA) -> dict[str, Any]:
    """What the tab shows; without lines it says so."""
    lines = lines_of_ppa(ppa.id)
    if not lines:
        return {"lines": []}
    ids = [line.id for line in lines]
    rows = balances_of(ids)
    total = sum((row.figures for line in rows.values() for row in line), Figures())
    illustrated = (
        select(FundEntry.id)
        .join(FundEntry.balance)
        .where(FundBalance.line_id.in_(ids), FundEntry.is_illustration.is_(True))
    )
    return {
        "lines": lines,
        "rows": rows,
        "total": total,
        "unreconciled": unreconciled(ppa.id),
        "sum_of_differences": sum_of_differences,
        "is_illustration": db.session.scalar(illustrated.limit(1)) is not None,
    }


add_tab(
    Tab(
        "funds",
        "Funds",
        35,
        "ledger/funds.html",
        funds_context,
        styles=(("ledger", "ledger.css"),),
    )
)
