"""`flask ppa import`: the real workbook of a ministry, against the act's own figures."""

import json
from csv import DictReader
from decimal import Decimal
from pathlib import Path
from time import process_time

import pytest
from flask import Flask
from sqlalchemy import func, select

from obcms.demo.load import SOURCE
from obcms.imports import commands, opened
from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.config import PROJECT_ROOT
from obcms.kernel.extensions import db
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import AppropriationClass
from tests.imports import hostile
from tests.imports.workbooks import messy_workbook
from tests.support.factories import track


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "moh.xlsx"
    messy_workbook(
        path, [row for row in DictReader(SOURCE.read_text().splitlines()) if row["moa"] == "MOH"]
    )
    return path


def run(app: Flask, *arguments: object) -> tuple[int, str]:
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=["ppa", "import", *map(str, arguments)])
    db.session.rollback()
    db.session.expire_all()
    return result.exit_code, result.output


def moh_amounts() -> dict[str, Decimal]:
    query = select(PPA.code, PPA.budget_allocation).where(PPA.code.startswith("MOH-"))
    return dict(db.session.execute(query).tuples().all())


OPTIONS = ("--moa", "moh", "--fiscal-year", "2025", "--json")


def test_the_valid_rows_of_a_messy_workbook_are_imported_to_the_centavo(
    app: Flask, workbook: Path
) -> None:
    code, output = run(app, workbook, *OPTIONS, "--valid-rows-only")
    summary = json.loads(output)
    assert code == 0
    assert (summary["new"], summary["changed"], summary["unchanged"]) == (61, 0, 0)
    assert [(note["row"], note["reason"]) for note in summary["refused"]] == [
        (69, "Duplicate of row 5 (MOH-2025-001)."),
        (70, "The amount -5000 is negative."),
        (71, "The target end date is before the start date."),
        (72, "The amount “n/a” cannot be read."),
    ]
    assert {note["row"] for note in summary["warnings"]} == {6, 7}
    wanted = {r["code"]: Decimal(r["amount"]) for r in DictReader(SOURCE.read_text().splitlines())}
    amounts = moh_amounts()
    assert amounts == {code: wanted[code] for code in amounts}
    assert sum(amounts.values()) == Decimal("6772589230.00")


def test_importing_the_same_file_again_changes_nothing(app: Flask, workbook: Path) -> None:
    run(app, workbook, *OPTIONS, "--valid-rows-only")
    entries = db.session.scalar(select(func.count(AuditEntry.id)))
    code, output = run(app, workbook, *OPTIONS, "--valid-rows-only")
    assert code == 0
    assert json.loads(output)["unchanged"] == 61
    assert db.session.scalar(select(func.count(AuditEntry.id))) == entries


def test_a_refused_row_stops_an_import_of_all_rows(app: Flask, workbook: Path) -> None:
    code, output = run(app, workbook, *OPTIONS)
    assert (code, len(json.loads(output)["refused"])) == (1, 4)
    assert moh_amounts() == {}


def test_a_dry_run_says_what_would_happen_and_writes_nothing(app: Flask, workbook: Path) -> None:
    code, output = run(app, workbook, *OPTIONS, "--valid-rows-only", "--dry-run")
    assert (code, json.loads(output)["new"]) == (0, 61)
    assert moh_amounts() == {}


def test_known_ppas_are_matched_and_completed(demo: Flask, workbook: Path) -> None:
    before = moh_amounts()
    code, output = run(demo, workbook, *OPTIONS, "--valid-rows-only")
    summary = json.loads(output)
    assert (code, summary["new"], summary["changed"] + summary["unchanged"]) == (0, 0, 60)
    assert any("MOH-2025-001 is approved" in one["reason"] for one in summary["refused"])
    assert moh_amounts() == before
    ppa = db.session.scalars(select(PPA).where(PPA.code == "MOH-2025-005")).one()
    assert ppa.appropriation_class is AppropriationClass.MOOE
    assert ppa.remarks == '=HYPERLINK("http://example.invalid","see file")'
    assert db.session.scalar(select(func.count(PPA.id))) == 211


def test_the_acts_own_list_is_a_file_of_the_same_kind(app: Flask) -> None:
    code, output = run(app, SOURCE, "--json")
    assert (code, json.loads(output)["new"]) == (0, 211)
    total = db.session.scalar(select(func.sum(PPA.budget_allocation)))
    assert total == Decimal("60153195042.00")


def test_the_acts_own_list_changes_of_the_demonstration_only_what_it_says_in_part(
    demo: Flask,
) -> None:
    query = select(PPA.code, PPA.budget_allocation)
    before = dict(db.session.execute(query).tuples().all())
    code, output = run(demo, SOURCE, "--json")
    told = json.loads(output)
    assert (code, told["new"], told["refused"], told["doubts"]) == (0, 0, [], [])
    after = dict(db.session.execute(query).tuples().all())
    other = {code for code, amount in after.items() if amount != before[code]}
    # Of these the list has the MOOE column alone, as the README of the data says.
    assert {code.partition("-")[0] for code in other} == {"OCM"}
    assert told["changed"] == 11
    assert sum(before.values()) - sum(after.values()) == Decimal("207998184.00")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere.xlsx",), "cannot be opened"),
        ((PROJECT_ROOT / "wsgi.py",), "No header row was found"),
        ((SOURCE, "--moa", "NASA"), "no ministry with the acronym"),
    ],
)
def test_what_cannot_be_read_is_one_clear_line(app: Flask, arguments: tuple, said: str) -> None:
    code, output = run(app, *arguments)
    assert code == 1
    assert output.startswith("Error: ")
    assert said in output
    assert output.count("\n") == 1


def test_a_cut_below_what_is_distributed_is_refused_by_row(demo: Flask, tmp_path: Path) -> None:
    ppa = db.session.scalars(select(PPA).where(PPA.code == "MOH-2025-002")).one()
    track(ppa, "program")
    db.session.commit()
    path = tmp_path / "cut.csv"
    path.write_text("PPA Code,Title,Budget\nMOH-2025-002,Health Human Resources,5\n")
    code, output = run(demo, path, "--json")
    assert code == 1
    [refused] = json.loads(output)["refused"]
    assert refused["row"] == 2
    assert "₱459,870,753.00 more" in refused["reason"]
    assert moh_amounts()["MOH-2025-002"] == Decimal("459870758.00")


def test_a_longer_reading_says_how_far_it_is_beside_the_output(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "PATIENCE", 0)
    path = tmp_path / "long.csv"
    path.write_text("Code,Title,Budget\n" + "".join(f"X-{n},Title,a\n" for n in range(3000)))
    result = app.test_cli_runner().invoke(args=["ppa", "import", str(path), "--json"])
    assert "Reading 3,000 rows …\n" in result.stderr
    assert len(json.loads(result.stdout)["refused"]) == 3000


def test_the_command_reads_in_a_process_of_its_own(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "strings.xlsx"
    path.write_bytes(hostile.empty_strings())
    monkeypatch.setattr(opened, "read_table", None)  # of this process
    before = process_time()
    code, output = run(app, path)
    assert (code, output) == (1, "Error: The workbook has more than 250,000 texts.\n")
    assert process_time() - before < 0.5
