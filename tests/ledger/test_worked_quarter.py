"""An invented ministry's year, worked by hand, comes out to the centavo (SPEC 6)."""

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from obcms.kernel.extensions import db
from obcms.ledger.models import BudgetLine, FundBalance
from obcms.ledger.reads.statement import Authorization, fund_status
from obcms.ledger.rules.choices import CostStructure, FundCluster
from obcms.ledger.rules.columns import Columns
from obcms.ledger.rules.quarters import Quarter
from tests.ledger.worked_year import WorkedYear, rows_of

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def year() -> WorkedYear:
    return WorkedYear()


def test_each_entry_gets_its_verdict_and_what_is_free(year: WorkedYear) -> None:
    told = list(year.play())
    assert len(told) == len(rows_of(year.folder / "entries.csv"))
    assert [found for _, found in told] == [wanted for wanted, _ in told]


def test_every_cell_of_the_statements_is_met(year: WorkedYear) -> None:
    for _ in year.play():
        pass
    for statement in rows_of(year.folder / "statements.csv"):
        expected = cells_of(year.folder / statement["file"])
        found = printed(year, statement)
        assert found == expected, statement["file"]


def cells_of(path: Path) -> dict[tuple[str, str, str, str], list[Decimal]]:
    """Columns 3 to 24 by row kind, section, line and class."""
    return {
        (row["row"], row["section"], row["line"], row["class"]): [
            Decimal(row[str(number)]) for number in range(3, 25)
        ]
        for row in rows_of(path)
    }


def printed(
    year: WorkedYear, said: dict[str, str]
) -> dict[tuple[str, str, str, str], list[Decimal]]:
    """The same from the ledger, with subtotals by section and class, and the grand total."""
    which = [FundBalance.fund_cluster == FundCluster(said["fund_cluster"])]
    if said["office"]:
        which.append(BudgetLine.organization_id == year.office(said["office"]))
    quarter = Quarter(int(said["year"]), int(said["quarter"]))
    rows = fund_status(quarter.year, quarter.last_day, Authorization(said["authorization"]), *which)
    keys = {number: key for key, number in year.lines.items()}
    sums: defaultdict[tuple[str, str, str, str], Columns] = defaultdict(Columns)
    for section in ("I", "III"):
        sums["subtotal", section, "", "TOTAL"] = Columns()
    sums["grand total", "", "", "TOTAL"] = Columns()
    for row in rows:
        if not any(row.columns.by_number().values()):
            continue
        line = db.session.get_one(BudgetLine, row.line_id)
        section = "III" if line.cost_structure is CostStructure.SPF else "I"
        of_class = row.appropriation_class.name
        sums["item", section, keys[row.line_id], of_class] += row.columns
        for one in (of_class, "TOTAL"):
            sums["subtotal", section, "", one] += row.columns
            sums["grand total", "", "", one] += row.columns
    return {key: list(columns.by_number().values()) for key, columns in sums.items()}
