"""What the headings of a list mean."""

import pytest

from obcms.imports.reading.doubts import NOTHING_ANSWERED
from obcms.imports.reading.finding import find_lists
from obcms.imports.reading.headings import field_of
from obcms.kernel.intake.table import Row, Sheet


def header_of(*rows: list[str]) -> tuple[int, dict[str, int], int]:
    sheet = Sheet("", tuple(Row(number, tuple(row)) for number, row in enumerate(rows, 1)))
    header = find_lists([sheet], NOTHING_ANSWERED)[0].header
    return header.row, dict(header.columns), header.unit


HEADINGS = {
    "number": ["No.", "Item No.", "#", "Seq. No."],
    "code": ["PPA Code", "Code", "Ref. Code", "Reference No.", "Project ID", "P/P/A Code"],
    "title": [
        "Program / Project / Activity",
        "PPA",
        "Title",
        "Project Title",
        "Activity",
        "PROGRAM/PROJECT/ACTIVITY (PPA)",
        "Particulars",
        "Name of Project",
        "P/A/P",
        "PPAs",
    ],
    "appropriation_class": [
        "Class",
        "Allotment Class",
        "Expense Class",
        "Appropriation Class",
        "Object of Expenditure",
    ],
    "amount": [
        "Approved Budget",
        "Appropriation",
        "Amount",
        "Budget Allocation",
        "Total",
        "Approved Budget PhP",
        "approved_budget_php",
        "FY 2025 Budget",
        "FY2025 Appropriations",
        "Approved\nBudget (in pesos)",
        "Budget (₱)",
        "Amount in PhP",
        "Budget (P'000)",
    ],
    "start": ["Start", "Start Date", "Date Started", "Target Start", "From"],
    "end": ["Target End", "End Date", "Target Date of Completion", "Completion Date", "To"],
    "remarks": ["Remarks", "Remarks/Comments", "Notes"],
    "fiscal_year": ["Fiscal Year", "FY", "fiscal_year", "Year"],
    "moa": ["MOA", "moa_acronym", "Implementing Agency", "Ministry/Office/Agency"],
    "moa_name": ["moa_name", "Name of Ministry"],
}


@pytest.mark.parametrize(
    ("field", "heading"), [(field, said) for field, every in HEADINGS.items() for said in every]
)
def test_headings_in_every_spelling(field: str, heading: str) -> None:
    found = field_of(heading)
    assert found is not None
    assert found[0] == field


@pytest.mark.parametrize(
    "heading",
    [
        "",
        "Actual End Date",
        "Amount Disbursed",
        "Budget Balance",
        "Fund Source",
        "Project Leader",
        "UACS Code",
        "MINISTRY OF HEALTH",
        "Title of the list of the approved PPAs for 2025",
    ],
)
def test_other_headings_mean_nothing(heading: str) -> None:
    assert field_of(heading) is None


def test_of_two_columns_the_surer_one_is_taken() -> None:
    names = ["Program", "Project Title", "Proposed Budget", "FY 2024 Budget", "FY 2025 Budget"]
    assert header_of(names)[1] == {"title": 1, "amount": 4}
    assert header_of([*names, "Approved Budget"])[1] == {"title": 1, "amount": 5}


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (
            [["PPA", "", "Budget", "Schedule", ""], ["Code", "Title", "", "Start", "End"]],
            {"code": 0, "title": 1, "amount": 2, "start": 3, "end": 4},
        ),
        (
            [["Title", "Approved", "Target"], ["", "Budget", "End"]],
            {"title": 0, "amount": 1, "end": 2},
        ),
    ],
)
def test_two_rows_may_make_one_header(rows: list[list[str]], columns: dict[str, int]) -> None:
    assert header_of(["List of Programs"], *rows, ["X-1", "Water", "5"])[:2] == (3, columns)


def test_the_first_row_of_data_is_no_second_row_of_the_header() -> None:
    rows = [["Title", "Budget", ""], ["Water", "5", "Year"], ["Remarks", "6", "Start"]]
    assert header_of(*rows)[:2] == (1, {"title": 0, "amount": 1})


@pytest.mark.parametrize(
    ("above", "heading", "unit"),
    [
        ("List of PPAs", "Budget", 1),
        ("(in thousand pesos)", "Budget", 1000),
        ("Amounts in thousands", "Budget (PhP)", 1000),
        ("Amounts in thousands", "Budget (in pesos)", 1),
        ("", "Budget (P'000)", 1000),
        ("", "Amount in Thousand Pesos", 1000),
        ("", "Budget (Php ’000)", 1000),
        ("(in million pesos)", "Budget", 1_000_000),
        ("Total of ₱1,000", "Budget", 1),
        ("Amounts in billion pesos", "Budget", 1_000_000_000),
        ("Grants of one million pesos each", "Budget", 1),
        ("Supported by 5 million pesos of the bank", "Budget", 1),
        ("Clinics of a million-peso program", "Budget", 1),
        ("Households covered (thousands): 48", "Budget", 1),
    ],
)
def test_the_unit_of_the_amounts(above: str, heading: str, unit: int) -> None:
    assert header_of([above], ["Title", heading])[2] == unit
