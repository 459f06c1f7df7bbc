"""How a list was read, in plain data: for the preview, and for programs (SPEC 13)."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from openpyxl.utils import get_column_letter

from obcms.imports.reading.doubts import UNITS
from obcms.imports.reading.header import Header
from obcms.imports.reading.kinds import ListRowKind
from obcms.imports.reading.lines import ListRow
from obcms.imports.reading.list_fields import ListField
from obcms.imports.reading.style import DATES, ListStyle
from obcms.kernel.intake.cells import quote
from obcms.kernel.intake.table import Sheet

Json = dict[str, Any]
SAMPLES = 3
PASSED_OVER = {
    ListRowKind.TOTAL: "total",
    ListRowKind.CLASS: "class",
    ListRowKind.OTHER: "note or heading",
    ListRowKind.SIGNATURE: "signature",
    ListRowKind.LIKE_TOTAL: "like a total",
    ListRowKind.BARE_AMOUNT: "amount without title",
    ListRowKind.UNFUNDED: "without amount",
}


def describe(
    number: int,
    sheet: Sheet,
    header: Header,
    style: ListStyle,
    lines: Sequence[tuple[ListRowKind, ListRow]],
    amount_sum: Decimal,
) -> Json:
    """The list's columns with heading, role and samples, its passed-over rows, and its sums.

    A column with cells and without a heading is listed as well.
    """
    filled = {index for _, line in lines for index in line.all_texts}
    named = sorted({*header.headings, *header.columns.values(), *header.amounts, *filled})
    return {
        "list": number,
        "sheet": sheet.name,
        "heading_row": header.row,
        "unit": next(name for name, pesos in UNITS.items() if pesos == style.unit),
        "unit_from": header.unit_from,
        "columns": [_column(index, sheet, header, style, lines) for index in named],
        "passed_over": _passed_over(lines),
        "totals": _totals(lines),
        "sum": f"{amount_sum:.2f}",
    }


def _column(
    index: int,
    sheet: Sheet,
    header: Header,
    style: ListStyle,
    lines: Sequence[tuple[ListRowKind, ListRow]],
) -> Json:
    role = _role(index, header)
    column: Json = {
        "column": get_column_letter(index + 1),
        "heading": header.headings.get(index, ""),
        "role": role,
        "samples": _samples(index, lines),
    }
    if index in sheet.hidden_columns:
        column["hidden"] = True
    if role == ListField.AMOUNT:
        column["marks"] = str(style.marks)
    if role in DATES and role in style.orders:
        column["dates"] = str(style.orders[role])
    return column


def _role(index: int, header: Header) -> str:
    """The field; for a class beside its total the class; "ignored" for what is not read."""
    if index in header.amounts:
        return ListField.AMOUNT
    if index in header.levels:
        return ListField.TITLE
    parts = {column: f"check of {part.label}" for part, column in header.parts.items()}
    fields = {column: name for name, column in header.columns.items()}
    return parts.get(index) or fields.get(index) or "ignored"


def _samples(index: int, lines: Sequence[tuple[ListRowKind, ListRow]]) -> list[str]:
    texts: Iterable[str] = (
        quote(line.all_texts[index])
        for kind, line in lines
        if kind is ListRowKind.PPA and index in line.all_texts
    )
    return [text for text, _ in zip(texts, range(SAMPLES), strict=False)]


def _passed_over(lines: Sequence[tuple[ListRowKind, ListRow]]) -> list[Json]:
    found = []
    for kind, line in lines:
        if kind in PASSED_OVER:
            one = {"row": line.number, "as": PASSED_OVER[kind], "says": quote(_label(line))}
            if (amount := line.readable_amount()) is not None:
                one["amount"] = f"{amount:.2f}"
            found.append(one)
    return found


def _totals(lines: Sequence[tuple[ListRowKind, ListRow]]) -> list[Json]:
    return [
        {"row": line.number, "says": quote(_label(line)), "amount": f"{amount:.2f}"}
        for kind, line in lines
        if kind is ListRowKind.TOTAL and (amount := line.readable_amount()) is not None
    ]


def _label(line: ListRow) -> str:
    return line.title or next(iter(line.all_texts.values()), "")
