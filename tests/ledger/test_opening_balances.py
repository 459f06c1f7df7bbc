"""An office that starts in mid-year brings one row for each open ORS (SPEC 6, "Import")."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import func, select

from obcms.kernel.extensions import db
from obcms.ledger.models import FundEntry, Obligation
from tests.ledger.act_files import write
from tests.ledger.lines import make_act, make_line
from tests.ledger.register_files import committed, post


@pytest.fixture
def line(app: Flask) -> SimpleNamespace:
    return committed(make_line(make_act()))


def opening(
    line: SimpleNamespace, number: str, amounts: tuple[str, str, str], **more: str
) -> dict[str, str]:
    usual = {
        "date": "2025-06-30",
        "act": line.act,
        "office": "MOH",
        "cost_structure": "OPS",
        "title": line.title,
        "class": "MOOE",
        "ors_number": number,
        "payee": "Sarimanok Trading",
        "mode": "",
    }
    return usual | dict(zip(("obligated", "payable", "paid"), amounts, strict=True)) | more


def balances() -> list[tuple]:
    query = select(Obligation).order_by(Obligation.ors_number)
    return [
        (one.ors_number, one.obligated, one.payable, one.disbursed)
        for one in db.session.scalars(query)
    ]


def test_each_row_is_an_obligation_with_what_is_due_and_paid_and_is_posted_once(
    app: Flask, line: SimpleNamespace, tmp_path: Path
) -> None:
    rows = [
        opening(line, "1", ("600.00", "500.00", "450.50")),
        opening(line, "2", ("100.00", "100.00", "")),
        opening(line, "3", ("300.00", "-", "0.00")),
    ]
    path = write(tmp_path / "opening.csv", rows)
    code, told = post(app, path, "--json", "--dry-run")
    assert (code, told["new"], balances()) == (0, 3, [])
    code, told = post(app, path, "--json")
    assert (code, told["new"], told["refused"]) == (0, 3, [])
    assert told["totals"]["mooe"] == "1000.00"
    assert balances() == [("1", 600, 500, 450.5), ("2", 100, 100, 0), ("3", 300, 0, 0)]
    entries = db.session.scalar(select(func.count(FundEntry.id)))
    code, told = post(app, path, "--json")
    assert (code, told["new"], told["unchanged"]) == (0, 0, 3)
    assert db.session.scalar(select(func.count(FundEntry.id))) == entries


def test_a_row_is_posted_whole_or_refused_once(
    app: Flask, line: SimpleNamespace, tmp_path: Path
) -> None:
    advance = {"mode": "cash advance", "payee": "R. Ali"}
    rows = [
        opening(line, "1", ("600.00", "500.00", "500.01")),
        opening(line, "2", ("1000.01", "500.00", "100.00")),
        opening(line, "3", ("100.00", "50.00", "50.00"), mode="barter"),
        opening(line, "4", ("100.00", "50.00", "50.00"), **advance),
        opening(line, "5", ("900.00", "50.00", "50.00"), **advance),
        opening(line, "6", ("900.00", "50.00", "50.00")),
        opening(line, "7", ("1.00", "", ""), payee=""),
    ]
    path = write(tmp_path / "opening.csv", rows)
    code, told = post(app, path, "--json", "--valid-rows-only")
    assert (code, told["new"]) == (0, 2)
    assert [one["row"] for one in told["refused"]] == [2, 3, 4, 6, 8]
    assert [one.get("code", "") for one in told["refused"]] == [
        "",
        "obligations_over_allotments",
        "input",
        "obligations_over_allotments",  # what the next row took, once this one gave it back
        "input",
    ]
    assert balances() == [("4", 100, 50, 50), ("6", 900, 50, 50)]


def test_other_amounts_of_an_ors_that_is_there_are_refused(
    app: Flask, line: SimpleNamespace, tmp_path: Path
) -> None:
    path = write(tmp_path / "opening.csv", [opening(line, "1", ("600.00", "500.00", "400.00"))])
    post(app, path, "--json")
    for amounts in (("600.00", "500.00", "450.00"), ("700.00", "500.00", "400.00")):
        code, told = post(app, write(path, [opening(line, "1", amounts)]), "--json")
        assert (code, [one["code"] for one in told["refused"]]) == (1, ["double"])
    assert balances() == [("1", 600, 500, 400)]


def test_they_are_voided_as_one_and_can_be_brought_again(
    app: Flask, line: SimpleNamespace, tmp_path: Path
) -> None:
    rows = [
        opening(line, "1", ("600.00", "500.00", "450.50")),
        opening(line, "2", ("1.00", "", "")),
    ]
    path = write(tmp_path / "opening.csv", rows)
    number = str(post(app, path, "--json")[1]["import"])
    void = ["ledger", "void-import", number, "--reason", "Of another office"]
    assert app.test_cli_runner().invoke(args=void).exit_code == 0
    db.session.expire_all()
    assert balances() == [("1", 0, 0, 0), ("2", 0, 0, 0)]
    reasons = select(FundEntry.void_reason).where(FundEntry.voids_id.is_not(None))
    assert db.session.scalars(reasons).all() == ["Of another office"] * 4
    db.session.rollback()
    assert post(app, path, "--json")[1]["new"] == 2
    assert balances()[-1:] == [("2", 1, 0, 0)]
