"""Reads one list of a sheet into what was read of the file."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from obcms.imports.reading.class_lines import classes_in
from obcms.imports.reading.described import describe
from obcms.imports.reading.doubts import LEAVE, PESOS, READ, Doubt, GivenAnswers
from obcms.imports.reading.duplicates import SeenRows
from obcms.imports.reading.finding import FoundList
from obcms.imports.reading.headlines import headlines_of
from obcms.imports.reading.joined import join_rows, merged_rows
from obcms.imports.reading.kinds import ENDS_AS_TOTAL, ListRowKind, is_plain, kind_of, says_sum
from obcms.imports.reading.lacking import about_column, without
from obcms.imports.reading.levels import Level, resolve
from obcms.imports.reading.lines import ListRow, read_line
from obcms.imports.reading.parsed import ParsedFile, RowNote, pesos
from obcms.imports.reading.parsed_rows import parsed_row
from obcms.imports.reading.problems import about_hidden, problems_of, said_beside, spread
from obcms.imports.reading.said_units import holds_amount
from obcms.imports.reading.style import style_of
from obcms.imports.reading.tables import KindAndRow, about_table, money_in, split
from obcms.imports.reading.totals import RunningTotals
from obcms.imports.reading.years import years_of_rows
from obcms.kernel.intake.cells import quote
from obcms.kernel.intake.table import Row


class ListParser:
    """Reads one list into the parsed file."""

    def __init__(
        self,
        found: FoundList,
        asked: GivenAnswers,
        parsed: ParsedFile,
        seen: SeenRows,
        shown_name: str,
        year: int | None = None,
    ) -> None:
        self.found, self.parsed, self.seen = found, parsed, seen
        self.sheet, self.header = found.sheet, found.header
        self.asked = asked.of_list(found.number)
        self.shown_name = shown_name
        rows = [row for row in self.sheet.rows if row.number > self.header.row]
        self.style = style_of(self.header, rows, self.asked)
        lines = self._sorted(rows)
        self.lines, self.below = lines, lines[:0]
        if self.asked.answer("tables") != READ:
            self.lines, self.below = split(lines, self.header)
        self.classes = classes_in(self.lines)
        self.years = years_of_rows(self.lines, year)
        self.doubts: list[Doubt] = []
        # A ministry's total may hold rows that are refused here for their dates or titles.
        self.accepted, self.listed = RunningTotals(), RunningTotals()

    def _sorted(self, rows: Sequence[Row]) -> list[KindAndRow]:
        signed, lines = False, []
        for row in rows:
            line = read_line(row, self.header, self.style, self.sheet.dates_from_1904)
            kind = kind_of(line, self.header, signed)
            signed = signed or kind is ListRowKind.SIGNATURE
            lines.append((kind, line))
        return lines

    def parse(self) -> None:
        """Adds the list's rows and reasons, and how it was read; `doubts` are then its own."""
        left_out, more = self._left_out()
        self.doubts = [*self.header.doubts, *self.style.doubts, *more]
        before = len(self.parsed.rows)
        self._name_above()
        of_list = self.found.number, self.sheet, self.header, self.lines
        self.parsed.headlines.extend(headlines_of(*of_list, left_out))
        # What is left out is joined with nothing, or the rows joined with it would go unsaid.
        rest = [(kind, line) for kind, line in self.lines if line.number not in left_out]
        for _, line in self.lines:
            if line.number in left_out:
                self._warn(line, left_out[line.number])
        for kind, line, joined in join_rows(rest, merged_rows(self.sheet, self.header)):
            if joined:
                rows = ", ".join(map(str, joined))
                self._warn(line, f"“{quote(line.title)}” is the sum of rows {rows}.")
            self._parse_line(kind, line)
        self._leave_table()
        self._describe(sum((row.amount for row in self.parsed.rows[before:]), Decimal(0)))

    def leave(self, why: str) -> None:
        """Reads nothing of the list, and names every row of it that carries money."""
        for line, amount in money_in([*self.lines, *self.below]):
            self._warn(line, f"{pesos(amount)} of “{quote(line.title)}” is left out. {why}")
        self._describe(Decimal(0))

    def ask_for_columns(self) -> None:
        """Reads nothing of the list, as no column holds what it cannot do without."""
        self.doubts = [about_column(name, self.header, self.lines) for name in self.found.missing]
        self._describe(Decimal(0))

    def _describe(self, read: Decimal) -> None:
        header = without(self.header, self.found.missing)
        lines = [*self.lines, *self.below]
        number = self.found.number
        self.parsed.lists.append(describe(number, self.sheet, header, self.style, lines, read))

    def _leave_table(self) -> None:
        """What stands below under headings of another kind is left out, each amount named."""
        doubt = about_table(self.lines, self.below)
        if doubt and self.asked.answer("tables") is None:
            self.doubts.append(doubt)
        for line, amount in money_in(self.below):
            self._warn(
                line,
                f"{pesos(amount)} of “{quote(line.title)}” stands below the list, which ends "
                f"before row {self.below[0][1].number}, and is left out.",
            )

    def _left_out(self) -> tuple[dict[int, str], list[Doubt]]:
        """The rows that are not read, each with the reason, and what has to be asked about them."""
        money = [
            (line, amount)
            for kind, line in self.lines
            if kind is ListRowKind.PPA and (amount := line.readable_amount()) is not None
        ]
        hidden = [line for line, _ in money if line.number in self.sheet.hidden_rows]
        doubts: list[Doubt] = []
        answer = self.asked.answer("hidden")
        if hidden and answer is None:
            doubts.append(about_hidden(hidden))
        left_out = {line.number: self._hidden(line) for line in hidden if answer == LEAVE}
        levels = resolve(
            [
                Level(line.number, amount, line.indent, is_plain(line), says_sum(line))
                for line, amount in money
                if line.number not in left_out
            ],
            self._grand_total(),
            self.asked.answer("levels"),
        )
        for line, amount in money:
            if line.number in levels.left_out:
                why = levels.left_out[line.number]
                left_out[line.number] = (
                    f"{pesos(amount)} of “{quote(line.title)}” is left out. {why}"
                )
        return left_out, [*doubts, *levels.doubts]

    def _hidden(self, line: ListRow) -> str:
        amount = pesos(line.readable_amount() or Decimal(0))
        return f"The row is hidden: {amount} of “{quote(line.title)}” is left out."

    def _grand_total(self) -> Decimal | None:
        """The last total that the list states."""
        said = [line.readable_amount() for kind, line in self.lines if kind is ListRowKind.TOTAL]
        return next((amount for amount in reversed(said) if amount is not None), None)

    def _parse_line(self, kind: ListRowKind, line: ListRow) -> None:
        like_total = kind is ListRowKind.LIKE_TOTAL
        if kind is ListRowKind.PPA or (like_total and self._is_ppa_after_all(line)):
            self._take(line)
        elif kind is ListRowKind.TOTAL:
            self._check_total(line)
        elif kind is ListRowKind.UNFUNDED:
            self._warn(line, f"“{quote(line.title)}” has no amount and is left out.")
        elif kind is ListRowKind.BARE_AMOUNT and not self.listed.is_sum(line.amount()):
            self._warn(line, f"The amount {pesos(line.amount())} has no title; it is left out.")
        elif kind is ListRowKind.CLASS and line.number not in self.classes.belonging:
            self._warn_of_class(line)
        elif kind is ListRowKind.OTHER and any(char.isdigit() for char in line.amount_text):
            self._warn_of_unreadable(line)

    def _warn_of_class(self, line: ListRow) -> None:
        if (amount := line.readable_amount()) is not None:
            said = f"{pesos(amount)} of “{quote(line.title)}”"
            self._warn(line, f"{said} is that of a class under no PPA, and is left out.")

    def _warn_of_unreadable(self, line: ListRow) -> None:
        if not line.title and line.readable_amount() is None:
            said = quote(line.amount_text)
            self._warn(line, f"“{said}” has no title and is no amount; it is left out.")

    def _name_above(self) -> None:
        """Money above the headings belongs to no list; the sum of this one may well stand there."""
        whole = sum((amount for _, amount in money_in(self.lines)), Decimal(0))
        first = self.header.row - len(self.header.lines) + 1
        for row in self.sheet.rows:
            if row.number >= first or not holds_amount(row, self.header.amount_column):
                continue
            line = read_line(row, self.header, self.style)
            amount = line.readable_amount()
            if amount is not None and amount != whole:
                said = f"{pesos(amount)} of “{quote(line.title)}”"
                note = self._note(line, f"{said} stands above the headings and is left out.")
                if note not in self.parsed.warnings:
                    self.parsed.warnings.append(note)

    def _take(self, line: ListRow) -> None:
        year = self.years.get(line.number)
        duplicate = self.seen.note(line, self.shown_name, year)
        amount = line.readable_amount()
        if amount is not None and not duplicate:
            self.listed.add(amount)
        problems = [*problems_of(line), *self._problems_of_list(line)]
        problems += self.classes.problem(line, amount)
        problems += [duplicate] if duplicate else []
        if problems or amount is None:
            self.parsed.refused.append(self._note(line, " ".join(problems)))
        else:
            self.accepted.add(amount)
            row = parsed_row(line, self.sheet.name, self.found.number, amount, self._warn)
            self.parsed.rows.append(replace(row, fiscal_year=row.fiscal_year or year))

    def _problems_of_list(self, line: ListRow) -> Iterator[str]:
        if self.header.currency and self.asked.answer("currency") != PESOS:
            yield (
                f"The column of the amounts is in another currency ({self.header.currency}). "
                "Give the amounts in pesos."
            )
        yield from said_beside(line, self.header)
        if not self.sheet.name:
            yield from spread(line, self.header)

    def _check_total(self, line: ListRow) -> None:
        said = line.readable_amount()
        if said is None:
            return
        label = line.title or next(iter(line.all_texts.values()))
        summed, listed = self.accepted.check(label, said), self.listed.check(label, said)
        if summed is not None and listed is not None:
            self._warn(
                line,
                f"“{quote(label)}” says {pesos(said)}, but the accepted rows sum to "
                f"{pesos(summed)}: a difference of {pesos(abs(said - summed))}.",
            )

    def _is_ppa_after_all(self, line: ListRow) -> bool:
        """A title such as "Total Quality" without a code: no guess about money goes unsaid."""
        amount = line.readable_amount()
        if amount is not None and self.listed.is_sum(amount):
            return False
        coded = "code" in self.header.columns or bool(ENDS_AS_TOTAL.fullmatch(line.title))
        taken = "left out; if it is a PPA, give it a code" if coded else "taken as a PPA"
        self._warn(line, f"“{quote(line.title)}” looks like a total and is {taken}.")
        return not coded

    def _warn(self, line: ListRow, reason: str) -> None:
        self.parsed.warnings.append(self._note(line, reason))

    def _note(self, line: ListRow, reason: str) -> RowNote:
        said = f"{self.shown_name}: {reason}" if self.shown_name else reason
        return RowNote(line.number, said, line.readable_amount())
