"""What a row of a register may say, and why one is refused (SPEC 6, "Import")."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from obcms.imports.compare import compare
from obcms.imports.declared import ImportDefaults
from obcms.kernel.extensions import db
from obcms.ledger.intake.register import REGISTER
from obcms.ledger.intake.register_file import from_json
from obcms.ledger.intake.register_table import read_register
from obcms.ledger.models import AppropriationsAct, FundEntry, Obligation
from obcms.ledger.quarters import close_quarter
from obcms.ledger.rules.quarters import Quarter
from obcms.ledger.void import void_entry
from obcms.organizations.reads import find_moa
from tests.ledger.act_files import write
from tests.ledger.lines import MFBM, make_act, make_line, staff
from tests.ledger.register_files import committed, post, row_of, sheets_of
from tests.support.factories import make_ppa


@pytest.fixture
def line(app: Flask) -> SimpleNamespace:
    """The act's number and the title of a line with ₱1,000.00 of MOOE."""
    return committed(make_line(make_act()))


def test_a_refused_row_is_told_with_code_and_what_is_free_and_stops_all(
    app: Flask, line: SimpleNamespace, tmp_path: Path
) -> None:
    rows = [
        row_of(line, "obligation", "900.00"),
        row_of(line, "obligation", "100.01", ors_number="2"),
        row_of(line, "payable", "5.00", ors_number="2"),
        row_of(line, "payable", "400.00"),
        row_of(line, "disbursement", "400.01", dv_number="DV 1"),
    ]
    path = write(tmp_path / "register.csv", rows)
    code, told = post(app, path, "--json")
    money = {"available": "100.00", "breaks_on": "2025-03-03"}
    assert (code, told["new"]) == (1, 2)
    assert [
        {name: value for name, value in one.items() if name != "reason"} for one in told["refused"]
    ] == [
        {"row": 3, "code": "obligations_over_allotments"} | money,
        {"row": 4, "code": "input"},
        {"row": 6, "code": "disbursements_over_payables"} | money | {"available": "400.00"},
    ]
    assert told["refused"][0]["reason"].startswith("Only ₱100.00 of the allotment is unobligated")
    assert db.session.scalars(select(Obligation.id)).all() == []
    code, told = post(app, path, "--json", "--valid-rows-only")
    assert (code, told["new"], len(told["refused"])) == (0, 2, 3)
    [stored] = db.session.scalars(select(Obligation))
    assert (stored.obligated, stored.payable, stored.disbursed) == (900, 400, 0)
    code, told = post(app, path, "--json", "--valid-rows-only")
    assert (code, told["new"], told["unchanged"], len(told["refused"])) == (0, 0, 2, 3)


@pytest.mark.parametrize(
    ("change", "code", "reason"),
    [
        ({"kind": "gift"}, "input", "gift"),
        ({"kind": "transfer to"}, "input", "A transfer is a document with both its sides"),
        ({"posting_date": ""}, "input", "The row has no posting date."),
        ({"posting_date": "2094-01-04"}, "date", "in the future"),
        ({"document_date": "2025-03-04"}, "date", "after the posting date"),
        ({"title": "Nothing"}, "no_such_line", "There is no such budget line."),
        ({"office": "MAFAR"}, "no_such_line", "There is no such budget line."),
        ({"office": "NASA"}, "no_such_line", "There is no such budget line."),
        ({"act": ""}, "input", "The row names no line"),
        ({"class": "CO"}, "obligations_over_allotments", "Only ₱0.00"),
        ({"posting_date": "2027-01-04"}, "validity", "the last day to obligate was 31 Dec 2026"),
        ({"amount": "(1.00)"}, "input", "must be above zero"),
        ({"ors_number": "", "reference": ""}, "input", "Give the document's number."),
        ({"payee": ""}, "input", "Say who is to be paid."),
        ({"kind": "refund"}, "input", "Give the DV number of the disbursement"),
        ({"kind": "norsa", "ors_number": ""}, "input", "Give the ORS number"),
    ],
)
def test_each_fault_of_a_row_has_its_reason(
    app: Flask,
    line: SimpleNamespace,
    tmp_path: Path,
    change: dict[str, str],
    code: str,
    reason: str,
) -> None:
    rows = [row_of(line, "obligation", "1.00") | change]
    with time_machine.travel(datetime(2027, 2, 1, tzinfo=UTC), tick=False):
        found, told = post(app, write(tmp_path / "register.csv", rows), "--json")
    [refused] = told["refused"]
    assert (found, refused["row"], refused["code"]) == (1, 2, code)
    assert reason in refused["reason"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"amount": "about 5"}, "The amount “about 5” cannot be read."),
        ({"posting_date": "TBD"}, "“TBD” is not a date."),
        ({"with_payable": "perhaps"}, "“perhaps” says neither yes nor no to “with payable”."),
    ],
)
def test_what_cannot_be_read_is_refused(
    app: Flask, line: SimpleNamespace, tmp_path: Path, change: dict[str, str], reason: str
) -> None:
    rows = [row_of(line, "obligation", "1.00") | change]
    code, told = post(app, write(tmp_path / "register.csv", rows), "--json")
    assert (code, told["refused"]) == (1, [{"row": 2, "reason": reason}])


def test_the_second_like_row_is_a_second_entry_and_a_voided_one_still_counts(
    app: Flask, line: SimpleNamespace, tmp_path: Path
) -> None:
    due = row_of(line, "payable", "100.00")
    rows = [row_of(line, "obligation", "900.00"), due, due]
    path = write(tmp_path / "register.csv", rows[:2])
    assert post(app, path, "--json")[1]["new"] == 2
    code, told = post(app, write(path, rows), "--json")
    assert (code, told["new"], told["unchanged"]) == (0, 1, 2)
    entry = db.session.scalars(select(FundEntry).where(FundEntry.amount == 100)).first()
    void_entry(MFBM, entry, "Entered twice")
    db.session.commit()
    code, told = post(app, path, "--json")
    assert (code, told["new"], told["unchanged"]) == (0, 0, 3)


def test_what_frees_money_may_stand_beside_what_takes_it_on_a_day(
    app: Flask, line: SimpleNamespace, tmp_path: Path
) -> None:
    rows = [
        row_of(line, "obligation", "1000.00"),
        row_of(line, "obligation", "300.00", ors_number="2", posting_date="2025-03-04"),
        row_of(line, "obligation adjustment", "(300.00)", posting_date="2025-03-04"),
    ]
    code, told = post(app, write(tmp_path / "register.csv", rows), "--json")
    assert (code, told["new"], told["refused"]) == (0, 3, [])


def test_a_second_advance_waits_for_the_liquidation_that_the_file_brings(
    app: Flask, line: SimpleNamespace, tmp_path: Path
) -> None:
    usual = {"mode": "cash advance", "with_payable": "yes"}
    rows = [
        row_of(line, "obligation", "900.00"),
        row_of(line, "disbursement", "100.00", dv_number="DV 1", **usual),
        row_of(line, "liquidation", "100.00", dv_number="DV 1", posting_date="2025-03-05"),
        row_of(line, "disbursement", "50.00", dv_number="2", posting_date="2025-03-05", **usual),
        row_of(line, "disbursement", "60.00", dv_number="3", posting_date="2025-03-06", **usual),
    ]
    code, told = post(app, write(tmp_path / "register.csv", rows), "--json", "--valid-rows-only")
    [refused] = told["refused"]
    assert (code, told["new"]) == (0, 4)
    assert (refused["row"], refused["code"]) == (6, "unliquidated")
    assert "cash advance 2 of 5 Mar 2025" in refused["reason"]


def test_a_closed_quarter_refuses_what_is_not_posted_yet(
    app: Flask, line: SimpleNamespace, tmp_path: Path
) -> None:
    rows = [row_of(line, "obligation", "900.00"), row_of(line, "payable", "100.00")]
    path = write(tmp_path / "register.csv", rows[:1])
    post(app, path, "--json")
    close_quarter(MFBM, Quarter(2025, 1))
    db.session.commit()
    code, told = post(app, write(path, rows), "--json")
    assert (code, told["unchanged"]) == (1, 1)
    assert [(one["row"], one["code"]) for one in told["refused"]] == [(3, "closed_quarter")]


def test_dates_that_can_be_read_either_way_are_asked(
    app: Flask, line: SimpleNamespace, tmp_path: Path
) -> None:
    rows = [row_of(line, "obligation", "1.00", posting_date="2/3/2025")]
    path = write(tmp_path / "register.csv", rows)
    code, told = post(app, path, "--json")
    assert (code, [one["about"] for one in told["doubts"]]) == (1, ["dates"])
    assert "--read dates=day-first" in post(app, path)[1]
    assert db.session.scalars(select(Obligation.id)).all() == []
    code, told = post(app, path, "--json", "--read", "dates=day-first")
    assert (code, told["new"]) == (0, 1)
    assert db.session.scalars(select(Obligation.first_posted_on)).all() == [date(2025, 3, 2)]


def test_a_row_of_another_year_than_the_one_given_is_refused(
    app: Flask, line: SimpleNamespace, tmp_path: Path
) -> None:
    path = write(tmp_path / "register.csv", [row_of(line, "obligation", "1.00")])
    code, told = post(app, path, "--json", "--fiscal-year", "2026")
    reason = "The line is of FY 2025, but the import is for FY 2026."
    assert (code, [one["reason"] for one in told["refused"]]) == (1, [reason])
    assert post(app, path, "--json", "--fiscal-year", "2025")[1]["new"] == 1


def test_a_file_is_read_for_the_office_that_was_given(
    app: Flask, line: SimpleNamespace, people
) -> None:
    rows = [
        row_of(line, "obligation", "1.00", office=name, ors_number=f"ORS {name}")
        for name in ("", "MOH", "MAFAR")
    ]
    parsed = from_json(read_register(sheets_of(rows), {"answers": {}}))
    outcome = compare(REGISTER, staff(people), parsed, ImportDefaults(find_moa("MOH").id))
    assert [row.row for row in outcome.rows] == [2, 3]
    reason = "The row says MAFAR, but the import is for MOH."
    assert [note.reason for note in outcome.refused] == [reason]


def test_a_line_can_be_named_by_its_ppa(app: Flask, tmp_path: Path) -> None:
    ppa, act = make_ppa(), make_act()
    code = ppa.code.lower()
    line = committed(make_line(act, ppa=ppa))
    named = {"ppa_code": code, "act": "", "title": "", "office": "", "cost_structure": ""}
    path = write(tmp_path / "register.csv", [row_of(line, "obligation", "1.00", **named)])
    found, told = post(app, path, "--json")
    assert (found, told["new"]) == (0, 1), told
    committed(make_line(db.session.get_one(AppropriationsAct, act.id), ppa=ppa))
    found, told = post(app, path, "--json")
    assert (found, "may mean several lines" in told["refused"][0]["reason"]) == (1, True)


def test_total_rows_are_no_entries_and_queries_do_not_grow_with_rows(
    app: Flask, line: SimpleNamespace, tmp_path: Path, count_queries: Callable[..., Any]
) -> None:
    counts = []
    for size in (3, 40):
        rows = [
            row_of(line, "obligation", "2.00", ors_number=f"{size}-{n}", posting_date="2025-03-04")
            for n in range(size)
        ]
        total = dict.fromkeys(rows[0], "") | {"posting_date": "Total", "amount": f"{2 * size}.00"}
        path = write(tmp_path / "register.csv", [*rows, total])
        with count_queries() as sent:
            code, told = post(app, path, "--json")
        assert (code, told["new"], told["read"]["rows_left_out"]) == (0, size, [size + 2])
        counts.append(len(sent))
    assert counts[1] <= counts[0]
