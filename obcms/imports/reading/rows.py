"""A file's PPA rows: what each says, which are refused and why, and what was left unset."""

from collections.abc import Sequence

from obcms.imports.reading.doubts import NOTHING_ANSWERED, GivenAnswers, of_all
from obcms.imports.reading.duplicates import SeenRows
from obcms.imports.reading.finding import FoundList, find_lists, no_header
from obcms.imports.reading.lines import read_line
from obcms.imports.reading.list_parser import ListParser
from obcms.imports.reading.parsed import ParsedFile, RowNote, pesos
from obcms.imports.reading.which_lists import (
    about_lists,
    about_years,
    is_about_amount,
    place_of,
    wanted_lists,
)
from obcms.imports.reading.years import years_of_lists
from obcms.kernel.intake.cells import quote
from obcms.kernel.intake.table import Sheet


def read_sheets(sheets: Sequence[Sheet], asked: GivenAnswers = NOTHING_ANSWERED) -> ParsedFile:
    """The PPA rows of all lists in the sheets, read as the answers say, and what is still open.

    Raises Invalid where no sheet has a header row.
    """
    found = find_lists(sheets, asked)
    if not found:
        raise no_header(sheets, asked)
    columns = frozenset(name for one in found for name in one.header.columns)
    parsed, seen = ParsedFile(columns=columns), SeenRows()
    many_sheets = len({one.sheet.name for one in found}) > 1
    years = years_of_lists(found)
    parsers = [
        ListParser(one, asked, parsed, seen, one.sheet.name if many_sheets else "", year)
        for one, year in zip(found, years, strict=True)
    ]
    wanted = wanted_lists(found, asked)
    for one, parser in zip(found, parsers, strict=True):
        if wanted is not None and one.number not in wanted:
            parser.leave("Its list is not one of those that were chosen.")
        elif one.missing:
            parser.ask_for_columns()
        else:
            parser.parse()
    asking = zip(found, parsers, strict=True)
    doubts = of_all((one.number, place_of(one, found), parser.doubts) for one, parser in asking)
    if wanted is None:
        sums = [parser.listed.whole for parser in parsers]
        of_years = about_years(found, years, asked.fiscal_year)
        # What a list of another year holds need not be asked before it is wanted.
        doubts = [*of_years, *(one for one in doubts if not (of_years and is_about_amount(one)))]
        doubts.extend([] if of_years else about_lists(found, sums))
        _name_unread_sheets(sheets, found, parsed)
    parsed.doubts.extend(doubts)
    return parsed


def _name_unread_sheets(
    sheets: Sequence[Sheet], found: Sequence[FoundList], parsed: ParsedFile
) -> None:
    """A sheet without headings that looks like the list before it: its money is named."""
    read = {one.sheet.name for one in found}
    header = found[-1].header
    for sheet in sheets:
        if sheet.name in read:
            continue
        for row in sheet.rows:
            line = read_line(row, header)
            amount = line.readable_amount()
            if line.title and amount:
                reason = f"The sheet has no headings, so {pesos(amount)} of “{quote(line.title)}” "
                parsed.warnings.append(RowNote(row.number, f"{sheet.name}: {reason}is left out."))
