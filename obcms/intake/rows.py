"""A file's PPA rows: what each says, which are refused and why, and what was left unset."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import IO, Any

from obcms.errors import Invalid
from obcms.intake.cells import clean_text, parse_amount, parse_class, parse_date
from obcms.intake.columns import Header, find_header
from obcms.intake.reader import Row, Sheet, read_sheets
from obcms.rules.choices import AppropriationClass
from obcms.rules.money import format_peso

SUMMARY = re.compile(r"(?:(?:sub|grand|over\s*all|page|section)[\s-]*)?totals?\b", re.IGNORECASE)
MAX_TITLE, MAX_CODE = 255, 32


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """One PPA row; `amount` in pesos, None where a cell is empty or could not be read."""

    row: int
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


@dataclass(slots=True)
class ParsedFile:
    """All PPA rows of a file's sheets, in order."""

    rows: list[ParsedRow] = field(default_factory=list)
    refused: list[RowNote] = field(default_factory=list)
    warnings: list[RowNote] = field(default_factory=list)


def parse_file(stream: IO[bytes], filename: str) -> ParsedFile:
    """Reads every sheet that has a header row. Raises Invalid where there is none."""
    sheets = read_sheets(stream, filename)
    found = [(sheet, header) for sheet in sheets if (header := find_header(sheet))]
    if not found:
        raise Invalid(
            "No header row was found. The file needs a row that names at least a column with the "
            "PPA’s title and one with its budget.",
            "file",
        )
    parsed = ParsedFile()
    for sheet, header in found:
        prefix = f"{sheet.name}: " if len(found) > 1 else ""
        _SheetParser(sheet, header, parsed, prefix).parse()
    return parsed


class _SheetParser:
    """Reads one sheet into the parsed file."""

    def __init__(self, sheet: Sheet, header: Header, parsed: ParsedFile, prefix: str) -> None:
        self.sheet, self.header, self.parsed, self.prefix = sheet, header, parsed, prefix
        self.seen: dict[str, int] = {}
        self.since_subtotal = self.whole = Decimal(0)

    def parse(self) -> None:
        for row in self.sheet.rows:
            if row.number <= self.header.row:
                continue
            texts = {name: clean_text(self._cell(row, name)) for name in self.header.columns}
            if not self._is_ppa(texts):
                self._check_summary(row, texts)
                continue
            problems = list(self._problems(row, texts))
            if problems:
                self.parsed.refused.append(RowNote(row.number, self.prefix + " ".join(problems)))
                continue
            parsed = self._read(row, texts)
            self.parsed.rows.append(parsed)
            self.since_subtotal += parsed.amount
            self.whole += parsed.amount

    def _cell(self, row: Row, name: str) -> Any:
        index = self.header.columns.get(name)
        return row.cells[index] if index is not None and index < len(row.cells) else None

    def _is_ppa(self, texts: dict[str, str]) -> bool:
        """A row with a code, or with a title and an amount that is no total or repeated header."""
        if self._is_summary(texts):
            return False
        title = texts["title"]
        if not texts.get("code") and not (title and texts["amount"]):
            return False
        return self._is_no_heading(texts) and not re.fullmatch(r"\(?\d+\)?", title)

    def _is_summary(self, texts: dict[str, str]) -> bool:
        """A total says so in its first words, and has none of what only a PPA has.

        So a “Total sanitation program” with a number, a class or a date is one all the same.
        """
        label = texts["title"] or texts.get("code", "") or texts.get("number", "")
        if not SUMMARY.match(label):
            return False
        own = [texts.get(name) for name in ("appropriation_class", "start", "end")]
        own.append(texts.get("code") if texts["title"] else None)
        own.append(texts.get("number", "").rstrip(".").isdecimal())
        return not any(own)

    def _is_no_heading(self, texts: dict[str, str]) -> bool:
        heading = next(row for row in self.sheet.rows if row.number == self.header.row)
        names = [clean_text(self._cell(heading, name)) for name in ("title", "amount")]
        return [texts["title"], texts["amount"]] != names

    def _problems(self, row: Row, texts: dict[str, str]) -> Iterator[str]:
        title, code = texts["title"], texts.get("code", "")
        if not title:
            yield "The title is missing."
        elif len(title) > MAX_TITLE:
            yield f"The title has {len(title)} characters; {MAX_TITLE} fit."
        if len(code) > MAX_CODE:
            yield f"The code has {len(code)} characters; {MAX_CODE} fit."
        try:
            self._amount(row)
        except ValueError as error:
            yield str(error)
        start, end = self._quietly(row, "start"), self._quietly(row, "end")
        if start and end and end < start:
            yield f"The end date {end} is before the start date {start}."
        yield from self._duplicate(row, code, title)

    def _duplicate(self, row: Row, code: str, title: str) -> Iterator[str]:
        name = code.upper() or title.casefold()
        first = self.seen.setdefault(name, row.number)
        if name and first != row.number:
            yield f"Duplicate of row {first} ({code or title})."

    def _amount(self, row: Row) -> Decimal:
        amount = parse_amount(self._cell(row, "amount"))
        return amount * 1000 if self.header.in_thousands else amount

    def _quietly(self, row: Row, name: str) -> date | None:
        try:
            return self._date(row, name)
        except ValueError:
            return None

    def _date(self, row: Row, name: str) -> date | None:
        cell = self._cell(row, name)
        if not clean_text(cell):
            return None
        return parse_date(cell, self.sheet.dates_from_1904)

    def _read(self, row: Row, texts: dict[str, str]) -> ParsedRow:
        kind = texts.get("appropriation_class")
        return ParsedRow(
            row=row.number,
            code=texts.get("code", "").upper() or None,
            title=texts["title"],
            amount=self._amount(row),
            appropriation_class=self._or_warn(
                row, "class", kind, lambda: parse_class(kind) if kind else None
            ),
            start=self._or_warn(
                row, "start date", texts.get("start"), lambda: self._date(row, "start")
            ),
            end=self._or_warn(row, "end date", texts.get("end"), lambda: self._date(row, "end")),
            remarks=texts.get("remarks", ""),
            moa=texts.get("moa") or None,
            fiscal_year=self._or_warn(
                row, "fiscal year", texts.get("fiscal_year"), lambda: _year(texts)
            ),
        )

    def _or_warn(self, row: Row, name: str, said: str | None, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except ValueError:
            reason = f"The {name} “{said}” cannot be read and is left unset."
            self.parsed.warnings.append(RowNote(row.number, self.prefix + reason))
            return None

    def _check_summary(self, row: Row, texts: dict[str, str]) -> None:
        """Warns where a total of the file disagrees with the rows that it sums up."""
        label = texts["title"] or texts.get("number", "") or texts.get("code", "")
        if not SUMMARY.match(label):
            return
        try:
            said = self._amount(row)
        except ValueError:
            return
        if said not in (self.since_subtotal, self.whole):
            nearest = min((self.since_subtotal, self.whole), key=lambda total: abs(total - said))
            reason = (
                f"{label} says {format_peso(said)}, but the accepted rows sum to "
                f"{format_peso(nearest)}."
            )
            self.parsed.warnings.append(RowNote(row.number, self.prefix + reason))
        self.since_subtotal = Decimal(0)


def _year(texts: dict[str, str]) -> int | None:
    said = texts.get("fiscal_year", "")
    if not said:
        return None
    found = re.fullmatch(r"(?:FY\s*)?(20\d\d)", said, re.IGNORECASE)
    if not found:
        raise ValueError("not a year")
    return int(found[1])
