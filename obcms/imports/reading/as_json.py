"""A file's PPA rows as JSON, so that they are read once and by another process."""

from datetime import date
from decimal import Decimal
from typing import IO, Any

from obcms.imports.reading.rows import ParsedFile, ParsedRow, RowNote, parse_file
from obcms.kernel.intake.budget import Report
from obcms.ppas.rules.choices import AppropriationClass

Json = dict[str, Any]
PLAIN = ("row", "sheet", "code", "title", "remarks", "moa", "fiscal_year")


def parse_to_json(stream: IO[bytes], filename: str, report: Report) -> Json:
    """What the process of its own does."""
    return to_json(parse_file(stream, filename, report))


def to_json(parsed: ParsedFile) -> Json:
    """Amounts and days as text."""
    return {
        "rows": [_row_to_json(row) for row in parsed.rows],
        "refused": [[note.row, note.reason] for note in parsed.refused],
        "warnings": [[note.row, note.reason] for note in parsed.warnings],
        "columns": sorted(parsed.columns),
    }


def from_json(stored: Json) -> ParsedFile:
    """The rows again, equal to what was read."""
    return ParsedFile(
        rows=[_row_from_json(row) for row in stored["rows"]],
        refused=[RowNote(*note) for note in stored["refused"]],
        warnings=[RowNote(*note) for note in stored["warnings"]],
        columns=frozenset(stored["columns"]),
    )


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
