"""Workbooks as ministries send them, made for the tests."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

HEADER = ["No.", "PPA Code", "Program / Project / Activity", "Class", "Approved Budget"]
HEADER += ["Start", "Target End", "Remarks"]


def write(path: Path, rows: Sequence[Sequence[Any]], title: str = "PPAs") -> Path:
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


def messy_workbook(path: Path, ppas: Sequence[dict[str, str]]) -> Path:
    """Titles above, amounts in every spelling, a subtotal and a total, and four bad rows."""
    rows: list[list[Any]] = [
        ["MINISTRY OF HEALTH"],
        ["List of Programs, Projects and Activities, FY 2025 (amounts in pesos)"],
        [],
        HEADER,
    ]
    spellings = (
        lambda amount: float(amount),
        lambda amount: f"₱{float(amount):,.2f}",
        lambda amount: f" PHP {float(amount):,.0f} ",
    )
    for number, ppa in enumerate(ppas, 1):
        if number == 31:
            rows += [
                [],
                [None, None, "Sub-total", None, sum(float(p["amount"]) for p in ppas[:30])],
            ]
        amount = spellings[number % 3](ppa["amount"])
        rows.append(
            [
                number,
                ppa["code"],
                f" \xa0{ppa['title']} ",
                "mooe",
                amount,
                45663,
                "Dec. 19, 2025",
                '=HYPERLINK("http://example.invalid","see file")',
            ]
        )
    rows[5][6], rows[6][3] = "TBD", "MOOE/CO"
    rows.append([None, None, "TOTAL", None, sum(float(ppa["amount"]) for ppa in ppas)])
    first = ppas[0]
    rows += [
        [62, first["code"], first["title"], "MOOE", 1000],
        [63, None, "A negative amount", "MOOE", -5000],
        [64, None, "Ends before it starts", "CO", "12,000.50", "2025-06-01", "2025-01-01"],
        [65, None, "No amount to speak of", "CO", "n/a"],
    ]
    return write(path, rows)
