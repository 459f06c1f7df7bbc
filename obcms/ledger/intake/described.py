"""How a table of the ledger was read, in plain data, as the preview shows it (SPEC 13)."""

from collections.abc import Iterator, Sequence
from typing import Any

from obcms.imports.answers import IGNORED
from obcms.kernel.intake.cells import clean_text, quote
from obcms.kernel.intake.dates import DateOrder
from obcms.kernel.intake.table import Row
from obcms.ledger.intake.headings import Heading, letter

Json = dict[str, Any]
SAMPLES = 3


def describe(
    heading: Heading,
    rows: Sequence[Row],
    left_out: Sequence[Row],
    total: str,
    order: DateOrder | None = None,
) -> Json:
    """The columns with heading, role and first values, the rows left out, and the sum in pesos.

    `rows` are all filled ones below the heading.
    """
    return {
        "list": 1,
        "sheet": heading.sheet.name,
        "heading_row": heading.row,
        "unit": "pesos",
        "unit_from": "",
        "columns": list(_columns(heading, rows, order)),
        "passed_over": [
            {"row": row.number, "as": "total or note", "says": quote(_label(row))}
            for row in left_out
        ],
        "totals": [],
        "sum": total,
    }


def _columns(heading: Heading, rows: Sequence[Row], order: DateOrder | None) -> Iterator[Json]:
    names = {place: name for name, place in heading.columns.items()}
    for place in range(max((len(row.cells) for row in rows), default=0)):
        texts = (clean_text(row.cells[place]) for row in rows if place < len(row.cells))
        samples = [quote(text) for text in texts if text][:SAMPLES]
        role, said = names.get(place, IGNORED), heading.texts[place : place + 1]
        if not samples and role is IGNORED:
            continue
        column = {"column": letter(place), "heading": "".join(said), "role": role}
        if order is not None and role.endswith("date"):
            column["dates"] = str(order)
        yield column | {"samples": samples}


def _label(row: Row) -> str:
    return next((text for cell in row.cells if (text := clean_text(cell))), "")
