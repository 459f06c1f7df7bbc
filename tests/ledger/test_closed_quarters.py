"""The figures of a closed quarter stay as they were at closing (SPEC 6, "Periods")."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from obcms.kernel.errors import Invalid, ObcmsError
from obcms.kernel.extensions import db
from obcms.ledger.access import find_fund_entry, find_line
from obcms.ledger.models import BudgetLine, FundEntry, Obligation
from obcms.ledger.quarters import close_quarter
from obcms.ledger.reads.statement import Authorization, StatusRow, fund_status
from obcms.ledger.rules.quarters import Quarter
from obcms.ledger.void import void_entry
from tests.support.ledger import MFBM, entry, make_act, make_line, modify, obligate

QUARTER, APRIL = Quarter(2025, 1), datetime(2025, 4, 20, 4, tzinfo=UTC)
Do = Callable[[random.Random, BudgetLine, date], object]


@pytest.fixture
def line(app: Flask) -> BudgetLine:
    act = make_act(fiscal_year=2025, effectivity=date(2025, 1, 1))
    return make_line(act, amounts={"mooe": "1000000.00", "co": "5000.00"})


def figures(quarter: Quarter) -> list[StatusRow]:
    rows = fund_status(quarter.year, quarter.last_day, Authorization.CURRENT)
    return sorted(rows, key=lambda row: row.appropriation_class, reverse=True)  # MOOE, CO


def pesos(dice: random.Random) -> str:
    return f"{dice.randrange(1, 90_000) / 100:.2f}"


def _obligate(dice: random.Random, line: BudgetLine, day: date) -> object:
    return obligate(line, pesos(dice), entry_date=day)


def _adjust(dice: random.Random, line: BudgetLine, day: date) -> object:
    number = dice.choice(db.session.scalars(select(Obligation.id)).all())
    amount = dice.choice(("", "-")) + pesos(dice)
    return entry(line, "obligation_adjustment", amount, obligation_id=number, entry_date=day)


def _pay(dice: random.Random, line: BudgetLine, day: date) -> object:
    number = dice.choice(db.session.scalars(select(Obligation.id)).all())
    more = {"obligation_id": number, "mode": "check", "with_payable": True, "entry_date": day}
    return entry(line, "disbursement", pesos(dice), **more)


def _modify(dice: random.Random, line: BudgetLine, day: date) -> object:
    return modify(line, pesos(dice), entry_date=day)


def _void(dice: random.Random, _line: BudgetLine, _day: date) -> object:
    number = dice.choice(db.session.scalars(select(FundEntry.id)).all())
    return void_entry(MFBM, find_fund_entry(MFBM, number), "Entered twice")


def test_five_hundred_operations_leave_a_closed_quarter_as_it_was(line: BudgetLine) -> None:
    dice, done, number_of_line = random.Random(17), 0, line.id
    operations: list[Do] = [_obligate, _adjust, _pay, _modify, _void]
    with time_machine.travel(APRIL, tick=False):
        for number in range(20):
            obligate(line, pesos(dice), entry_date=date(2025, 1, 10) + timedelta(days=number))
        close_quarter(MFBM, QUARTER)
        before = figures(QUARTER)
    for number in range(500):
        now = APRIL + timedelta(hours=4 * number)
        with time_machine.travel(now, tick=False), suppress(ObcmsError):
            day = now.date() - timedelta(days=dice.randrange(0, 60))
            with db.session.begin_nested():
                dice.choice(operations)(dice, find_line(MFBM, number_of_line), day)
            done += 1
    assert done > 200
    assert figures(QUARTER) == before
    assert figures(QUARTER.next) != before


def test_a_closed_quarter_takes_nothing_and_its_voids_post_in_an_open_one(line: BudgetLine) -> None:
    march = date(2025, 3, 31)  # the quarter's last day belongs to it
    with time_machine.travel(APRIL, tick=False):
        posted = obligate(line, "100.00", entry_date=march)
        close_quarter(MFBM, QUARTER)
        with pytest.raises(Invalid, match="The first quarter of 2025 is closed"):
            obligate(line, "100.00", entry_date=march)
        [void] = void_entry(MFBM, posted, "Entered twice")
    assert void.posting_date == date(2025, 4, 20)
    assert [row.columns.obligations_q1 for row in figures(QUARTER)] == [100, 0]
    later = figures(QUARTER.next)
    assert [(row.columns.obligations_q1, row.columns.obligations_q2) for row in later] == [
        (100, -100),
        (0, 0),
    ]


def test_a_document_of_march_that_is_posted_in_april_stands_in_april(line: BudgetLine) -> None:
    march, april = date(2025, 3, 28), date(2025, 4, 3)
    with time_machine.travel(APRIL, tick=False):
        posted = obligate(line, "100.00", entry_date=april, document_date=march)
    assert (posted.posting_date, posted.document_date) == (april, march)
    columns = figures(QUARTER.next)[0].columns
    assert (columns.obligations_q1, columns.obligations_q2) == (0, 100)
