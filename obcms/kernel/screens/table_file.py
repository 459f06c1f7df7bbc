"""A table as a file to take along: a workbook or CSV, with nothing in it that runs."""

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from flask import send_file
from flask.typing import ResponseReturnValue
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import NotFound
from obcms.kernel.formats import MANILA
from obcms.kernel.rules.file_names import file_name

AMOUNT = "#,##0.00"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a spreadsheet would take for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table_file(
    name: str, kind: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]
) -> ResponseReturnValue:
    """A download of `kind` "xlsx" or "csv"; amounts are Decimal pesos. Raises NotFound."""
    if kind not in ("xlsx", "csv"):
        raise NotFound("There is no such kind of file.")
    on = utc_now().astimezone(MANILA).date()
    content = _workbook(headings, rows) if kind == "xlsx" else _csv(headings, rows)
    return send_file(
        BytesIO(content),
        XLSX if kind == "xlsx" else "text/csv; charset=utf-8",
        as_attachment=True,
        download_name=file_name(f"{name} {on.isoformat()}.{kind}"),
    )


def _workbook(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Table")
    sheet.freeze_panes = "A2"
    heads = [WriteOnlyCell(sheet, heading) for heading in headings]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    held = BytesIO()
    book.save(held)
    return held.getvalue()


def _cell(sheet: Any, value: Any) -> WriteOnlyCell:
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
        cell.data_type = "s"  # a text, also where it begins with =
        return cell
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, Decimal):
        cell.number_format = AMOUNT
    return cell


def _csv(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    held = StringIO()
    writer = csv.writer(held)
    writer.writerow(headings)
    writer.writerows([_text(value) for value in row] for row in rows)
    return ("\ufeff" + held.getvalue()).encode()


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = str(value)
    is_text = isinstance(value, str)
    return f"'{text}" if is_text and text.startswith(FORMULA) else text
