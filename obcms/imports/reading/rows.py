"""A file's PPA rows: what each says, which are refused and why, and what was left unset."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import IO

from obcms.imports.reading.columns import find_headers, no_header
from obcms.imports.reading.doubts import FIELDS, NOTHING_ASKED, Asked, Doubt
from obcms.imports.reading.duplicates import SeenRows
from obcms.imports.reading.header import Header
from obcms.imports.reading.levels import ALL
from obcms.imports.reading.lines import read_line
from obcms.imports.reading.list_parser import ListParser
from obcms.imports.reading.parsed import ParsedFile, RowNote, pesos
from obcms.kernel.errors import Invalid
from obcms.kernel.intake.budget import Report, say_nothing
from obcms.kernel.intake.cells import quote
from obcms.kernel.intake.reader import read_table
from obcms.kernel.intake.table import Sheet


def parse_file(
    stream: str | Path | IO[bytes],
    filename: str,
    report: Report = say_nothing,
    asked: Asked = NOTHING_ASKED,
) -> ParsedFile:
    """Reads every visible sheet that has a header row (SPEC 13, Import).

    Where several have one, each reason begins with its sheet's name. `report` hears how far the
    reading is. Raises Invalid for a file that cannot be read or has no header row, saying why.
    """
    sheets = read_table(stream, filename, report)
    report("Looking for the columns and totals")
    return read_sheets(sheets, asked)


def read_sheets(sheets: Sequence[Sheet], asked: Asked = NOTHING_ASKED) -> ParsedFile:
    """The PPA rows of all lists in the sheets, read as the answers say, and what is still open.

    Raises Invalid where no sheet has a header row, and for an answer that is none.
    """
    found = [(sheet, header) for sheet in sheets for header in find_headers(sheet, asked)]
    if not found:
        raise _no_such_column(sheets, asked) or no_header(sheets)
    wanted = asked.answer("sheets")
    if wanted and wanted != ALL:
        found = [(sheet, header) for sheet, header in found if sheet.name == wanted]
        if not found:
            raise Invalid(f"No sheet with a list is named “{wanted}”.")
    columns = frozenset(name for _, header in found for name in header.columns)
    parsed, seen = ParsedFile(columns=columns), SeenRows()
    lists = [
        ListParser(sheet, header, asked, parsed, seen, len(found) > 1) for sheet, header in found
    ]
    for one in lists:
        one.parse()
    if not wanted:
        parsed.doubts.extend(_doubts_about_sheets(parsed))
        _name_unread_sheets(sheets, found, parsed)
    return parsed


def _no_such_column(sheets: Sequence[Sheet], asked: Asked) -> Invalid | None:
    """Where the lists have headings, but not those columns that the answers name."""
    if not any(find_headers(sheet) for sheet in sheets):
        return None
    named = {key: letter for key in ("amount", *FIELDS) if (letter := asked.answer(key))}
    said = ", ".join(f"{key}={letter}" for key, letter in named.items())
    return Invalid(f"The list has no such columns, or none for title and amount: {said}.", "file")


def _doubts_about_sheets(parsed: ParsedFile) -> Iterator[Doubt]:
    """A sheet whose amounts sum to those of another may be a summary of it."""
    sums: dict[str, Decimal] = {}
    for row in parsed.rows:
        sums[row.sheet] = sums.get(row.sheet, Decimal(0)) + row.amount
    names = list(sums)
    if any(sums[one] == sums[other] != 0 for one, other in combinations(names, 2)):
        readings = (*((name, f"only {name}") for name in names), (ALL, "all sheets"))
        yield Doubt("sheets", "Two sheets have the same sum. Which are to be read?", readings)


def _name_unread_sheets(
    sheets: Sequence[Sheet], found: Sequence[tuple[Sheet, Header]], parsed: ParsedFile
) -> None:
    """A sheet without headings that looks like the list before it: its money is named."""
    read = {id(sheet) for sheet, _ in found}
    header = found[-1][1]
    for sheet in sheets:
        if id(sheet) in read:
            continue
        for row in sheet.rows:
            line = read_line(row, header)
            amount = line.readable_amount()
            if line.title and amount:
                reason = f"The sheet has no headings, so {pesos(amount)} of “{quote(line.title)}” "
                parsed.warnings.append(RowNote(row.number, f"{sheet.name}: {reason}is left out."))
