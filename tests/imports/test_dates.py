"""Dates of a column that are not all written one way."""

from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from obcms.imports.reading.doubts import GivenAnswers
from obcms.imports.reading.parsed import ParsedFile
from tests.imports.test_rows import parse_text
from tests.imports.workbooks import write
from tests.support.imports import parse_file

DATED = ["Title", "Budget", "Start", "End"]


def days(parsed: ParsedFile) -> list[tuple[date | None, date | None]]:
    return [(row.start, row.end) for row in parsed.rows]


def test_a_date_that_fits_one_order_alone_is_never_another_day() -> None:
    rows = "Title,Budget,Start\nA,1,01/15/2026\nB,1,16/02/2026\nC,1,03/04/2026\n"
    open_question = parse_text(rows)
    assert [doubt.about for doubt in open_question.doubts] == ["dates"]
    for order, third in (("month-first", date(2026, 3, 4)), ("day-first", date(2026, 4, 3))):
        asked = GivenAnswers(2026, {"dates": order})
        parsed = parse_file(BytesIO(rows.encode()), "file.csv", asked=asked)
        assert [row.start for row in parsed.rows] == [date(2026, 1, 15), date(2026, 2, 16), third]
        odd = {"month-first": 3, "day-first": 2}[order]
        assert [(note.row, "another way round" in note.reason) for note in parsed.warnings] == [
            (odd, True)
        ]


def test_a_column_of_both_orders_where_each_is_clear_names_the_rarer_one() -> None:
    rows = "Title,Budget,End\nA,1,12/31/2026\nB,1,31/12/2026\nC,1,12/30/2026\n"
    parsed = parse_text(rows)
    assert [row.end for row in parsed.rows] == [
        date(2026, 12, 31),
        date(2026, 12, 31),
        date(2026, 12, 30),
    ]
    [warning] = parsed.warnings
    assert (warning.row, parsed.doubts) == (3, [])
    assert warning.reason == (
        "The end date “31/12/2026” is written another way round: December 31."
    )


def test_dates_that_excel_made_of_some_days_alone_are_asked_about(tmp_path: Path) -> None:
    rows: list[list[Any]] = [DATED, ["A", 1, datetime(2026, 4, 3), datetime(2026, 12, 5)]]
    rows += [["B", 1, "16/02/2026", "30/11/2026"], ["C", 1, datetime(2026, 1, 2), "25/12/2026"]]
    path = write(tmp_path / "file.xlsx", rows)
    [doubt] = parse_file(path, path.name).doubts
    assert (doubt.about, [value for value, _ in doubt.readings]) == ("turned", ["yes", "no"])
    turned = parse_file(path, path.name, asked=GivenAnswers(2026, {"turned": "yes"}))
    assert days(turned)[0::2] == [
        (date(2026, 3, 4), date(2026, 12, 5)),  # of a single date nothing can be told
        (date(2026, 2, 1), date(2026, 12, 25)),
    ]
    left = parse_file(path, path.name, asked=GivenAnswers(2026, {"turned": "no"}))
    assert days(left)[2][0] == date(2026, 1, 2)
    rows[1][2] = datetime(2026, 4, 13)  # Excel knows days after the 12th there
    assert parse_file(write(path, rows), path.name).doubts == []


def test_dates_written_as_one_number_are_read(tmp_path: Path) -> None:
    rows: list[list[Any]] = [DATED, ["A", 1, 20260115, "20261231"], ["B", 1, 20261350, "20260230"]]
    path = write(tmp_path / "file.xlsx", rows)
    parsed = parse_file(path, path.name)
    assert days(parsed) == [(date(2026, 1, 15), date(2026, 12, 31)), (None, None)]
    assert [note.row for note in parsed.warnings] == [3, 3]


def test_years_of_two_digits_that_stand_first_are_read_as_such() -> None:
    first = parse_text("Title,Budget,Start\nA,1,26-01-15\nB,1,26-01-30\nC,1,26-02-03\n")
    assert [row.start for row in first.rows] == [
        date(2026, 1, 15),
        date(2026, 1, 30),
        date(2026, 2, 3),
    ]
    assert (first.doubts, first.warnings) == ([], [])
    last = parse_text("Title,Budget,Start\nA,1,25/01/26\nB,1,03/02/26\n")
    assert [row.start for row in last.rows] == [date(2026, 1, 25), date(2026, 2, 3)]
    assert (last.doubts, last.warnings) == ([], [])
