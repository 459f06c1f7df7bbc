"""A file's PPA rows as JSON, so that they are read once and by another process."""

from collections.abc import Sequence
from dataclasses import astuple, replace
from datetime import date
from decimal import Decimal
from typing import Any

from obcms.imports.reading.doubts import Doubt, GivenAnswers
from obcms.imports.reading.parsed import Headline, ParsedFile, ParsedRow, RowNote
from obcms.imports.reading.rows import read_sheets
from obcms.kernel.intake.table import Sheet
from obcms.ppas.rules.choices import AppropriationClass

Json = dict[str, Any]
PLAIN = ("row", "sheet", "code", "title", "remarks", "moa", "fiscal_year", "list_number")


def parse_to_json(sheets: Sequence[Sheet], known: Json) -> Json:
    """What the process of its own does. `known` holds the import's `fiscal_year` and `answers`."""
    asked = GivenAnswers(known["fiscal_year"], known["answers"])
    parsed = read_sheets(sheets, asked)
    return to_json(parsed) | {"doubts": [_doubt(doubt, sheets, asked) for doubt in parsed.doubts]}


def _doubt(doubt: Doubt, sheets: Sequence[Sheet], asked: GivenAnswers) -> Json:
    """The question, and what the whole file would come to by each of its readings."""
    readings = [
        {
            "read": f"{doubt.about}={value}",
            "means": means,
            "total": _total(sheets, replace(asked, answers={**asked.answers, doubt.about: value})),
        }
        for value, means in doubt.readings
    ]
    return {"about": doubt.about, "question": doubt.question, "readings": readings}


def _total(sheets: Sequence[Sheet], asked: GivenAnswers) -> str:
    rows = read_sheets(sheets, asked).rows
    return f"{sum((row.amount for row in rows), Decimal(0)):.2f}"


def to_json(parsed: ParsedFile) -> Json:
    """Amounts and days as text."""
    return {
        "rows": [_row_to_json(row) for row in parsed.rows],
        "refused": [_note_to_json(note) for note in parsed.refused],
        "warnings": [_note_to_json(note) for note in parsed.warnings],
        "columns": sorted(parsed.columns),
        "lists": parsed.lists,
        "headlines": [list(astuple(one)) for one in parsed.headlines],
    }


def from_json(stored: Json) -> ParsedFile:
    """The rows again, equal to what was read."""
    return ParsedFile(
        rows=[_row_from_json(row) for row in stored["rows"]],
        refused=[_note_from_json(note) for note in stored["refused"]],
        warnings=[_note_from_json(note) for note in stored["warnings"]],
        columns=frozenset(stored["columns"]),
        headlines=[Headline(*one) for one in stored["headlines"]],
    )


def _note_to_json(note: RowNote) -> list[Any]:
    return [note.row, note.reason, note.amount if note.amount is None else str(note.amount)]


def _note_from_json(stored: Sequence[Any]) -> RowNote:
    row, reason, amount = stored
    return RowNote(row, reason, amount if amount is None else Decimal(amount))


def _row_to_json(row: ParsedRow) -> Json:
    return {name: getattr(row, name) for name in PLAIN} | {
        "amount": str(row.amount),
        "class": row.appropriation_class,
        "start": row.start and row.start.isoformat(),
        "end": row.end and row.end.isoformat(),
    }


def _row_from_json(stored: Json) -> ParsedRow:
    kind, start, end = (stored[name] for name in ("class", "start", "end"))
    return ParsedRow(
        **{name: stored[name] for name in PLAIN},
        amount=Decimal(stored["amount"]),
        appropriation_class=AppropriationClass(kind) if kind else None,
        start=date.fromisoformat(start) if start else None,
        end=date.fromisoformat(end) if end else None,
    )
