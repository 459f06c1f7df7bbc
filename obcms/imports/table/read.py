"""Reading a declared table in the limited process: rows, refusals, questions, and how (SPEC 13)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from obcms.imports.reading.doubts import PESOS, UNITS, Doubt, GivenAnswers
from obcms.imports.reading.style import marks_of_cells, orders_of
from obcms.imports.table.columns import AMOUNTS, ColumnKind, Said, Table
from obcms.imports.table.described import describe, left_sheets
from obcms.imports.table.heading import Heading, find_heading, letter
from obcms.imports.table.parsed import COMES_TO
from obcms.imports.table.questions import about_columns, about_hidden, about_sheets, about_unit
from obcms.imports.table.rows import (
    SortedRows,
    TakenFor,
    amount_of,
    readable_amounts,
    rows_below,
    sort_rows,
    spilled,
)
from obcms.imports.table.values import TableStyle, read_cell
from obcms.kernel.errors import Invalid
from obcms.kernel.intake.cells import clean_text
from obcms.kernel.intake.table import Row, Sheet

Json = dict[str, Any]


@dataclass(frozen=True)
class _Found:
    """The table as it is read by the answers so far, and what is open besides."""

    heading: Heading
    style: TableStyle
    rows: SortedRows
    doubts: tuple[Doubt, ...]


def read_declared(table: Table, sheets: Sequence[Sheet], known: Json) -> Json:
    """The rows as JSON, those refused with their reasons, doubts, and how all of it was read.

    `known` has the `answers` to what was open. Raises Invalid where no heading is found.
    """
    asked = GivenAnswers(known.get("fiscal_year"), known["answers"])
    found = _find(table, sheets, asked)
    rows: list[Json] = []
    refused: list[list[Any]] = []
    for row in found.rows.own:
        said = amount_of(table, readable_amounts(table, found.heading, row, found.style))
        amount = None if said is None else str(said)
        try:
            said_of_row = _said(table, found.heading, row, found.style)
            made = table.rows(said_of_row, found.heading.columns)
            rows += [{"row": row.number, COMES_TO: amount, **_plain(one)} for one in made]
        except ValueError as error:
            refused.append([row.number, str(error), amount])
    sums = _sums(table, found)
    return {
        "rows": rows,
        "refused": refused,
        "warnings": [[one.row, one.reason, str(one.amount)] for one in found.rows.warnings],
        "doubts": [_doubt(table, sheets, asked, doubt) for doubt in found.doubts],
        "lists": [
            describe(table, found.heading, found.style, found.rows, sums)
            | {"left_sheets": left_sheets(sheets, found.heading.sheet)}
        ],
        "read": _short(found),
    }


def _find(table: Table, sheets: Sequence[Sheet], asked: GivenAnswers) -> _Found:
    headings = [one for sheet in sheets if (one := find_heading(table, sheet, asked)) is not None]
    if not headings:
        raise Invalid(table.lacking, "file")
    which = asked.answer("sheet")
    if which is not None and not (which.isdecimal() and 1 <= int(which) <= len(headings)):
        raise Invalid(f"“sheet={which}”: choose one from 1 to {len(headings)}.", "read")
    heading = headings[int(which) - 1 if which else 0]
    style, unclear = _style(table, heading, asked)
    doubts = (
        *about_sheets(headings, asked),
        *about_columns(table, heading),
        *about_unit(heading, asked),
        *about_hidden(table, heading, style, asked),
        *unclear,
    )
    return _Found(heading, style, sort_rows(table, heading, style, asked), doubts)


def _style(table: Table, heading: Heading, asked: GivenAnswers) -> tuple[TableStyle, list[Doubt]]:
    unit = UNITS[asked.answer("unit") or PESOS]
    rows = list(rows_below(heading))
    marks, doubts = {}, []
    for column in table.of_kind(*AMOUNTS):
        cells = [heading.cell(row, column.name) for row in rows]
        marks[column.name], unclear = marks_of_cells(cells, unit, asked)
        doubts += unclear if not doubts else ()  # one answer is for all columns
    dates = {
        column.name: [clean_text(heading.cell(row, column.name)) for row in rows]
        for column in table.of_kind(ColumnKind.DATE)
        if column.name in heading.columns
    }
    orders, either = orders_of(dates, asked)
    return TableStyle(unit, marks, orders, heading.sheet.dates_from_1904), [*doubts, *either]


def _said(table: Table, heading: Heading, row: Row, style: TableStyle) -> Said:
    """What the row says, by column. Raises ValueError for what cannot be read."""
    if spilled(heading, row):
        raise ValueError(
            "The row has more cells than the headings; an amount with commas needs quotation "
            "marks around it."
        )
    amounts = [one.name for one in table.of_kind(*AMOUNTS) if one.name in heading.columns]
    said: Said = {}
    for column in table.columns:
        try:
            said[column.name] = read_cell(column, heading.cell(row, column.name), style)
        except ValueError as error:
            named = f"{column.label}: " if column.name in amounts and len(amounts) > 1 else ""
            raise ValueError(f"{named}{error}") from None
    return said


def _sums(table: Table, found: _Found) -> dict[str, Decimal]:
    """What the own rows' columns come to, in pesos, without what cannot be read."""
    sums: dict[str, Decimal] = {}
    for row in found.rows.own:
        for name, amount in readable_amounts(table, found.heading, row, found.style).items():
            sums[name] = sums.get(name, Decimal(0)) + amount
    return sums


def _doubt(table: Table, sheets: Sequence[Sheet], asked: GivenAnswers, doubt: Doubt) -> Json:
    """The question, and what the whole table would come to by each of its readings."""
    return {
        "about": doubt.about,
        "question": doubt.question,
        "readings": [
            {
                "read": f"{doubt.about}={value}",
                "means": means,
                "total": _total(
                    table, sheets, replace(asked, answers={**asked.answers, doubt.about: value})
                ),
            }
            for value, means in doubt.readings
        ],
    }


def _total(table: Table, sheets: Sequence[Sheet], asked: GivenAnswers) -> str:
    sums = _sums(table, _find(table, sheets, asked))
    return f"{amount_of(table, sums) or Decimal(0):.2f}"


def _plain(said: Said) -> Json:
    """Amounts and days as text, pesos with two decimals."""
    return {
        name: f"{value:.2f}"
        if isinstance(value, Decimal)
        else value.isoformat()
        if isinstance(value, date)
        else value
        for name, value in said.items()
    }


def _short(found: _Found) -> Json:
    """How it was read, for programs."""
    passed = found.rows.passed_over
    return {
        "sheet": found.heading.sheet.name,
        "heading_row": found.heading.row,
        "columns": {name: letter(place) for name, place in found.heading.columns.items()},
        "total_rows": [one.row for one in passed if one.taken_for is TakenFor.TOTAL],
        "rows_left_out": [one.row for one in passed],
    }
