"""A file's PPA rows: what each says, which are refused and why, and what was left unset."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, TypeVar

from obcms.imports.reading.columns import Header, find_header, no_header
from obcms.imports.reading.duplicates import SeenRows
from obcms.imports.reading.kinds import Kind, kind_of
from obcms.imports.reading.lines import ListRow, read_line
from obcms.imports.reading.totals import RunningTotals
from obcms.kernel.errors import Invalid
from obcms.kernel.intake.budget import Report, say_nothing
from obcms.kernel.intake.cells import quote
from obcms.kernel.intake.reader import read_table
from obcms.kernel.intake.table import Sheet
from obcms.kernel.rules.folding import has_invisible
from obcms.ppas.rules.choices import AppropriationClass
from obcms.ppas.rules.naming import CODE, TITLE
from obcms.ppas.rules.order import out_of_order

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """One PPA row of the file; None or "" where a cell is empty or could not be read.

    `row` counts from 1 as in the file, `sheet` is empty for CSV. `amount` is in pesos with two
    decimals, and always there: a row without one is refused. `moa` is an acronym.
    """

    row: int
    sheet: str
    code: str | None
    title: str
    amount: Decimal
    appropriation_class: AppropriationClass | None
    start: date | None
    end: date | None
    remarks: str
    moa: str | None
    fiscal_year: int | None


@dataclass(frozen=True, slots=True)
class RowNote:
    """Why a row was refused, or what of it was left unset."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """All PPA rows of a file's sheets, in order; `columns` names the fields that the file has."""

    rows: list[ParsedRow] = field(default_factory=list)
    refused: list[RowNote] = field(default_factory=list)
    warnings: list[RowNote] = field(default_factory=list)
    columns: frozenset[str] = frozenset()


def parse_file(
    stream: str | Path | IO[bytes], filename: str, report: Report = say_nothing
) -> ParsedFile:
    """Reads every visible sheet that has a header row (SPEC 13, Import).

    Where several have one, each reason begins with its sheet's name. `report` hears how far the
    reading is. Raises Invalid for a file that cannot be read or has no header row, saying why.
    """
    sheets = read_table(stream, filename, report)
    report("Looking for the columns and totals")
    found = [(sheet, header) for sheet in sheets if (header := find_header(sheet))]
    if not found:
        raise no_header(sheets)
    columns = frozenset(name for _, header in found for name in header.columns)
    parsed, seen = ParsedFile(columns=columns), SeenRows()
    for sheet, header in found:
        _SheetParser(sheet, header, parsed, seen, len(found) > 1).parse()
    return parsed


class _SheetParser:
    """Reads one sheet into the parsed file."""

    def __init__(
        self, sheet: Sheet, header: Header, parsed: ParsedFile, seen: SeenRows, one_of_many: bool
    ) -> None:
        self.sheet, self.header, self.parsed, self.seen = sheet, header, parsed, seen
        self.shown_name = sheet.name if one_of_many else ""
        # A ministry's total may hold rows that are refused here for their dates or titles.
        self.accepted, self.listed = RunningTotals(), RunningTotals()

    def parse(self) -> None:
        signed = False
        for row in self.sheet.rows:
            if row.number <= self.header.row:
                continue
            line = read_line(row, self.header, self.sheet.dates_from_1904)
            kind = kind_of(line, self.header, signed)
            signed = signed or kind is Kind.SIGNATURE
            if kind is Kind.PPA or (kind is Kind.LIKE_TOTAL and self._is_ppa_after_all(line)):
                self._take(line)
            elif kind is Kind.TOTAL:
                self._check_total(line)
            elif kind is Kind.BARE_AMOUNT and not self.listed.is_sum(line.amount()):
                self._warn(line, f"The amount {_peso(line.amount())} has no title; it is left out.")

    def _take(self, line: ListRow) -> None:
        duplicate = self.seen.note(line, self.shown_name)
        amount = line.readable_amount()
        if amount is not None and not duplicate:
            self.listed.add(amount)
        problems = [*_problems(line), *([duplicate] if duplicate else [])]
        if problems or amount is None:
            self.parsed.refused.append(self._note(line, " ".join(problems)))
        else:
            self.accepted.add(amount)
            self.parsed.rows.append(self._read(line, amount))

    def _read(self, line: ListRow, amount: Decimal) -> ParsedRow:
        for name in ("code", "title"):
            if has_invisible(str(line.cells.get(name) or "")):
                self._warn(line, f"Invisible characters in the {name} are left out.")
        return ParsedRow(
            row=line.number,
            sheet=self.sheet.name,
            code=line.code or None,
            title=line.title,
            amount=amount,
            appropriation_class=self._or_warn(
                line, "appropriation_class", "class", line.appropriation_class
            ),
            start=self._or_warn(line, "start", "start date", lambda: line.day("start")),
            end=self._or_warn(line, "end", "end date", lambda: line.day("end")),
            remarks=line.texts.get("remarks", ""),
            moa=line.moa(),
            fiscal_year=self._or_warn(line, "fiscal_year", "fiscal year", line.fiscal_year),
        )

    def _or_warn(
        self, line: ListRow, name: str, shown: str, read: Callable[[], Value | None]
    ) -> Value | None:
        try:
            return read()
        except ValueError:
            said = quote(line.texts[name])
            self._warn(line, f"The {shown} “{said}” cannot be read and is left unset.")
            return None

    def _check_total(self, line: ListRow) -> None:
        said = line.readable_amount()
        if said is None:
            return
        label = line.title or next(iter(line.all_texts.values()))
        summed, listed = self.accepted.check(label, said), self.listed.check(label, said)
        if summed is not None and listed is not None:
            self._warn(
                line,
                f"“{quote(label)}” says {_peso(said)}, but the accepted rows sum to "
                f"{_peso(summed)}: a difference of {_peso(abs(said - summed))}.",
            )

    def _is_ppa_after_all(self, line: ListRow) -> bool:
        """A title such as "Total Quality" without a code: no guess about money goes unsaid."""
        amount = line.readable_amount()
        if amount is not None and self.listed.is_sum(amount):
            return False
        coded = "code" in self.header.columns
        taken = "left out; if it is a PPA, give it a code" if coded else "taken as a PPA"
        self._warn(line, f"“{quote(line.title)}” looks like a total and is {taken}.")
        return not coded

    def _warn(self, line: ListRow, reason: str) -> None:
        self.parsed.warnings.append(self._note(line, reason))

    def _note(self, line: ListRow, reason: str) -> RowNote:
        return RowNote(line.number, f"{self.shown_name}: {reason}" if self.shown_name else reason)


def _problems(line: ListRow) -> Iterator[str]:
    for name in ("code", "title"):
        if line.is_formula(name):
            yield f"The {name} cannot be read: it is a formula without a stored result."
    if not line.title:
        yield "The title is missing."
    for limits, text in ((CODE, line.code), (TITLE, line.title)):
        try:
            limits.clean(text or "none")
        except Invalid as error:
            yield str(error)
    try:
        line.amount()
    except ValueError as error:
        yield str(error)
    start, end = line.readable_day("start"), line.readable_day("end")
    for problem in out_of_order({"start_date": start, "target_end_date": end}):
        yield problem.message


def _peso(amount: Decimal) -> str:
    return f"₱{amount:,.2f}"
