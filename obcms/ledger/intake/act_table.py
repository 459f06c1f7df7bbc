"""Reading an act's table in a process that knows no more than it needs for that (SPEC 6, 13)."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import IO, Any

from obcms.kernel.errors import Invalid
from obcms.kernel.intake.amounts import parse_amount
from obcms.kernel.intake.budget import Report
from obcms.kernel.intake.cells import DASHES, clean_text
from obcms.kernel.intake.reader import read_table
from obcms.kernel.intake.table import Row
from obcms.kernel.rules.money import format_peso
from obcms.ledger.intake.act_columns import CLASSES, HEADINGS, find_heading
from obcms.ledger.intake.headings import Heading, letter

Json = dict[str, Any]
UNITS = {"pesos": 1, "thousands": 1_000, "millions": 1_000_000}
TASK = f"{__name__}:read_act_table"
_TOTAL = re.compile(r"(?:grand |sub-? ?|over ?all )?totals?\b", re.IGNORECASE)
_AMOUNTS = (*CLASSES, "total")
_STRUCTURES = {
    "general administration and support": "gas",
    "support to operations": "sto",
    "operations": "ops",
    "special purpose fund": "spf",
    "special purpose funds": "spf",
}


def read_act_table(stream: IO[bytes], filename: str, report: Report, known: Json) -> Json:
    """The rows as JSON, those that are refused, what is doubtful, and how all of it was read.

    `known` has the `answers` to doubts. Raises Invalid for a file that cannot be read.
    """
    answers = known["answers"]
    if unknown := answers.keys() - HEADINGS.keys() - {"unit"}:
        raise Invalid(f"“{min(unknown)}” is nothing that can be answered with --read.", "read")
    if answers.get("unit", "pesos") not in UNITS:
        raise Invalid(f"“unit={answers['unit']}”: choose one of {', '.join(UNITS)}.", "read")
    heading = find_heading(read_table(stream, filename, report), answers)
    unit = UNITS[answers.get("unit", "pesos")]
    rows, refused, totals = [], [], []
    for row in heading.sheet.rows:
        if row.number <= heading.row or not any(clean_text(cell) for cell in row.cells):
            continue
        said = _texts(heading, row)
        if not said["cost_structure"] and _TOTAL.match(said["title"] or _first(row)):
            totals.append(row.number)
            continue
        try:
            rows.append({"row": row.number, **said, **_amounts(heading, row, unit)})
        except ValueError as error:
            refused.append({"row": row.number, "reason": str(error)})
    return {
        "rows": rows,
        "refused": refused,
        "doubts": list(_doubts(heading, answers)),
        "read": {
            "sheet": heading.sheet.name,
            "heading_row": heading.row,
            "columns": {name: letter(place) for name, place in heading.columns.items()},
            "total_rows": totals,
            **answers,
        },
    }


def _texts(heading: Heading, row: Row) -> dict[str, str]:
    said = {name: clean_text(heading.cell(row, name)) for name in HEADINGS if name not in _AMOUNTS}
    structure = said["cost_structure"].casefold()
    return said | {"cost_structure": _STRUCTURES.get(structure, structure)}


def _amounts(heading: Heading, row: Row, unit: int) -> dict[str, str]:
    """Raises ValueError for an amount that cannot be read, and classes that miss the total."""
    found: dict[str, Decimal] = {}
    for name in _AMOUNTS:
        value = heading.cell(row, name)
        if value is None or clean_text(value) in ("", *DASHES):
            continue
        try:
            found[name] = parse_amount(value, unit)
        except ValueError as error:
            raise ValueError(f"{name.upper() if name != 'total' else 'Total'}: {error}") from None
    whole = sum((found.get(name, Decimal(0)) for name in CLASSES), Decimal(0))
    if not found:
        raise ValueError("The row has no amount.")
    difference = whole - found.get("total", whole)
    if difference:
        direction = "more" if difference > 0 else "less"
        raise ValueError(
            f"The classes sum to {format_peso(whole)}, which is {format_peso(abs(difference))} "
            f"{direction} than the row's total of {format_peso(found['total'])}."
        )
    return {name: f"{found[name]:.2f}" for name in CLASSES if found.get(name)}


def _first(row: Row) -> str:
    return next((text for cell in row.cells if (text := clean_text(cell))), "")


def _doubts(heading: Heading, answers: Mapping[str, str]) -> Iterator[Json]:
    for name, places in heading.several.items():
        readings = [
            {"read": f"{name}={letter(one)}", "means": f"column {letter(one)}"} for one in places
        ]
        yield {
            "about": name,
            "question": f"Several columns are headed as {name}. Which is it?",
            "readings": [
                one | {"total": _sum(heading, [name], place)}
                for one, place in zip(readings, places, strict=True)
            ],
        }
    if heading.names_unit and "unit" not in answers:
        pesos = Decimal(_sum(heading, CLASSES))
        yield {
            "about": "unit",
            "question": "The table speaks of thousands or millions. What are its amounts in?",
            "readings": [
                {"read": f"unit={name}", "means": name, "total": f"{pesos * unit:.2f}"}
                for name, unit in UNITS.items()
            ],
        }


def _sum(heading: Heading, names: Any, place: int | None = None) -> str:
    """What the columns come to as they stand, without total rows; unreadable amounts left out."""
    total = Decimal(0)
    for row in heading.sheet.rows:
        if row.number <= heading.row or not clean_text(heading.cell(row, "cost_structure")):
            continue
        for name in names:
            at = heading.columns.get(name) if place is None else place
            value = row.cells[at] if at is not None and at < len(row.cells) else None
            try:
                total += parse_amount(value)
            except ValueError:
                continue
    return f"{total:.2f}"
