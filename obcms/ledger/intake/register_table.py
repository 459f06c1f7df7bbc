"""Reading a register of entries in a process that knows no more than it needs (SPEC 6, 13)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from obcms.kernel.intake.amounts import parse_signed
from obcms.kernel.intake.cells import DASHES, clean_text, parse_date
from obcms.kernel.intake.dates import DateOrder, is_either_way, orders_in
from obcms.kernel.intake.table import Row, Sheet
from obcms.kernel.rules.folding import name_key
from obcms.ledger.intake.described import describe
from obcms.ledger.intake.headings import Heading, letter
from obcms.ledger.intake.register_columns import DATES, FLAGS, HEADINGS, OPENING, find_heading

Json = dict[str, Any]
TASK = f"{__name__}:read_register"
OPENING_NUMBER = "Opening balance"
_YES = frozenset({"yes", "y", "true", "1", "x"})
_NO = frozenset({"", "no", "n", "false", "0"})
_TOTAL = re.compile(r"(?:grand |sub-? ?|over ?all )?totals?\b", re.IGNORECASE)


def read_register(sheets: Sequence[Sheet], known: Json) -> Json:
    """The rows as JSON, those that are refused, what is doubtful, and how all of it was read.

    `known` has the `answers` to doubts. Raises Invalid where there is no heading row.
    """
    answers = known["answers"]
    read = _read(sheets, answers)
    return read | {"doubts": [_with_totals(one, sheets, answers) for one in read["doubts"]]}


def _read(sheets: Sequence[Sheet], answers: Mapping[str, str]) -> Json:
    heading = find_heading(sheets, answers)
    order = _order(heading, answers)
    rows, refused, totals = [], [], []
    for row in _filled(heading):
        if _is_aside(heading, row):
            totals.append(row)
            continue
        try:
            said = {"row": row.number, **_said(heading, row, order)}
            rows += list(_opening(said)) if _is_opening(heading) else [said]
        except ValueError as error:
            refused.append({"row": row.number, "reason": str(error)})
    return {
        "rows": rows,
        "refused": refused,
        "warnings": [],
        "doubts": list(_doubts(heading, order)),
        "lists": [describe(heading, list(_filled(heading)), totals, f"{_sum(rows):.2f}", order)],
        "read": {
            "sheet": heading.sheet.name,
            "heading_row": heading.row,
            "columns": {name: letter(place) for name, place in heading.columns.items()},
            "rows_left_out": [row.number for row in totals],
        },
    }


def _with_totals(doubt: Json, sheets: Sequence[Sheet], answers: Mapping[str, str]) -> Json:
    """The question, with what the file would come to by each of its readings."""
    readings = []
    for one in doubt["readings"]:
        key, _, value = one["read"].partition("=")
        rows = _read(sheets, {**answers, key: value})["rows"]
        readings.append({**one, "total": f"{_sum(rows):.2f}"})
    return {**doubt, "readings": readings}


def _sum(rows: Sequence[Json]) -> Decimal:
    """Of an opening balance its obligation counts."""
    by_row = {row["row"]: Decimal(row["amount"]) for row in reversed(rows)}
    return sum(by_row.values(), Decimal(0))


def _is_aside(heading: Heading, row: Row) -> bool:
    """Whether it is a total, or a note that carries no money; neither names a kind."""
    if clean_text(heading.cell(row, "kind")):
        return False
    first = next(text for cell in row.cells if (text := clean_text(cell)))
    amounts = (heading.cell(row, name) for name in ("amount", *OPENING))
    return bool(_TOTAL.match(first)) or not any(clean_text(one) for one in amounts)


def _filled(heading: Heading) -> Iterator[Row]:
    for row in heading.sheet.rows:
        if row.number > heading.row and any(clean_text(cell) for cell in row.cells):
            yield row


def _said(heading: Heading, row: Row, order: DateOrder | None) -> Json:
    """What the row says, by column. Raises ValueError for what cannot be read."""
    said: Json = {name: clean_text(heading.cell(row, name)) for name in HEADINGS}
    for name in DATES:
        if said[name]:
            from_1904 = heading.sheet.dates_from_1904
            said[name] = parse_date(heading.cell(row, name), from_1904, order).isoformat()
    for name in FLAGS:
        text = name_key(said[name])
        if text not in _YES | _NO:
            label = HEADINGS[name][0]
            raise ValueError(f"“{said[name]}” says neither yes nor no to “{label}”.")
        said[name] = text in _YES
    for name in OPENING if _is_opening(heading) else ("amount",):
        value = heading.cell(row, name)
        is_nothing = name in ("payable", "paid") and said[name] in ("", *DASHES)
        said[name] = "0.00" if is_nothing else f"{parse_signed(value):.2f}"
    return said


def _is_opening(heading: Heading) -> bool:
    return "amount" not in heading.columns


def _opening(said: Json) -> Iterator[Json]:
    """The entries of an opening balance. Raises ValueError for amounts that no ORS can have."""
    obligated, due, paid = (Decimal(said[name]) for name in OPENING)
    if not obligated >= due >= paid >= 0 or not obligated:
        raise ValueError(
            "An opening balance has obligated ≥ payable ≥ paid ≥ 0, and an obligation."
        )
    usual = said | {
        "reference": OPENING_NUMBER,
        "with_payable": False,
        "to_be_liquidated": False,
        "acceptance_date": "",
        "mode": "",
    }
    yield usual | {"kind": "obligation", "amount": said["obligated"]}
    if due:
        accepted = {"acceptance_number": OPENING_NUMBER, "acceptance_date": said["posting_date"]}
        yield usual | accepted | {"kind": "payable", "amount": said["payable"]}
    if paid:
        by = {"mode": said["mode"] or "check", "dv_number": OPENING_NUMBER}
        yield usual | by | {"kind": "disbursement", "amount": said["paid"]}


def _written_dates(heading: Heading) -> list[str]:
    cells = (heading.cell(row, name) for row in _filled(heading) for name in DATES)
    return [clean_text(cell) for cell in cells if isinstance(cell, str)]


def _order(heading: Heading, answers: Mapping[str, str]) -> DateOrder | None:
    """As answered, else as all dates that leave no choice have it."""
    if "dates" in answers:
        return DateOrder(answers["dates"])
    orders = orders_in(_written_dates(heading))
    return next(iter(orders)) if len(orders) == 1 else None


def _doubts(heading: Heading, order: DateOrder | None) -> Iterator[Json]:
    for name, places in heading.several.items():
        yield {
            "about": name,
            "question": f"Several columns are headed as {name.replace('_', ' ')}. Which is it?",
            "readings": [
                {"read": f"{name}={letter(one)}", "means": f"column {letter(one)}"}
                for one in places
            ],
        }
    either = next((text for text in _written_dates(heading) if is_either_way(text)), None)
    if order is None and either is not None:
        yield {
            "about": "dates",
            "question": f"The date {either} can be read either way. What comes first?",
            "readings": [{"read": f"dates={one}", "means": one.value} for one in DateOrder],
        }
