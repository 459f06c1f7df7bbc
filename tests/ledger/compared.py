"""A ledger beside its recomputation: the same rows, the same verdicts, the same figures."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import time_machine
from hypothesis.stateful import RuleBasedStateMachine, initialize
from sqlalchemy import select

from obcms.kernel.errors import ObcmsError
from obcms.kernel.extensions import db
from obcms.ledger.access import find_fund_entry, find_line
from obcms.ledger.models import (
    BudgetLine,
    FundBalance,
    FundEntry,
    FundMovement,
    LedgerPeriod,
    Obligation,
)
from obcms.ledger.reads.statement import Authorization, fund_status
from obcms.ppas.rules.choices import AppropriationClass
from tests.ledger.plain_rows import plain_rows
from tests.ledger.recomputed import ZERO, Ledger, Row
from tests.support.ledger import MFBM, entry, make_act, make_line, obligate

NOW = datetime(2016, 11, 15, 4, tzinfo=UTC)
TODAY, FIRST, PS_LAPSES = date(2016, 11, 15), date(2015, 1, 1), date(2015, 12, 31)
OWN_YEAR = 2015
NEW = 10**9  # the number of a row that is not posted yet
Told = tuple[str, str, str]  # a code, what is free, and the day that breaks; empty where accepted
ACCEPTED: Told = ("", "", "")
_BOUND = ("obligation", "allotment", "transfer_to", "transfer_from")
_BOUND_UPWARD = ("obligation_adjustment", "allotment_adjustment")


class ComparedLedger(RuleBasedStateMachine):
    """Two lines of an act of 2015, with PS and MOOE each, as they stand in November 2016."""

    reach: Counter

    @initialize()
    def begin(self) -> None:
        self.clock = time_machine.travel(NOW, tick=False)
        self.clock.start()
        self.numbers = 0
        act = make_act(fiscal_year=OWN_YEAR, effectivity=FIRST)
        amounts = {"ps": "1000.00", "mooe": "1000.00"}
        lines = [make_line(act, moa, amounts=amounts) for moa in ("MOH", "MAFAR")]
        self.lines = [one.id for one in lines]
        number = obligate(lines[0], "300.00", entry_date=date(2015, 2, 2)).obligation_id
        paid = {"obligation_id": number, "mode": "check", "with_payable": True}
        paid |= {"entry_date": date(2015, 3, 3), "to_be_liquidated": True}
        entry(lines[0], "disbursement", "90.00", **paid)

    def teardown(self) -> None:
        try:
            if hasattr(self, "lines"):
                self.compare(TODAY)
        finally:
            db.session.rollback()
            if hasattr(self, "clock"):
                self.clock.stop()

    def ledger(self) -> Ledger:
        return plain_rows(FundBalance.__table__.c.line_id.in_(self.lines))

    def balance(self, place: int, of_class: str) -> int:
        query = select(FundBalance.id).where(
            FundBalance.line_id == self.lines[place],
            FundBalance.appropriation_class == AppropriationClass(of_class),
        )
        return db.session.scalars(query).one()

    def place_of(self, balance: int) -> tuple[BudgetLine, str]:
        row = db.session.get_one(FundBalance, balance)
        return find_line(MFBM, row.line_id), row.appropriation_class.value

    def entry(self, number: int) -> FundEntry:
        return find_fund_entry(MFBM, number)

    def closed_through(self) -> date | None:
        return db.session.scalar(select(LedgerPeriod.closed_through))

    def next_number(self) -> str:
        self.numbers += 1
        return f"R-{self.numbers}"

    def expected(self, rows: Sequence[Row], moved: bool = False, overridden: bool = False) -> Told:
        """What the recomputation says of rows that are posted together."""
        ledger, until = self.ledger(), self.closed_through()
        if until is not None and any(row.day <= until for row in rows):
            return "closed_quarter", "", ""
        lapsed = self.is_lapsed(rows, moved)
        beyond = overridden and (lapsed or ledger.breach(rows) is not None)
        if lapsed and not beyond:
            return "validity", "", ""
        return self.told(ledger, rows, beyond)

    def told(self, ledger: Ledger, rows: Sequence[Row], beyond: bool = False) -> Told:
        found = ledger.breach(rows, beyond)
        if found is None:
            return ACCEPTED
        code, free, day = found
        return code, f"{free:.2f}", day.isoformat()

    def is_lapsed(self, rows: Sequence[Row], moved: bool) -> bool:
        of_ps = [row for row in rows if self.place_of(row.balance)[1] == "ps"]
        late = [row for row in of_ps if row.day > PS_LAPSES]
        upward = (row.kind in _BOUND_UPWARD and row.amount > 0 for row in late)
        return any(moved or row.kind in _BOUND for row in late) or any(upward)

    def do(self, name: str, expected: Told, act: Callable[[], Any]) -> None:
        """Does it, all or nothing, and compares what came of it."""
        came = ACCEPTED
        db.session.flush()
        with suppress(ObcmsError), db.session.begin_nested():
            try:
                act()
            except ObcmsError as error:
                told = error.details
                names = ("code", "available", "breaks_on")
                came = tuple(told.get(one, "") for one in names)
                raise
        assert came == expected, name
        self.reach[name, came[0]] += 1

    def compare(self, as_of: date) -> None:
        """Balances, obligations, documents, and the statement as of a day."""
        ledger = self.ledger()
        db.session.expire_all()
        query = select(FundBalance).where(FundBalance.line_id.in_(self.lines))
        balances = {one.id: one for one in db.session.scalars(query)}
        for number, one in balances.items():
            for name in ("appropriated", "allotted", "obligated", "payable", "disbursed"):
                assert getattr(one, name) == ledger.sum(name, TODAY, balance=number), name
            assert one.excess == max(one.obligated - one.allotted, ZERO)
        query = select(Obligation).where(Obligation.balance_id.in_(balances))
        for one in db.session.scalars(query):
            for name in ("obligated", "payable", "disbursed"):
                assert getattr(one, name) == ledger.sum(name, TODAY, obligation=one.id), name
            voided = [r for r in ledger.rows if r.obligation == one.id and r.kind == "obligation"]
            assert one.is_void is (len(voided) == 2 and one.obligated == 0)
        for number in db.session.scalars(select(FundMovement.id)):
            parts = [row for row in ledger.rows if row.movement == number]
            for what in ("appropriated", "allotted"):
                assert Ledger(parts).sum(what, TODAY) == 0
        self.compare_statement(ledger, balances, as_of)

    def compare_statement(
        self, ledger: Ledger, balances: dict[int, FundBalance], as_of: date
    ) -> None:
        of_own_year = as_of.year == OWN_YEAR
        kind = Authorization.CURRENT if of_own_year else Authorization.CONTINUING
        rows = fund_status(as_of.year, as_of, kind, FundBalance.id.in_(balances))
        lasting = {n for n, one in balances.items() if one.appropriation_class.value != "ps"}
        assert {row.balance_id for row in rows} == (set(balances) if of_own_year else lasting)
        for row in rows:
            told = row.columns.by_number()
            again = ledger.statement(row.balance_id, OWN_YEAR, as_of.year, as_of)
            assert list(told.values()) == again
            assert_identities(told)
            overridden = any(r.overridden and r.balance == row.balance_id for r in ledger.rows)
            assert told[22] >= 0 or overridden
            assert min(told[21], told[23], told[24]) >= 0


def assert_identities(row: dict[int, Decimal]) -> None:
    """Those that the form prints over its columns."""
    assert row[5] == row[3] + row[4]
    assert row[10] == row[6] + row[7] - row[8] + row[9]
    assert row[15] == sum(row[n] for n in (11, 12, 13, 14))
    assert row[20] == sum(row[n] for n in (16, 17, 18, 19))
    assert (row[21], row[22]) == (row[5] - row[10], row[10] - row[15])
    assert row[15] - row[20] == row[23] + row[24]
