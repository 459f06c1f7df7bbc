"""Another year's act in the same columns comes out to the centavo (SPEC 6)."""

import csv
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select

from obcms.demo.ledger import LINES
from obcms.imports.apply import Source, apply_import
from obcms.imports.declared import ImportDefaults
from obcms.imports.table.parsed import table_from_json
from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from obcms.ledger.intake.act_import import ACT_TABLE
from obcms.ledger.intake.act_table import read_act_table
from obcms.ledger.models import AppropriationsAct, BudgetLine, FundEntry
from obcms.ledger.rules.choices import ActKind, LineValidity
from tests.ledger.act_files import CLASSES, Rows, run, stored, sums, write
from tests.ledger.lines import MFBM, make_act
from tests.support.tables import KNOWN, sheet_of


@pytest.fixture
def rows() -> Rows:
    """The act's table of 2025 as one of 2026, each amount another."""
    with LINES.open() as file:
        found = list(csv.DictReader(file))
    for place, row in enumerate(found):
        row["fiscal_year"] = "2026"
        total = Decimal(0)
        for name in CLASSES:
            if row[name]:
                amount = (Decimal(row[name]) * 97 / 100).quantize(Decimal("0.01")) + place
                row[name] = f"{amount:.2f}"
                total += amount
        row["total"] = f"{total:.2f}"
    return found


@pytest.fixture
def few(rows: Rows) -> Rows:
    """Thirty lines of it, for what is judged row by row."""
    return rows[:30]


def test_it_sums_by_office_and_class_and_again_changes_nothing(
    app: Flask, rows: Rows, tmp_path: Path
) -> None:
    path = write(tmp_path / "act.csv", rows)
    code, told = run(app, path, "--fiscal-year", "2026", "--json")
    assert (code, told["new"], told["unchanged"], told["refused"]) == (0, 298, 0, [])
    assert told["doubts"] == []
    by_class = {name: f"{sum(Decimal(r[name] or 0) for r in rows):.2f}" for name in CLASSES}
    total = f"{sum(Decimal(r['total']) for r in rows):.2f}"
    assert told["totals"] == by_class | {"total": total}
    assert stored() == sums(rows)
    act = db.session.scalars(select(AppropriationsAct)).one()
    assert (act.effectivity, act.kind) == (date(2026, 1, 1), ActKind.REGULAR)
    assert "to be filled in" in act.number
    unlimited = select(BudgetLine.title).where(BudgetLine.validity == LineValidity.UNLIMITED)
    assert db.session.scalars(unlimited).all() == ["Local Government Support Fund"]
    entries = db.session.scalar(select(func.count(AuditEntry.id)))
    code, told = run(app, path, "--fiscal-year", "2026", "--json")
    assert (code, told["new"], told["unchanged"]) == (0, 0, 298)
    assert told["totals"]["total"] == total
    assert db.session.scalar(select(func.count(AuditEntry.id))) == entries
    verified = app.test_cli_runner().invoke(args=["audit", "verify", "--rows"])
    assert verified.exit_code == 0, verified.output


def test_columns_are_found_by_name_and_totals_are_no_lines(
    app: Flask, rows: Rows, tmp_path: Path
) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["General Appropriations Act of the Bangsamoro"])
    sheet.append([])
    names = ["Title", "CO", "MOOE", "PS", "Total", "Cost Structure", "MOA", "Fiscal Year"]
    sheet.append(names)
    office = rows[0]["moa_acronym"]
    for row in rows:
        if row["moa_acronym"] != office:
            sheet.append([f"Sub-total, {office}", "", "", "", "1.00"])
            office = row["moa_acronym"]
        keys = [name.casefold().replace(" ", "_").replace("moa", "moa_acronym") for name in names]
        keys = ["moa_acronym" if key == "moa" else key for key in keys]
        sheet.append([said(key, row) for key in keys])
    sheet.append(["GRAND TOTAL", "", "", "", sum(float(row["total"]) for row in rows)])
    path = tmp_path / "act.xlsx"
    book.save(path)
    code, told = run(app, path, "--json", "--act", "BAA 84")
    assert (code, told["new"], told["refused"]) == (0, 298, []), told
    assert stored() == sums(rows)
    assert db.session.scalars(select(AppropriationsAct.number)).all() == ["BAA 84"]


def said(key: str, row: dict[str, str]) -> object:
    """Amounts with thousand marks and the currency, as people write them."""
    value = row.get(key, "")
    return f"₱{Decimal(value):,.2f}" if value and key in (*CLASSES, "total") else value


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"moa_acronym": "NASA"}, "There is no office with the acronym “NASA”."),
        ({"mooe": "-5.00"}, "MOOE: The amount -5.00 is negative."),
        ({"mooe": "(5.00)"}, "MOOE: The amount (5.00) is negative."),
        ({"mooe": "n/a"}, "MOOE: The amount “n/a” cannot be read."),
        ({"total": "100.00"}, "which is"),
        ({"fiscal_year": "2025"}, "The row is of 2025, not of 2026."),
        ({"cost_structure": "XYZ"}, "“xyz” is no cost structure"),
        ({"title": ""}, "A line needs a title."),
        ({"moa_acronym": ""}, "The line names no office"),
    ],
)
def test_a_wrong_row_is_refused_by_number_and_stops_all(
    app: Flask, few: Rows, tmp_path: Path, change: dict[str, str], reason: str
) -> None:
    few[20] |= change
    path = write(tmp_path / "act.csv", few)
    code, told = run(app, path, "--fiscal-year", "2026", "--json")
    assert code == 1
    [refused] = told["refused"]
    assert refused["row"] == 22
    assert reason in refused["reason"]
    assert db.session.scalars(select(AppropriationsAct.id)).all() == []
    code, told = run(app, path, "--fiscal-year", "2026", "--json", "--valid-rows-only")
    assert (code, told["new"]) == (0, 29)
    assert stored() == sums(row for row in few if row is not few[20])


def test_the_difference_of_a_row_is_named(app: Flask, few: Rows, tmp_path: Path) -> None:
    few[3] |= {"ps": "10.00", "mooe": "5.25", "finex": "", "co": "", "total": "16.00"}
    code, told = run(app, write(tmp_path / "act.csv", few), "--json")
    assert (code, told["refused"]) == (
        1,
        [
            {
                "row": 5,
                "reason": "The classes sum to ₱15.25, which is ₱0.75 less than the row's total of "
                "₱16.00.",
            }
        ],
    )


def test_a_line_that_is_there_with_another_amount_is_refused(
    app: Flask, few: Rows, tmp_path: Path
) -> None:
    run(app, write(tmp_path / "act.csv", few), "--json")
    few[1] |= {"ps": "1.00", "mooe": "", "finex": "", "co": "", "total": "1.00"}
    code, told = run(app, write(tmp_path / "act.csv", few), "--json")
    assert (code, told["unchanged"]) == (1, 29)
    [refused] = told["refused"]
    assert (refused["row"], "A document adjusts it" in refused["reason"]) == (3, True)


def test_the_same_line_twice_is_refused(app: Flask, few: Rows, tmp_path: Path) -> None:
    _, told = run(app, write(tmp_path / "act.csv", [*few, few[4]]), "--json")
    assert told["refused"] == [{"row": 32, "reason": "Row 6 is the same line."}]


def test_a_line_can_be_marked_for_later_release(app: Flask, rows: Rows, tmp_path: Path) -> None:
    for row in rows:
        row["For later release"] = "yes" if row is rows[9] else ""
    code, _ = run(app, write(tmp_path / "act.csv", rows), "--json")
    assert code == 0
    later = select(func.count(BudgetLine.id)).where(BudgetLine.for_later_release)
    assert db.session.scalar(later) == 7 + 1
    assert stored() == sums(rows)


def test_a_unit_and_two_columns_of_one_heading_are_asked(
    app: Flask, rows: Rows, tmp_path: Path
) -> None:
    columns = list(rows[0])
    path = tmp_path / "act.csv"
    write(path, rows[9:12], columns)
    text = path.read_text()
    path.write_text("Amounts in thousand pesos,,,,,,,,,\n" + text)
    code, told = run(app, path, "--json")
    assert (code, [one["about"] for one in told["doubts"]]) == (1, ["unit"])
    assert [one["read"] for one in told["doubts"][0]["readings"]][1] == "unit=thousands"
    assert db.session.scalars(select(BudgetLine.id)).all() == []
    code, told = run(app, path, "--json", "--read", "unit=thousands")
    wanted = 1000 * sum(Decimal(row["total"]) for row in rows[9:12])
    assert (code, told["totals"]["total"]) == (0, f"{wanted:.2f}")
    path.write_text(text.replace("finex", "mooe"))
    code, told = run(app, path, "--json")
    assert (code, [one["about"] for one in told["doubts"]]) == (1, ["mooe"])


def test_several_regular_acts_are_named(app: Flask, few: Rows, tmp_path: Path) -> None:
    acts = [make_act(2026), make_act(2026)]
    db.session.commit()
    code, output = run(app, write(tmp_path / "act.csv", few), "--json")
    assert code == 1
    assert all(act.number in output for act in acts)
    code, told = run(app, write(tmp_path / "act.csv", few), "--json", "--act", acts[1].number)
    assert (code, told["new"]) == (0, 30)
    lines = select(func.count(BudgetLine.id)).where(BudgetLine.act_id == acts[1].id)
    assert db.session.scalar(lines) == 30


def test_a_preview_writes_nothing(app: Flask, few: Rows, tmp_path: Path) -> None:
    path = write(tmp_path / "act.csv", few)
    code, told = run(app, path, "--dry-run", "--json")
    assert (code, told["new"]) == (0, 30)
    assert db.session.scalar(select(func.count(FundEntry.id))) == 0
    in_all = f"₱{Decimal(told['totals']['total']):,.2f} in all."
    assert f"30 new, 0 unchanged, 0 refused; {in_all}" in run(app, path, "--dry-run")[1]


def test_queries_do_not_grow_with_rows(app: Flask, count_queries: Callable[..., Any]) -> None:
    counts = []
    for year, size in ((2031, 5), (2032, 60)):
        rows = [
            {
                "MOA": "MOH",
                "Cost structure": "OPS",
                "Title": f"Line {number}",
                "PS": "10.00",
                "MOOE": "5.00",
            }
            for number in range(size)
        ]
        given = ImportDefaults(fiscal_year=year, options={"act": f"BAA {year}"})
        parsed = table_from_json(read_act_table([sheet_of(rows)], KNOWN))
        with count_queries() as sent:
            apply_import(ACT_TABLE, MFBM, parsed, given, Source("act.csv", "0" * 64))
        counts.append(len(sent))
    assert counts[1] <= counts[0] <= 40
