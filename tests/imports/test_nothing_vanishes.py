"""A row that carries money becomes a PPA or is named; the sums of both are that of the list."""

import re
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from obcms.imports.reading.doubts import GivenAnswers
from obcms.imports.reading.parsed import ParsedFile
from obcms.imports.reading.rows import read_sheets
from obcms.kernel.intake.table import Row, Sheet

ANSWERS = {"levels": "lowest", "hidden": "leave", "tables": "leave", "lists": "1"}
JOINED = re.compile(r"is the sum of rows ([0-9, ]+)\.")
TITLES = (
    *("Clinic", "Road", "Water system", "Total Sanitation", "TOTAL", "Sub-total", "Grand Total"),
    *("Health Program Total", "Sum", "Personnel Services", "MOOE", "a. CO", "Prepared by:"),
    *("* note", "Project Title", "Carried forward", "   Boats", "W", None),
)
money = st.integers(1, 10**7).map(Decimal) | st.sampled_from([None, "-", "nil", "abc 5", 100, 200])
lines = st.tuples(
    st.sampled_from([None, None, "1", "2.1", "x"]),
    st.sampled_from(TITLES),
    st.sampled_from([None, None, "MOOE", "CO"]),
    money,
    st.sampled_from([None, "as planned", 7]),
)


def sheet_of(rows: list[tuple[Any, ...]], hidden: set[int]) -> Sheet:
    heading = ("No.", "Project Title", "Class", "Approved Budget", "Output")
    numbered = [(n, row) for n, row in enumerate([heading, *rows], 1) if any(row)]
    return Sheet("S", tuple(Row(n, row) for n, row in numbered), hidden_rows=frozenset(hidden))


def amounts_of(sheet: Sheet) -> dict[int, Decimal]:
    cells = {row.number: row.cells[3] for row in sheet.rows}
    return {n: Decimal(cell) for n, cell in cells.items() if isinstance(cell, int | Decimal)}


def named_in(parsed: ParsedFile) -> set[int]:
    """The rows that are refused, warned of, asked about or listed as passed over with amount."""
    passed_over = {
        one["row"] for each in parsed.lists for one in each["passed_over"] if "amount" in one
    }
    notes = {note.row for note in (*parsed.refused, *parsed.warnings)}
    return passed_over | notes | {row for doubt in parsed.doubts for row in doubt.rows}


@settings(max_examples=300, deadline=None)
@given(st.lists(lines, min_size=1, max_size=12), st.sets(st.integers(2, 12), max_size=2))
def test_what_is_read_and_what_is_named_sum_to_the_list(
    rows: list[tuple[Any, ...]], hidden: set[int]
) -> None:
    sheet = sheet_of(rows, hidden)
    cells = amounts_of(sheet)
    parsed = read_sheets([sheet], GivenAnswers(2026, ANSWERS))
    joined: dict[int, list[int]] = {}
    for note in parsed.warnings:
        if found := JOINED.search(note.reason):
            joined[note.row] = [int(number) for number in found[1].split(",")]
    read = {row.row: row.amount for row in parsed.rows}
    together = {number: joined.get(number, [number]) for number in read}
    for number, amount in read.items():
        assert amount == sum(cells.get(one, Decimal(0)) for one in together[number])
    taken = {one for numbers in together.values() for one in numbers}
    # Rows joined with a row that is refused are named with it.
    named = named_in(parsed) | {one for numbers in joined.values() for one in numbers}
    left = {number: amount for number, amount in cells.items() if number not in taken}
    assert left.keys() <= named
    assert sum(read.values()) + sum(left.values()) == sum(cells.values())
