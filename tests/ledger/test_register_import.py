"""A register of entries in the browser: by the mechanism of all imports, voided as one."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from obcms.imports.declared import ImportDefaults
from obcms.kernel.extensions import db
from obcms.ledger.intake.register import REGISTER
from obcms.ledger.models import BudgetLine, FundBalance, Obligation
from obcms.ledger.post import post_entry
from obcms.organizations.reads import find_moa
from tests.ledger.lines import MFBM, entry, make_act, make_line
from tests.ledger.register_files import as_csv, row_of
from tests.support.import_case import ImportTests

LINE = "Vaccines"


def line() -> BudgetLine:
    return db.session.scalars(select(BudgetLine).where(BudgetLine.title == LINE)).one()


class TestRegister(ImportTests):
    declared = REGISTER
    address = "/admin/ledger/register/"
    sender, other = "moa_staff", "outsider"
    asked = "What comes first in “2/3/2025”?"
    answers: Mapping[str, str] = {"answer-dates": "day-first"}
    overtaking = ("posted obligation N-", "₱99,800.00")
    touching = ("payable N-", "₱40.00")
    commands = (("ledger", "post"), ("ledger", "void-import"))
    queries = 60

    def prepare(self) -> None:
        make_line(make_act(number="BAA 7"), title=LINE, mooe="100000.00")

    def rows(self, size: int, **more: str) -> list[dict[str, str]]:
        usual = {"act": "BAA 7", "title": LINE} | more
        return [
            row_of(None, "obligation", "100.00", ors_number=f"{size}-{n}", **usual)
            for n in range(size)
        ]

    def file(self, size: int, change: int = 0) -> bytes:
        return as_csv(self.rows(size))

    def doubtful(self, number: int, renamed: bool = False) -> bytes:
        rows = self.rows(1, posting_date="2/3/2025", reference=f"R {number}")
        for row in rows:
            row["ors_number"] = f"D-{number}"
        if renamed:
            rows = [{"Ministry" if k == "office" else k: v for k, v in r.items()} for r in rows]
        return as_csv(rows)

    def state(self) -> Any:
        balances = db.session.scalars(select(FundBalance).order_by(FundBalance.id))
        live = select(Obligation).where(Obligation.is_void.is_(False))
        return (
            [(one.allotted, one.obligated, one.payable) for one in balances],
            sorted((one.ors_number, one.obligated) for one in db.session.scalars(live)),
        )

    def given(self) -> ImportDefaults:
        return ImportDefaults(find_moa("MOH").id)

    def overtake(self) -> None:
        post_entry(MFBM, line(), entry("obligation", "99800.00", payee="Sarimanok Trading"))

    def touch(self) -> None:
        first = db.session.scalars(select(Obligation).where(Obligation.ors_number == "3-0")).one()
        accepted = {"acceptance_number": "IAR 1", "acceptance_date": "2025-03-01"}
        post_entry(MFBM, line(), entry("payable", "40.00", obligation_id=first.id, **accepted))
