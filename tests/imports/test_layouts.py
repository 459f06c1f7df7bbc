"""Lists as offices lay them out: what stands between, beside and below the PPAs."""

from collections.abc import Sequence
from csv import DictReader
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from obcms.demo.load import SOURCE
from obcms.imports.reading.parsed import ParsedFile
from obcms.kernel.errors import Invalid
from tests.imports.workbooks import HEADER, messy_workbook, write
from tests.support.imports import parse_file


def parse(tmp_path: Path, rows: Sequence[Sequence[Any]]) -> ParsedFile:
    return parse_file(write(tmp_path / "file.xlsx", rows), "file.xlsx")


def titles(parsed: ParsedFile) -> list[str]:
    return [row.title for row in parsed.rows]


def reasons(parsed: ParsedFile) -> list[tuple[int, str]]:
    return [(note.row, note.reason) for note in parsed.refused]


def test_a_messy_workbook_gives_the_acts_own_amounts(tmp_path: Path) -> None:
    ppas = [row for row in DictReader(SOURCE.read_text().splitlines()) if row["moa"] == "MOH"]
    parsed = parse_file(messy_workbook(tmp_path / "moh.xlsx", ppas), "moh.xlsx")
    read = [(row.code, row.title, row.amount) for row in parsed.rows]
    assert [(code, title, f"{amount:.2f}") for code, title, amount in read] == [
        (ppa["code"], ppa["title"], f"{float(ppa['amount']):.2f}") for ppa in ppas
    ]
    assert parsed.columns >= {"number", "code", "title", "amount", "start", "end", "remarks"}
    assert {note.row for note in parsed.warnings} == {6, 7}


def test_the_acts_list_names_its_ministries_and_year() -> None:
    parsed = parse_file(SOURCE, SOURCE.name)
    assert (len(parsed.rows), parsed.refused, parsed.warnings) == (211, [], [])
    assert parsed.columns >= {"code", "title", "amount", "moa", "fiscal_year"}
    assert {row.code.split("-")[0] for row in parsed.rows} == {row.moa for row in parsed.rows}
    assert {row.fiscal_year for row in parsed.rows} == {2025}


def test_numbering_rows_signatures_and_merged_headings_are_passed_over(tmp_path: Path) -> None:
    parsed = parse(
        tmp_path,
        [
            ["PPA Code", "Program / Project / Activity", "Class", "Appropriation", "Remarks"],
            ["(1)", "(2)", "(3)", "(4)", "(5)"],
            ["A. GENERAL ADMINISTRATION"],
            ["X-1", "Water", "PS", 10],
            [None, "Personnel Services", None, 10],
            ["TOTAL, GENERAL ADMINISTRATION", None, None, 10],
            ["* includes the deficiency of last year"],
            ["Prepared by:", "Noted by:", None, "Approved by:"],
            ["JUAN DELA CRUZ", "MARIA SANTOS", None, "AMINA ALI"],
            ["Planning Officer II", "Director", None, "Minister"],
        ],
    )
    assert (titles(parsed), parsed.refused, parsed.warnings) == (["Water"], [], [])


def test_a_merged_title_and_a_currency_sign_of_its_own_are_looked_past(tmp_path: Path) -> None:
    parsed = parse(
        tmp_path,
        [
            ["Code", "Title", None, "Budget", None, "Remarks"],
            ["X-1", "Water", None, "₱", "1,000.00", "ok"],
            ["X-2", None, "Wells", 5, None, None],
            ["X-3", "Roads", None, None, 7, None],
        ],
    )
    assert [(row.title, str(row.amount)) for row in parsed.rows] == [
        ("Water", "1000.00"),
        ("Wells", "5.00"),
    ]
    assert reasons(parsed) == [(4, "The amount is missing.")]


@pytest.mark.parametrize(
    ("label", "warned"),
    [("Total Quality", True), ("Total Sanitation of 2025", True), ("Total Programs", False)],
)
def test_what_may_be_a_total_is_never_passed_over_without_a_word(
    tmp_path: Path, label: str, warned: bool
) -> None:
    coded = parse(tmp_path, [HEADER, [1, "X-1", "Water", "PS", 10], [None, None, label, None, 10]])
    assert (titles(coded), coded.warnings) == (["Water"], [])
    rows = [HEADER, [1, "X-1", "Water", "PS", 10], [None, None, label, None, 99]]
    assert titles(parse(tmp_path, rows)) == ["Water"]
    assert len(parse(tmp_path, rows).warnings) == 1
    plain = parse(tmp_path, [["Title", "Budget"], ["Water", 10], [label, 99]])
    assert titles(plain) == (["Water", label] if warned else ["Water"])
    assert len(plain.warnings) == 1


def test_every_level_of_totals_is_checked(tmp_path: Path) -> None:
    rows = [
        ["Title", "Budget"],
        ["Water", 1],
        ["Roads", 2],
        ["Sub-total", 3],
        ["Health", 4],
        ["Subtotal", 4],
        ["TOTAL, Program A", 7],
        ["Schools", 5],
        ["Sub-Total", 5],
        ["Total for Program B", 5],
        ["Grand Total", 12],
        [None, 12],
    ]
    assert parse(tmp_path, rows).warnings == []
    rows[5], rows[11] = ["Subtotal", 4.5], [None, 13]
    assert [(note.row, note.reason) for note in parse(tmp_path, rows).warnings] == [
        (
            6,
            "“Subtotal” says ₱4.50, but the accepted rows sum to ₱4.00: a difference of ₱0.50.",
        ),
        (12, "The amount ₱13.00 has no title; it is left out."),
    ]


def test_a_total_may_hold_refused_rows_but_no_duplicates(tmp_path: Path) -> None:
    rows = [
        ["Code", "Title", "Budget", "Start", "End"],
        ["X-1", "Water", 10],
        ["X-2", "Backwards", 5, "2025-06-01", "2025-01-01"],
        ["X-1", "Water", 10],
        [None, "TOTAL", 15],
    ]
    assert parse(tmp_path, rows).warnings == []
    rows[-1] = [None, "TOTAL", 25]
    [warning] = parse(tmp_path, rows).warnings
    assert warning.reason.startswith("“TOTAL” says ₱25.00, but the accepted rows sum to ₱10.00")


def test_codes_are_tidied_and_placeholders_are_none(tmp_path: Path) -> None:
    rows = [["Code", "Title", "Budget"], ["moh-2025 – 001", "Water", 1], ["TBD", "Roads", 2]]
    rows += [["n/a", "Wells", 3], [7.0, "Schools", 4], ["X" * 41, "Long", 5], ["NUTRI", "Food", 6]]
    parsed = parse(tmp_path, rows)
    assert [row.code for row in parsed.rows] == ["MOH-2025-001", None, None, "7", "NUTRI"]
    assert reasons(parsed) == [(6, "The code has 41 characters; at most 40 fit.")]


def test_a_row_without_a_code_may_not_share_its_title(tmp_path: Path) -> None:
    rows = [["Code", "Title", "Budget", "MOA"], ["X-1", "Water", 1, "MOH"]]
    rows += [["X-2", "Water", 2, "MOH"], [None, "WATER ", 3, "MOH"], [None, "Water", 4, "MILG"]]
    parsed = parse(tmp_path, rows)
    assert [row.row for row in parsed.rows] == [2, 3, 5]
    assert reasons(parsed) == [(4, "Duplicate of row 2 (WATER).")]


def test_rows_that_lack_something_say_what(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["No.", "Code", "Title", "Class", "Budget"]]
    rows += [[1, None, "No money", "PS", None], [2, None, None, None, 5]]
    rows += [[3, "X-3", "T" * 256, "PS", 5], [4, "X-4", "=A1&A2", "PS", 5], [5, "X-5"]]
    assert reasons(parse(tmp_path, rows)) == [
        (2, "The amount is missing."),
        (3, "The title is missing."),
        (4, "The title has 256 characters; at most 255 fit."),
        (5, "The title cannot be read: it is a formula without a stored result."),
        (6, "The title is missing. The amount is missing."),
    ]


def test_all_sheets_with_a_header_are_read_as_one_list(tmp_path: Path) -> None:
    book = Workbook()
    for title, code in (("PS", "X-1"), ("MOOE", "X-2"), ("CO", "x-1")):
        sheet = book.create_sheet(title)
        for row in (["Code", "Title", "Budget", "End"], [code, f"Water {title}", 5, "TBD"]):
            sheet.append(row)
    book.create_sheet("Signatories").append(["Prepared by:"])
    book.save(tmp_path / "file.xlsx")
    parsed = parse_file(tmp_path / "file.xlsx", "file.xlsx")
    assert [(row.sheet, row.row, row.code) for row in parsed.rows] == [
        ("PS", 2, "X-1"),
        ("MOOE", 2, "X-2"),
    ]
    assert reasons(parsed) == [(2, "CO: Duplicate of row 2 of sheet PS (X-1).")]
    assert all(note.reason.startswith(("PS: ", "MOOE: ")) for note in parsed.warnings)


@pytest.mark.parametrize(
    ("said", "read", "warnings"),
    [("FY 2025", 2025, 0), (2025.0, 2025, 0), ("-", None, 0), ("next year", None, 1)],
)
def test_fiscal_years(tmp_path: Path, said: object, read: int | None, warnings: int) -> None:
    parsed = parse(tmp_path, [["Title", "Budget", "Fiscal Year"], ["Water", 5, said]])
    assert parsed.rows[0].fiscal_year == read
    assert len(parsed.warnings) == warnings


def test_a_ministry_may_be_named_with_its_acronym() -> None:
    text = b"Title,Budget,Ministry\nWater,5,Ministry of Health (MOH)\nRoads,6,MPW\n"
    assert [row.moa for row in parse_file(BytesIO(text), "f.csv").rows] == ["MOH", "MPW"]


def test_a_file_without_a_header_is_told_what_comes_nearest() -> None:
    with pytest.raises(Invalid) as refused:
        parse_file(BytesIO(b"List\nPPA Code,Project Title,Colour\nX-1,Water,5\n"), "f.csv")
    assert str(refused.value).endswith(
        "Row 2 names “PPA Code”, “Project Title”, but no column for its budget."
    )
