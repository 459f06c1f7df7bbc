"""How a table was read, in plain data: for the preview, and for programs (SPEC 13)."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from obcms.imports.answers import IGNORED
from obcms.imports.reading.doubts import UNITS
from obcms.imports.reading.header import texts_of
from obcms.imports.table.columns import AMOUNTS, Table
from obcms.imports.table.heading import Heading, letter
from obcms.imports.table.rows import PassedOver, SortedRows, TakenFor, amount_of
from obcms.imports.table.values import TableStyle
from obcms.kernel.intake.amounts import parse_amount
from obcms.kernel.intake.cells import quote
from obcms.kernel.intake.table import Row, Sheet

Json = dict[str, Any]
SAMPLES = 3
YEARS = range(1990, 2101)


def describe(
    table: Table, heading: Heading, style: TableStyle, rows: SortedRows, sums: Mapping[str, Decimal]
) -> Json:
    """Columns with heading, role and samples, the rows passed over, and the sums in pesos.

    A column with cells and without a heading is listed as well.
    """
    filled = {place for row in rows.own for place in texts_of(row)}
    places = sorted({*heading.texts, *heading.columns.values(), *filled})
    labels = {column.name: column.label for column in table.of_kind(*AMOUNTS)}
    totals = [one for one in rows.passed_over if one.taken_for is TakenFor.TOTAL and one.amounts]
    whole = amount_of(table, dict(sums)) or Decimal(0)
    return {
        "list": 1,
        "sheet": heading.sheet.name,
        "heading_row": heading.row,
        "unit": next(name for name, pesos in UNITS.items() if pesos == style.unit),
        "unit_from": heading.unit_from if style.unit != 1 else "",
        "columns": [_column(place, heading, style, rows.own) for place in places],
        "passed_over": [_passed_over(one) for one in (*_above(heading), *rows.passed_over)],
        "totals": [
            {"row": one.row, "says": one.says, "amount": _text(one.amount), "by": _by(one.amounts)}
            for one in totals
        ],
        "sum": _text(whole),
        "by": _by(sums),
        "labels": {name: labels[name] for name in labels if name in heading.columns},
    }


def left_sheets(sheets: Iterable[Sheet], read: Sheet) -> list[Json]:
    """The other sheets that hold something, with how many of their rows have an amount."""
    return [
        {"sheet": one.name, "rows": sum(1 for row in one.rows if _has_amount(row))}
        for one in sheets
        if one is not read and one.rows
    ]


def _column(place: int, heading: Heading, style: TableStyle, own: Sequence[Row]) -> Json:
    names = {at: name for name, at in heading.columns.items()}
    role = names.get(place, IGNORED)
    texts = (texts_of(row).get(place, "") for row in own)
    column: Json = {
        "column": letter(place),
        "heading": heading.texts.get(place, ""),
        "role": role,
        "samples": [quote(text) for text in islice(filter(None, texts), SAMPLES)],
    }
    if place in heading.sheet.hidden_columns:
        column["hidden"] = True
    if role in style.orders:
        column["dates"] = str(style.orders[role])
    return column


def _passed_over(one: PassedOver) -> Json:
    said: Json = {"row": one.row, "as": one.taken_for.value, "says": one.says}
    return said | ({"amount": _text(one.amount)} if one.amount is not None else {})


def _above(heading: Heading) -> list[PassedOver]:
    """Rows over the headings that carry money, and are no year."""
    above = (row for row in heading.sheet.rows if row.number < heading.row and _has_amount(row))
    said = ((row.number, quote(next(iter(texts_of(row).values())))) for row in above)
    return [PassedOver(row, TakenFor.ABOVE, says, {}, None) for row, says in said]


def _has_amount(row: Row) -> bool:
    for cell in row.cells:
        try:
            amount = parse_amount(cell)
        except ValueError:
            continue
        if amount and amount not in YEARS:
            return True
    return False


def _by(amounts: Mapping[str, Decimal]) -> Json:
    return {name: _text(amount) for name, amount in amounts.items()}


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"
