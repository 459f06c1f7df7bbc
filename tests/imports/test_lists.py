"""Several lists in a file: each is read by its own headings, or asked about."""

import io
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from obcms.imports.reading.doubts import Doubt, GivenAnswers
from obcms.imports.reading.parsed import ParsedFile
from tests.support.imports import parse_file

Rows = list[list[object]]
HEADING: list[object] = ["Project Title", "Approved Budget"]


def parse(*sheets: Rows, year: int | None = None, **answers: str) -> ParsedFile:
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, 1):
        book.create_sheet(f"S{number}")
        for row in rows:
            book.worksheets[-1].append(row)
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    given = {key.replace("_of_", "@"): value for key, value in answers.items()}
    return parse_file(stream, "list.xlsx", asked=GivenAnswers(year, given))


def pesos(parsed: ParsedFile) -> dict[str, int]:
    return {row.title: int(row.amount) for row in parsed.rows}


def asks(parsed: ParsedFile) -> list[tuple[str, list[str]]]:
    return [(one.about, [value for value, _ in one.readings]) for one in parsed.doubts]


OTHER: Rows = [["No.", "Class", "Activity", "Amount (P'000)"], [1, "MOOE", "Training", 50]]


def test_a_list_below_another_is_read_by_its_own_columns() -> None:
    parsed = parse([["A. PROJECTS"], HEADING, ["Water", 5], [], ["B. OTHERS"], *OTHER])
    assert pesos(parsed) == {"Water": 5, "Training": 50_000}
    assert [one["heading_row"] for one in parsed.lists] == [2, 6]
    assert parsed.doubts == []


def test_a_short_list_above_a_longer_one_is_read_too() -> None:
    assert pesos(parse([HEADING, ["Water", 5], [], *OTHER])) == {"Water": 5, "Training": 50_000}


def test_the_unit_of_one_list_is_not_that_of_the_other() -> None:
    again = [["(in thousand pesos)"], HEADING, ["Boats", 7]]
    assert pesos(parse([HEADING, ["Water", 5], [], *again])) == {"Water": 5, "Boats": 7_000}
    below = [["(in thousand pesos)"], HEADING, ["Water", 5], [], HEADING, ["Boats", 7]]
    assert pesos(parse(below)) == {"Water": 5_000, "Boats": 7_000}


def test_the_same_headings_after_a_page_break_go_on() -> None:
    parsed = parse([HEADING, ["Water", 5], HEADING, ["Boats", 7], ["TOTAL", 12]])
    assert len(parsed.lists) == 1
    assert (pesos(parsed), parsed.warnings) == ({"Water": 5, "Boats": 7}, [])


def test_sheets_with_different_headings_are_read_each_by_its_own() -> None:
    assert pesos(parse([HEADING, ["Water", 5]], OTHER)) == {"Water": 5, "Training": 50_000}


def test_an_answer_holds_for_one_list_or_for_all() -> None:
    sheets = [HEADING, ["Water", 5]], [HEADING, ["Boats", 7]]
    assert pesos(parse(*sheets, unit_of_2="thousands")) == {"Water": 5, "Boats": 7_000}
    assert pesos(parse(*sheets, unit="thousands")) == {"Water": 5_000, "Boats": 7_000}
    both = parse(*sheets, unit="thousands", unit_of_1="pesos")
    assert pesos(both) == {"Water": 5, "Boats": 7_000}


def test_what_several_lists_ask_alike_is_asked_once() -> None:
    two = ["Project Title", "Original Appropriation", "Adjusted Appropriation"]
    sheets = [two, ["Water", 5, 6]], [two, ["Boats", 7, 8]]
    assert asks(parse(*sheets)) == [("amount", ["B", "C"])]
    assert pesos(parse(*sheets, amount="C", amount_of_1="B")) == {"Water": 5, "Boats": 8}
    other = [two[0], "x", *two[1:]], ["Boats", "", 7, 8]
    assert asks(parse(sheets[0], list(other))) == [
        ("amount@1", ["B", "C"]),
        ("amount@2", ["C", "D"]),
    ]
    assert asks(parse(sheets[0], [HEADING, ["Boats", 7]])) == [("amount@1", ["B", "C"])]


RECAP: Rows = [HEADING, ["Water", 5], ["Boats", 7], [], ["Program", "Amount"], ["Sea", 12]]


def test_a_list_with_the_sum_of_another_is_asked_about() -> None:
    assert asks(parse(RECAP)) == [("lists", ["1", "2", "all"])]
    chosen = parse(RECAP, lists="1")
    assert (pesos(chosen), chosen.doubts) == ({"Water": 5, "Boats": 7}, [])
    assert [(note.row, "₱12.00" in note.reason) for note in chosen.warnings] == [(6, True)]
    assert pesos(parse(RECAP, lists="all")) == {"Water": 5, "Boats": 7, "Sea": 12}
    assert asks(parse(RECAP, lists="9")) == [("lists", ["1", "2", "all"])]


def test_a_sheet_that_sums_up_all_others_is_asked_about() -> None:
    summary = [["Program", "Amount"], ["Health", 5], ["Sea", 7]]
    sheets = summary, [HEADING, ["Water", 5]], [HEADING, ["Boats", 7]]
    assert asks(parse(*sheets)) == [("lists", ["2+3", "1", "all"])]
    assert pesos(parse(*sheets, lists="2+3")) == {"Water": 5, "Boats": 7}


def test_a_list_of_anything_beside_one_of_ppas_is_asked_about() -> None:
    income = [["Particulars", "Amount"], ["Block grant", 90], []]
    parsed = parse([*income, HEADING, ["Water", 5]])
    assert asks(parsed) == [("lists", ["2", "1", "all"])]
    assert pesos(parse([*income, ["Particulars", "Class", "Budget"], ["Water", "CO", 5]])) == {
        "Block grant": 90,
        "Water": 5,
    }


def test_a_line_of_one_class_within_a_list_is_no_heading() -> None:
    heading = ["Project Title", "Class", "Budget"]
    parsed = parse([heading, ["Water", "CO", 5], ["Projects", "MOOE"], ["Boats", "MOOE", 7]])
    assert pesos(parsed) == {"Water": 5, "Boats": 7}
    assert len(parsed.lists) == 1


STAFF: Rows = [HEADING, ["Water", 5], [], ["Position", "Salary"], ["Nurse", 3], ["Doctor", 4]]


def test_a_table_of_other_things_below_is_asked_about() -> None:
    parsed = parse(STAFF)
    assert asks(parsed) == [("tables", ["leave", "read"])]
    left = parse(STAFF, tables="leave")
    assert (pesos(left), left.doubts) == ({"Water": 5}, [])
    assert [note.row for note in left.warnings] == [5, 6]
    assert pesos(parse(STAFF, tables="read")) == {"Water": 5, "Nurse": 3, "Doctor": 4}


def test_a_table_that_only_sums_up_the_list_is_left_out_with_a_word() -> None:
    recap = [["Fund", "Amount"], ["GAAB", 4], ["Other", 1]]
    parsed = parse([HEADING, ["Water", 5], [], *recap])
    assert (pesos(parsed), parsed.doubts) == ({"Water": 5}, [])
    assert [note.row for note in parsed.warnings] == [5, 6]


def test_an_amount_in_words_within_a_list_begins_no_other_table() -> None:
    parsed = parse(
        [HEADING, ["Water", 5], ["Boats", "for approval"], [], ["Nets", "tbd"], ["Wells", 7]]
    )
    assert pesos(parsed) == {"Water": 5, "Wells": 7}
    assert [note.row for note in parsed.refused] == [3, 5]


def test_a_column_taken_away_is_asked_for_and_the_list_still_shown() -> None:
    parsed = parse([HEADING, ["Water", 5]], amount="none")
    assert (parsed.rows, asks(parsed)) == ([], [("amount", ["B"])])
    assert [one["role"] for one in parsed.lists[0]["columns"]] == ["title", "ignored"]
    assert asks(parse([HEADING, ["Water", 5]], title="F")) == [("title", ["A"])]
    two = parse([HEADING, ["Water", 5], [], *OTHER], title_of_2="none")
    assert (pesos(two), asks(two)) == ({"Water": 5}, [("title@2", ["B", "C"])])


def test_columns_without_headings_are_listed_as_not_read() -> None:
    columns = parse([HEADING, ["Water", 5, None, 300]]).lists[0]["columns"]
    assert [(one["column"], one["role"]) for one in columns][2:] == [("D", "ignored")]
    assert columns[2]["samples"] == ["300"]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(1, 10**6).map(Decimal), min_size=1, max_size=5),
    st.lists(st.integers(1, 10**6).map(Decimal), min_size=1, max_size=5),
)
def test_two_lists_are_read_back_or_asked_about(
    first: list[Decimal], second: list[Decimal]
) -> None:
    rows: Rows = [HEADING, *([f"Clinic {n}", amount] for n, amount in enumerate(first)), []]
    rows += [["Amount", "Class", "Activity"]]
    rows += [[amount, "CO", f"Road {n}"] for n, amount in enumerate(second)]
    parsed = parse(rows)
    doubts: list[Doubt] = parsed.doubts
    if not doubts:
        assert sum(row.amount for row in parsed.rows) == sum(first) + sum(second)
    else:
        assert {one.about.partition("@")[0] for one in doubts} <= {"levels", "lists"}


def test_an_amount_that_looks_like_a_year_is_one_beside_a_title() -> None:
    assert pesos(parse([HEADING, ["Water", 1990], [], *OTHER])) == {
        "Water": 1990,
        "Training": 50_000,
    }


OF_2025: Rows = [["Project Title", "FY 2025 Budget"], ["Water", 2], ["Nets", 3]]
OF_2026: Rows = [["Project Title", "FY 2026 Budget"], ["Water", 1]]


@pytest.mark.parametrize(
    "sheets",
    [
        ([*OF_2026, [], *OF_2025],),
        (OF_2026, OF_2025),
        ([["FY 2026"], HEADING, ["Water", 1], [], ["FY 2025"], *OTHER[:1], [1, "CO", "Nets", 5]],),
        ([["List of PPAs 2026"], HEADING, ["Water", 1]], [["PPAs for 2025"], HEADING, ["Nets", 3]]),
    ],
)
def test_of_lists_of_different_years_the_wanted_one_is_asked_for(sheets: tuple[Rows, ...]) -> None:
    [doubt] = parse(*sheets, year=2026).doubts
    assert (doubt.about, [value for value, _ in doubt.readings]) == ("lists", ["1", "2", "all"])
    assert [means.partition(":")[0] for _, means in doubt.readings[:2]] == [
        "that of FY 2026",
        "that of FY 2025",
    ]
    chosen = parse(*sheets, year=2026, lists="1")
    assert (pesos(chosen), chosen.doubts) == ({"Water": 1}, [])
    assert chosen.warnings != []
    assert {row.fiscal_year for row in parse(*sheets, year=2026, lists="2").rows} == {2025}


def test_without_a_year_each_list_goes_to_its_own() -> None:
    parsed = parse(OF_2026, OF_2025)
    assert [(row.title, row.fiscal_year) for row in parsed.rows] == [
        ("Water", 2026),
        ("Water", 2025),
        ("Nets", 2025),
    ]
    assert (parsed.doubts, parsed.refused) == ([], [])


def test_a_line_that_is_a_year_is_that_of_the_rows_below() -> None:
    parsed = parse(
        [HEADING, ["FY 2025"], ["Water", 5], ["FY 2026 Projects"], ["Water", 6]], year=2026
    )
    assert [(row.title, row.fiscal_year) for row in parsed.rows] == [
        ("Water", 2025),
        ("Water", 2026),
    ]


@pytest.mark.parametrize(
    "titles", [["As of June 2025"], ["Approved under Act 65, 2024"], ["FY 2025-2027 Program"]]
)
def test_other_years_in_titles_make_no_lists_of_years(titles: list[object]) -> None:
    parsed = parse([titles, HEADING, ["Water", 5]], [["FY 2026"], HEADING, ["Nets", 6]], year=2026)
    assert (parsed.doubts, {row.fiscal_year for row in parsed.rows}) == ([], {None})
