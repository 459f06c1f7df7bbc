"""Which of the columns that hold money is the PPA's amount (SPEC 13)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from openpyxl.utils import column_index_from_string, get_column_letter

from obcms.imports.answers import NOWHERE
from obcms.imports.reading.classes import parse_class
from obcms.imports.reading.doubts import Doubt, GivenAnswers
from obcms.imports.reading.headings import field_of, key_of
from obcms.imports.reading.list_fields import ListField
from obcms.imports.reading.paths import Path, said
from obcms.imports.reading.words import is_about_people, is_other
from obcms.kernel.intake.amounts import foreign_currency
from obcms.ppas.rules.choices import AppropriationClass

YEAR = re.compile(r"\b(?:[FC]Y ?)?(20[0-9]{2})\b", re.IGNORECASE)
BARE_TOTAL = re.compile(r"(?:grand |over ?all )?totals?")
FIRM, PLAIN, LOOSE, BARE = range(4)


@dataclass(frozen=True, slots=True)
class MoneyColumn:
    """A column of planned money: of a class or of all, of a year or none; rank 0 is the surest."""

    column: int
    part: AppropriationClass | None
    year: int | None
    rank: int
    is_total: bool


@dataclass(frozen=True, slots=True)
class Amounts:
    """The columns whose sum is the amount, and those of its classes beside a total.

    `seen` counts all that hold planned money.
    """

    columns: tuple[int, ...] = ()
    parts: Mapping[AppropriationClass, int] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()
    seen: int = 0


def money_of(column: int, path: Path) -> MoneyColumn | None:
    """What the column holds, if it is planned money."""
    texts = [text for text in path if text]
    if not texts:
        return None
    part = _class_of(texts[-1])
    others = texts[:-1] if part else texts
    if any(is_other(text) and _class_of(text) is None for text in others):
        return None
    ranks = [
        found[1][0] for text in others if (found := field_of(text)) and found[0] == ListField.AMOUNT
    ]
    last = key_of(texts[-1])
    is_total = bool(BARE_TOTAL.fullmatch(last))
    is_whole = part is None and not (ranks and _ends_well(texts[-1], last))
    is_year = bool(YEAR.fullmatch(last)) and len(texts) == 1
    if is_whole and not is_year and (field_of(said(path)) or ("", ()))[0] != ListField.AMOUNT:
        return None
    rank = min(ranks, default=PLAIN)
    whole = field_of(said(tuple(others)))
    if whole and whole[1][0] == LOOSE and not is_total:
        rank = LOOSE  # as Proposed makes of the Budget above it
    if (is_total and len(ranks) <= 1) or is_year:
        rank = BARE
    years = [int(year) for text in texts for year in YEAR.findall(text)]
    return MoneyColumn(column, part, years[-1] if years else None, rank, is_total)


def _ends_well(text: str, key: str) -> bool:
    """The lowest heading is money itself, a year, or only says the unit."""
    found = field_of(text)
    return not key or bool(YEAR.fullmatch(key)) or bool(found and found[0] == ListField.AMOUNT)


def _class_of(text: str) -> AppropriationClass | None:
    try:
        return parse_class(key_of(text))
    except ValueError:
        return None


def choose(paths: Sequence[Path], hidden: frozenset[int], asked: GivenAnswers) -> Amounts:
    """The columns of the PPA's amount among all; none where there is no such column."""
    named = asked.answer(ListField.AMOUNT)
    if named:
        columns = columns_named(named, len(paths))
        return Amounts(columns, seen=len(columns))
    every = [money for column, path in enumerate(paths) if (money := money_of(column, path))]
    every = [money for money in every if not _counts_people(money, paths)]
    every = [money for money in every if not foreign_currency(said(paths[money.column]))] or every
    shown = [money for money in every if money.column not in hidden]
    found, doubts = _of_year(shown or every, paths, asked)
    parts = {money.part: money.column for money in found if money.part}
    whole = [money for money in found if not money.part]
    if len(parts) < 2:
        whole = whole or [money for money in found if money.part]
        parts = {}
    if parts:
        whole = [money for money in whole if _is_whole_of(money, parts)] or whole
    if not whole:
        return Amounts(tuple(sorted(parts.values())), {}, doubts, len(every))
    best = min(money.rank for money in whole)
    surest = [money for money in whole if money.rank == best]
    if len(surest) > 1 and not doubts:
        doubts = (_which(surest, paths),)
    chosen = max(surest, key=lambda money: (money.year or 0, -money.column))
    return Amounts((chosen.column,), parts, doubts, len(every))


def _of_year(
    found: list[MoneyColumn], paths: Sequence[Path], asked: GivenAnswers
) -> tuple[list[MoneyColumn], tuple[Doubt, ...]]:
    """Those of the import's year where columns name years."""
    years = {money.year for money in found if money.year}
    undated = [money for money in found if not money.year]
    if all(money.rank == BARE for money in found if money.year):
        # Figures under nothing but years may be of anything where a budget stands beside them.
        surer = [money for money in undated if money.rank < BARE or money.part]
        if surer:
            return undated, ()
    if asked.fiscal_year in years:
        return [money for money in found if money.year == asked.fiscal_year], ()
    if not years or (asked.fiscal_year and undated):
        return undated or found, ()
    if len(years) > 1 or (asked.fiscal_year and not undated):
        dated = [money for money in found if money.year]
        if any(money.rank < min(one.rank for one in dated) for money in undated):
            return undated, ()
        latest = max(years)
        whole = [money for money in dated if not money.part]
        doubt = _which(whole or dated, paths)
        return [money for money in found if money.year == latest], (doubt,)
    return found, ()


def _is_whole_of(money: MoneyColumn, parts: Mapping[AppropriationClass, int]) -> bool:
    """A total right of the classes; what stands elsewhere may be money of another kind."""
    return money.is_total and money.column > min(parts.values())


def _counts_people(money: MoneyColumn, paths: Sequence[Path]) -> bool:
    """A bare total right of figures about people is theirs."""
    left = said(paths[money.column - 1]) if money.column else ""
    return money.rank == BARE and is_about_people(left)


def _which(found: Sequence[MoneyColumn], paths: Sequence[Path]) -> Doubt:
    readings = tuple(
        (get_column_letter(money.column + 1), said(paths[money.column])) for money in found
    )
    return Doubt(ListField.AMOUNT, "Which column is the PPA’s budget?", readings)


def columns_named(named: str, width: int) -> tuple[int, ...]:
    """Columns by their letters, joined by + where they are added up; none for what has no column.

    `named` is as `Answers.parse` lets it be.
    """
    if named == NOWHERE:
        return ()
    columns = tuple(column_index_from_string(letter.upper()) - 1 for letter in named.split("+"))
    return columns if max(columns) < width else ()
