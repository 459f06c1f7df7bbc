"""What a ministry's file says, row by row: accepted, refused and why, and left unset."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from obcms.imports.reading.parsed import ParsedFile
from obcms.kernel.errors import Invalid
from obcms.ppas.rules.choices import AppropriationClass
from tests.imports.workbooks import HEADER, write
from tests.support.imports import parse_file

SHORT = ["Code", "Title", "Class", "Budget", "Start", "End"]


def parse(tmp_path: Path, rows: Sequence[Sequence[Any]]) -> ParsedFile:
    path = write(tmp_path / "file.xlsx", rows)
    with path.open("rb") as stream:
        return parse_file(stream, path.name)


def parse_text(text: str, encoding: str = "utf-8") -> ParsedFile:
    return parse_file(BytesIO(text.encode(encoding)), "file.csv")


def amounts(parsed: ParsedFile) -> dict[str, str]:
    return {row.title: str(row.amount) for row in parsed.rows}


def test_the_header_is_found_below_titles_and_away_from_the_first_column(tmp_path: Path) -> None:
    rows = [["MINISTRY OF HEALTH"], [], ["FY 2025"], *[[]] * 5]
    rows += [[None, None, *HEADER], [None, None, 1, "X-1", "Nutrition", "PS", 12.5, 45663]]
    [row] = parse(tmp_path, rows).rows
    assert (row.row, row.code, row.title, row.amount) == (10, "X-1", "Nutrition", Decimal("12.50"))
    assert (row.appropriation_class, row.start) == (AppropriationClass.PS, date(2025, 1, 6))


def test_columns_are_told_by_name_in_any_order_and_spelling() -> None:
    text = "Ministry;FY;Approved  Budget (PhP);PROJECT TITLE;Ref. Code;Target Date of Completion\n"
    text += 'MOH;2025;"1,000.25";Water;W-1;19-Dec-2025\r\n'
    [row] = parse_text(text).rows
    assert (row.moa, row.fiscal_year, row.code, row.title) == ("MOH", 2025, "W-1", "Water")
    assert (row.amount, row.end) == (Decimal("1000.25"), date(2025, 12, 19))


def test_a_header_over_two_rows_is_read_as_one(tmp_path: Path) -> None:
    rows = [["PPA", "Approved", "Target"], ["Title", "Budget", "End"], ["Water", 5, "2025-12-19"]]
    [row] = parse(tmp_path, rows).rows
    assert (row.title, row.amount, row.end) == ("Water", Decimal("5.00"), date(2025, 12, 19))


def test_amounts_in_thousands_are_taken_as_such(tmp_path: Path) -> None:
    rows = [["Amounts in thousand pesos"], ["Title", "Budget"], ["Water", "1,234.5678901"]]
    assert parse(tmp_path, rows).refused[0].reason.endswith("has more than two decimals.")
    rows[2] = ["Water", "1,234.567"]
    assert amounts(parse(tmp_path, rows)) == {"Water": "1234567.00"}
    rows[2] = ["Water", 1234.56]
    assert amounts(parse(tmp_path, rows)) == {"Water": "1234560.00"}


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("₱1,234.50", "1234.50"),
        (" PHP 459,870,758 ", "459870758.00"),
        ("P 1,000", "1000.00"),
        ("Php1000.00", "1000.00"),
        ("1 234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        (1234.5, "1234.50"),
        (0.1 + 0.2, "0.30"),
        (999999999999.99, "999999999999.99"),
    ],
)
def test_amounts_are_exact_in_every_spelling(tmp_path: Path, said: object, read: str) -> None:
    assert amounts(parse(tmp_path, [["Title", "Budget"], ["Water", said]])) == {"Water": read}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (-5000, "negative"),
        ("(5,000.00)", "negative"),
        ("about 5 million", "cannot be read"),
        ("12,34", "cannot be read"),
        ("1.005", "more than two decimals"),
        ("NaN", "cannot be read"),
        (True, "cannot be read"),
        ("1000000000000", "too large"),
        ("=SUM(A1:A3)", "formula without a stored result"),
        ("#REF!", "cannot be read"),
    ],
)
def test_amounts_that_are_none_are_refused_with_the_reason(
    tmp_path: Path, said: object, why: str
) -> None:
    parsed = parse(tmp_path, [["Title", "Budget"], ["Water", said]])
    assert parsed.rows == []
    assert [note.row for note in parsed.refused] == [2]
    assert why in parsed.refused[0].reason


@pytest.mark.parametrize(
    "said",
    [
        45663,
        45663.0,
        "45663",
        datetime(2025, 1, 6, 8, 30),
        "2025-01-06",
        "1/6/2025",
        "01/06/25",
        "January 6, 2025",
        "Jan. 6, 2025",
        "6 January 2025",
        "6-Jan-2025",
    ],
)
def test_dates_in_every_spelling(tmp_path: Path, said: object) -> None:
    rows = [SHORT, ["X-1", "Water", "CO", 5, said, "12/19/2025"]]
    parsed = parse(tmp_path, rows)
    assert (parsed.rows[0].start, parsed.rows[0].end) == (date(2025, 1, 6), date(2025, 12, 19))
    assert parsed.warnings == []


@pytest.mark.parametrize("said", ["TBD", "December", "n/a", "13/13/2025", "0", 5])
def test_an_unreadable_date_is_left_unset_with_a_warning(tmp_path: Path, said: object) -> None:
    parsed = parse(tmp_path, [SHORT, ["X-1", "Water", "CO", 5, "2025-01-06", said]])
    assert parsed.rows[0].end is None
    assert [(note.row, note.reason) for note in parsed.warnings] == [
        (2, f"The end date “{said}” cannot be read and is left unset.")
    ]


def test_a_month_without_its_day_is_the_whole_month_with_a_warning(tmp_path: Path) -> None:
    parsed = parse(tmp_path, [SHORT, ["X-1", "Water", "CO", 5, "Feb. 2025", "December 2025"]])
    assert (parsed.rows[0].start, parsed.rows[0].end) == (date(2025, 2, 1), date(2025, 12, 31))
    assert [note.reason for note in parsed.warnings] == [
        "The start date “Feb. 2025” names no day; the first is taken.",
        "The end date “December 2025” names no day; the last is taken.",
    ]


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("mooe", AppropriationClass.MOOE),
        ("Maintenance & Other Operating Expenses", AppropriationClass.MOOE),
        ("Capital Outlay", AppropriationClass.CO),
        ("FinEx", AppropriationClass.FINEX),
        ("Personnel Services", AppropriationClass.PS),
        ("", None),
        ("MOOE/CO", None),
    ],
)
def test_classes(tmp_path: Path, said: str, read: AppropriationClass | None) -> None:
    parsed = parse(tmp_path, [SHORT, ["X-1", "Water", said, 5]])
    assert parsed.rows[0].appropriation_class is read
    assert len(parsed.warnings) == (said == "MOOE/CO")


def test_totals_headings_and_notes_are_not_ppas(tmp_path: Path) -> None:
    parsed = parse(
        tmp_path,
        [
            HEADER,
            [None, None, "A. HEALTH PROGRAMS"],
            [1, "X-1", "Water", "PS", 10],
            [2, None, "Total sanitation program", "CO", 20],
            [],
            [None, None, "Sub-total", None, 30],
            HEADER,
            [3, "X-3", "Total Quality Management", "PS", 5],
            ["GRAND TOTAL", None, None, None, 36],
            [None, None, "Note: amounts are as approved."],
            [None, None, "Prepared by:"],
        ],
    )
    assert [row.title for row in parsed.rows] == [
        "Water",
        "Total sanitation program",
        "Total Quality Management",
    ]
    assert parsed.refused == []
    [warning] = parsed.warnings
    assert warning.row == 9
    assert "says ₱36.00, but the accepted rows sum to ₱35.00" in warning.reason


def test_duplicates_and_impossible_dates_are_refused(tmp_path: Path) -> None:
    parsed = parse(
        tmp_path,
        [
            SHORT,
            ["x-1", "Water", None, 5],
            ["X-1", "Water again", None, 6],
            [None, "Roads", None, 7],
            [None, "ROADS", None, 8],
            ["X-4", "Backwards", None, 9, "2025-06-01", "2025-01-01"],
            ["X-5", None, None, 9],
            ["X-6", "No amount", None, None],
        ],
    )
    assert [row.title for row in parsed.rows] == ["Water", "Roads"]
    assert [(note.row, note.reason) for note in parsed.refused] == [
        (3, "Duplicate of row 2 (X-1)."),
        (5, "Duplicate of row 4 (ROADS)."),
        (6, "The target end date is before the start date."),
        (7, "The title is missing."),
        (8, "The amount is missing."),
    ]


def test_text_is_cleaned_of_what_nobody_sees(tmp_path: Path) -> None:
    parsed = parse(tmp_path, [["Title", "Budget", "Remarks"], ["\xa0 Clean\nwater ", 5, "=1+1"]])
    assert parsed.rows[0].title == "Clean water"
    assert parsed.rows[0].remarks == "=1+1"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 not a workbook", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old .xls"),
        (b"Name,Colour\nWater,blue\n", "No header row"),
        (b"Title,Budget\n\0\0", "neither a workbook"),
    ],
)
def test_files_that_cannot_be_read_say_why(content: bytes, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        parse_file(BytesIO(content), "file.xlsx")


def test_old_encodings_are_read() -> None:
    assert parse_text("Title,Budget\nMontañer,5\n", "cp1252").rows[0].title == "Montañer"
    assert parse_text("\ufeffTitle\tBudget\nMontañer\t5\n").rows[0].title == "Montañer"
