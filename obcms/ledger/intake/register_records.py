"""What a register of entries would post: every row judged, in order of date and kind (SPEC 6)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from obcms.imports.declared import ImportDefaults, Records
from obcms.imports.outcome import PlannedRow, RowKind
from obcms.kernel.errors import ObcmsError
from obcms.kernel.formats import peso
from obcms.kernel.permissions import Actor
from obcms.ledger.hold import BalanceKey
from obcms.ledger.intake.register_file import RegisterFile, RegisterRow
from obcms.ledger.intake.register_judge import Judge, Planned
from obcms.ledger.intake.register_ledger import Ledger
from obcms.ledger.intake.register_lines import RegisterLines
from obcms.ledger.intake.register_rows import SaidEntry, is_advance, read_row
from obcms.ledger.models import BudgetLine
from obcms.ledger.refusals import refused
from obcms.ledger.rules.choices import EntryKind, Refusal

SHOWN = {
    "entry_date": "Posted on",
    "kind": "Kind",
    "line": "Line",
    "appropriation_class": "Class",
    "amount": "Amount",
}
POSTINGS = "postings"
_ORDER = list(EntryKind)


@dataclass(frozen=True)
class Posting:
    """One entry of a row: where it is posted, what was said of it, and what that makes of it.

    `office` is where an advance is paid. What is `planned` is of this session alone, so that two
    previews are told apart by the rest.
    """

    key: BalanceKey
    office: int | None
    ors: str
    dv: str
    given: Mapping[str, Any]
    planned: Planned | None = field(repr=False)


class RegisterRecords(Records):
    """All rows are judged together: what frees money on a day may stand after what takes it."""

    def __init__(self, actor: Actor, parsed: RegisterFile, given: ImportDefaults) -> None:
        self._actor = actor
        self._found: dict[int, PlannedRow | ObcmsError] = {}
        read = list(self._readable(parsed.rows, given))
        ledger = Ledger([one for parts in read for one in parts])
        pending = [parts for parts in read if not self._is_there(ledger, parts)]
        pending.sort(key=lambda parts: (parts[0].day, _ORDER.index(parts[0].kind), parts[0].row))
        judge = Judge(ledger)
        for _, of_the_day in groupby(pending, key=lambda parts: parts[0].day):
            self._judge_day(judge, list(of_the_day))

    def ordered(self, rows: Sequence[RegisterRow]) -> Iterable[RegisterRow]:
        """Those that can be posted in the order of posting."""
        places = {number: place for place, number in enumerate(self._found)}
        return sorted(rows, key=lambda row: places[row.row])

    def plan(self, row: RegisterRow) -> PlannedRow:
        """The verdict on the row. Raises Invalid with a code and, for money, what is free."""
        found = self._found[row.row]
        if isinstance(found, ObcmsError):
            raise found
        return found

    def _readable(
        self, rows: Sequence[RegisterRow], given: ImportDefaults
    ) -> Iterator[Sequence[SaidEntry]]:
        """What each row of the file says, and where: one entry, or those of an opening balance."""
        lines = RegisterLines(self._actor, [part for row in rows for part in row.parts], given)
        for row in rows:
            try:
                yield [read_row(self._actor, one, lines.named_by(one)) for one in row.parts]
            except ObcmsError as error:
                self._found[row.row] = error

    def _is_there(self, ledger: Ledger, parts: Sequence[SaidEntry]) -> bool:
        """Whether the ledger has it, or another one in its place."""
        there = [ledger.like[one.like] > 0 for one in parts]
        if all(there):
            ledger.like.subtract(one.like for one in parts)
            self._found[parts[0].row] = _planned_row(parts, RowKind.UNCHANGED)
        elif any(there):
            message = "The ledger has another opening balance of this ORS. A NORSA adjusts it."
            self._found[parts[0].row] = refused(Refusal.DOUBLE, message)
        return any(there)

    def _judge_day(self, judge: Judge, waiting: Sequence[Sequence[SaidEntry]]) -> None:
        """Limits hold at a day's end: what does not fit yet is asked again after the others."""
        while waiting:
            left = []
            for parts in waiting:
                try:
                    planned = judge.accept_all(parts)
                except ObcmsError as error:
                    left.append(parts)
                    self._found.pop(parts[0].row, None)
                    self._found[parts[0].row] = error
                else:
                    self._found.pop(parts[0].row, None)
                    self._found[parts[0].row] = _planned_row(parts, RowKind.NEW, planned)
            if len(left) == len(waiting):
                return
            waiting = left


def _planned_row(
    parts: Sequence[SaidEntry], kind: RowKind, planned: Sequence[Planned | None] = ()
) -> PlannedRow:
    first = parts[0]
    postings = tuple(
        Posting(one.key, _office_of_advance(one), one.ors, one.dv, one.given, made)
        for one, made in zip(parts, planned or [None] * len(parts), strict=True)
    )
    shown = {name: first.given.get(name) for name in SHOWN}
    shown |= {"kind": _kind_of(parts, planned), "line": _line_of(first.line)}
    payee = planned[0].drafts[0].more["payee"] if planned else first.given["payee"]
    values = {POSTINGS: postings}
    return PlannedRow(first.row, kind, first.given["reference"], payee, shown, values=values)


def _kind_of(parts: Sequence[SaidEntry], planned: Sequence[Planned]) -> str:
    """As people call it, with what an opening balance holds besides its obligation."""
    if len(parts) > 1:
        _, due, *paid = (peso(one.given["amount"]) for one in parts)
        return f"Opening balance, {due} due, {paid[0] if paid else 'nothing'} paid"
    label = parts[0].kind.label
    is_beyond = bool(planned) and planned[0].drafts[0].is_overridden
    return f"{label}, recorded beyond the limit" if is_beyond else label


def _line_of(line: BudgetLine) -> str:
    return f"{line.act.number}, {line.title}"


def _office_of_advance(said: SaidEntry) -> int | None:
    return said.line.organization_id if is_advance(said.given) else None
