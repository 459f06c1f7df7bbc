"""A register of entries becomes entries, once, in order of date and kind (SPEC 6, "Import")."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from obcms.ledger.models import FundBalance, FundEntry, Obligation
from tests.ledger.act_files import write
from tests.ledger.register_files import post, register_rows, registered
from tests.ledger.worked_year import WorkedYear


class OthersOfTheYear(WorkedYear):
    """Acts, allotments and movements; quarters stay open, and nothing is spent."""

    def _do(self, rows: list[dict[str, str]]) -> None:
        kind = rows[0]["kind"]
        if kind in ("close", "void") or kind.split()[0] in (
            "obligation",
            "payable",
            "disbursement",
            "liquidation",
        ):
            return
        super()._do(rows)


@pytest.fixture
def year(app: Flask) -> Iterator[WorkedYear]:
    year = OthersOfTheYear()
    for _ in year.play():
        pass
    with time_machine.travel(datetime(2026, 1, 20, 2, tzinfo=UTC), tick=False):
        yield year


def entries(year: WorkedYear) -> Counter[tuple]:
    """What stands under obligations, without payables that were posted along."""
    keys = {number: key for key, number in year.lines.items()}
    query = (
        select(FundEntry, FundBalance, Obligation)
        .join(FundEntry.balance)
        .join(FundEntry.obligation)
        .where(FundEntry.posted_with_id.is_(None))
    )
    return Counter(
        (
            keys[balance.line_id],
            balance.appropriation_class.value,
            entry.kind.value.replace("_", " "),
            entry.posting_date.isoformat(),
            entry.document_date.isoformat(),
            entry.amount,
            obligation.ors_number,
            entry.reference,
            entry.mode.value.replace("_", " ") if entry.mode else "",
            entry.acceptance_number,
            entry.is_final,
            entry.to_be_liquidated,
            entry.remarks,
            entry.disbursement.reference if entry.disbursement else "",
        )
        for entry, balance, obligation in db.session.execute(query)
    )


def expected() -> Counter[tuple]:
    by_seq = {row["seq"]: row for row in registered()}
    return Counter(
        (
            row["line"],
            row["class"].lower(),
            row["kind"],
            row["posting_date"],
            row["document_date"],
            Decimal(row["amount"]),
            row["obligation"],
            row["document_no"],
            row["mode"].lower(),
            row["acceptance_no"],
            row["final"] == "yes",
            row["to_be_liquidated"] == "yes",
            row["remarks"],
            by_seq[row["adjusts"]]["document_no"] if row["adjusts"] else "",
        )
        for row in by_seq.values()
    )


def test_a_worked_year_as_a_register_is_posted_whole_and_once(
    app: Flask, year: WorkedYear, tmp_path: Path
) -> None:
    rows = register_rows()
    path = write(tmp_path / "register.csv", reversed(rows), list(rows[0]))
    code, told = post(app, path, "--json")
    assert told["refused"] == []
    assert (code, told["new"], told["unchanged"], told["doubts"]) == (0, len(rows), 0, [])
    assert entries(year) == expected()
    along = sum(row["With payable"] == "yes" for row in rows)
    posted = select(func.count(FundEntry.id)).where(FundEntry.posted_with_id.is_not(None))
    assert db.session.scalar(posted) == along > 0
    audited = db.session.scalar(select(func.count(AuditEntry.id)))
    code, again = post(app, path, "--json")
    assert (code, again["new"], again["unchanged"]) == (0, 0, len(rows))
    assert again["totals"] == told["totals"]
    assert db.session.scalar(select(func.count(AuditEntry.id))) == audited
    verified = app.test_cli_runner().invoke(args=["audit", "verify", "--rows"])
    assert verified.exit_code == 0, verified.output


def test_a_preview_writes_nothing_and_says_what_posting_will(
    app: Flask, year: WorkedYear, tmp_path: Path
) -> None:
    path = write(tmp_path / "register.csv", register_rows(negative="-{}"))
    code, told = post(app, path, "--dry-run", "--json")
    assert (code, told["new"], entries(year)) == (0, len(registered()), Counter())
    assert "0 refused" in post(app, path, "--dry-run")[1]
    code, posted = post(app, path, "--json")
    assert posted.pop("import") > 0  # what it can be voided by
    assert (code, posted) == (0, told)
