"""MFBM records by a register too what was obligated beyond a limit (SPEC 6, "Limits")."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select

from obcms.imports.compare import compare
from obcms.imports.declared import ImportDefaults
from obcms.kernel.extensions import db
from obcms.ledger.intake.register import REGISTER
from obcms.ledger.intake.register_file import from_json
from obcms.ledger.intake.register_table import read_register
from obcms.ledger.models import FundBalance, FundEntry
from tests.ledger.act_files import write
from tests.ledger.lines import make_act, make_line, staff
from tests.ledger.register_files import committed, post, row_of, sheets_of

WHY = "Court order"


@pytest.fixture
def line(app: Flask) -> SimpleNamespace:
    """With ₱1,000.00 of MOOE."""
    return committed(make_line(make_act()))


def kept() -> list[tuple]:
    query = select(FundEntry).where(FundEntry.obligation_id.is_not(None)).order_by(FundEntry.id)
    return [(one.reference, one.amount, one.override_reason) for one in db.session.scalars(query)]


def test_a_reason_records_it_beyond_the_limit_and_is_kept_where_it_was_needed(
    app: Flask, line: SimpleNamespace, tmp_path: Path
) -> None:
    rows = [
        row_of(line, "obligation", "900.00", override_reason=WHY),
        row_of(line, "obligation", "150.00", ors_number="2", override_reason=WHY),
        row_of(line, "obligation", "1.00", ors_number="3", override_reason=""),
    ]
    path = write(tmp_path / "register.csv", rows)
    code, told = post(app, path, "--json", "--valid-rows-only")
    assert (code, told["new"], [one["row"] for one in told["refused"]]) == (0, 2, [4])
    assert told["refused"][0]["code"] == "obligations_over_allotments"
    assert kept() == [("1", 900, ""), ("2", 150, WHY)]
    balance = db.session.scalars(select(FundBalance)).one()
    assert (balance.obligated, balance.excess) == (1050, 50)
    assert post(app, path, "--json", "--valid-rows-only")[1]["unchanged"] == 2


def test_what_is_past_its_last_day_can_be_overridden(app: Flask, tmp_path: Path) -> None:
    line = committed(make_line(make_act(), cost_structure="gas"))
    of_gas = {"cost_structure": "GAS", "posting_date": "2026-01-05"}
    late = row_of(line, "obligation", "5.00", **of_gas)
    path = write(tmp_path / "register.csv", [late | {"override_reason": ""}])
    assert post(app, path, "--json")[1]["refused"][0]["code"] == "validity"
    code, told = post(app, write(path, [late | {"override_reason": WHY}]), "--json")
    assert (code, told["new"], kept()) == (0, 1, [("1", 5, WHY)])


def test_a_class_that_has_nothing_can_be_overridden(
    app: Flask, line: SimpleNamespace, tmp_path: Path
) -> None:
    rows = [row_of(line, "obligation", "5.00", override_reason=WHY, **{"class": "CO"})]
    path = write(tmp_path / "register.csv", rows)
    assert post(app, path, "--json")[1]["new"] == 1
    assert kept() == [("1", 5, WHY)]


@pytest.mark.parametrize("kind", ["payable", "disbursement"])
def test_only_obligations_are_recorded_beyond_a_limit(
    app: Flask, line: SimpleNamespace, tmp_path: Path, kind: str
) -> None:
    rows = [row_of(line, kind, "5.00", dv_number="DV 1", override_reason=WHY)]
    code, told = post(app, write(tmp_path / "register.csv", rows), "--json")
    assert (code, told["refused"][0]["code"]) == (1, "input")
    assert "Only obligations" in told["refused"][0]["reason"]


def test_a_ministrys_register_overrides_nothing(app: Flask, line: SimpleNamespace, people) -> None:
    row = row_of(line, "obligation", "1500.00", override_reason=WHY)
    sheets = sheets_of([row])
    parsed = from_json(read_register(sheets, {"answers": {}}))
    outcome = compare(REGISTER, staff(people), parsed, ImportDefaults())
    [note] = outcome.refused
    assert (note.details["code"], outcome.rows) == ("role", [])
    assert "Only MFBM records an obligation beyond a limit" in note.reason
