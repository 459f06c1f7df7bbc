"""Which column of a list holds what, by the headings over it (SPEC 13)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from obcms.imports.answers import NOWHERE
from obcms.imports.reading.doubts import FIELDS, GivenAnswers
from obcms.imports.reading.header import Header, texts_of
from obcms.imports.reading.headings import ENDED, field_of, has_odd_brackets, is_planned, level_of
from obcms.imports.reading.list_fields import ListField
from obcms.imports.reading.money import Amounts, choose, columns_named
from obcms.imports.reading.paths import Path, said
from obcms.imports.reading.said_units import currency_of_list, unit_of_list, with_line_below
from obcms.imports.reading.words import is_other
from obcms.kernel.intake.amounts import foreign_currency
from obcms.kernel.intake.table import Row, Sheet

REQUIRED = {ListField.TITLE: "the PPA’s title", ListField.AMOUNT: "its budget"}


@dataclass(frozen=True, slots=True)
class Found:
    """Rows that may be a header, and what their columns would be; `known` is how many of them."""

    rows: Sequence[Row]
    paths: Sequence[Path]
    columns: Mapping[str, int]
    amounts: Amounts
    known: int

    @property
    def missing(self) -> tuple[str, ...]:
        """What a list cannot do without and these headings do not have."""
        return tuple(name for name in REQUIRED if name not in self.columns)

    def heading(self, name: str) -> str:
        """What stands over the field's column."""
        return said(self.paths[self.columns[name]])


def meaning(rows: Sequence[Row], paths: Sequence[Path], sheet: Sheet, asked: GivenAnswers) -> Found:
    """What the columns under these headings hold, as the answers say."""
    columns = _match(paths, sheet.hidden_columns)
    for key, name in FIELDS.items():
        if letter := asked.answer(key):
            columns.pop(name, None)
            if letter != NOWHERE and (named := columns_named(letter, len(paths))):
                columns[name] = named[0]
    amounts = choose(paths, sheet.hidden_columns, asked)
    if amounts.columns:
        columns[ListField.AMOUNT] = amounts.columns[0]
    other = sum(is_other(said(path)) for path in paths if said(path))
    return Found(rows, paths, columns, amounts, len(columns) + amounts.seen + other)


def _match(paths: Sequence[Path], hidden: frozenset[int]) -> dict[str, int]:
    """The best column of each field but the amount; the first of equals."""
    best: dict[str, tuple[bool, tuple[int, int], bool, int]] = {}
    for index, path in enumerate(paths):
        texts = tuple(text for text in path if not is_planned(text))
        if not texts or any(ENDED.search(text.casefold()) for text in texts):
            continue
        under = texts[-1]
        names = (said(texts), under) if under else (said(texts), *reversed(texts[:-1]))
        found = next((found for name in names if name and (found := field_of(name))), None)
        if found is None or found[0] == ListField.AMOUNT:
            continue
        name, rank = found
        place = (index in hidden, rank, has_odd_brackets(said(path)), index)
        best[name] = min(best.get(name, place), place)
    return {name: index for name, (*_, index) in best.items()}


def header_of(sheet: Sheet, found: Found, window: range) -> Header:
    """The list's header; its columns are those within the window."""
    rows, columns = found.rows, dict(found.columns)
    named = [said(path) for path in found.paths]
    header = Header(
        row=rows[-1].number,
        columns=columns,
        unit=1,
        unnamed={name: _unnamed_after(named, index) for name, index in columns.items()},
        lines=[texts_of(row) for row in rows],
        amounts=found.amounts.columns,
        parts=found.amounts.parts,
        levels=_levels(found, sheet.hidden_columns),
        headings={index: name for index, name in enumerate(named) if name and index in window},
        window=window,
        doubts=found.amounts.doubts,
    )
    header = with_line_below(sheet, header)
    unit, source = unit_of_list(
        sheet, found.paths[columns[ListField.AMOUNT]], rows[0].number, header
    )
    texts = [text for column in header.amounts for text in found.paths[column]]
    texts.append(header.headings.get(columns[ListField.AMOUNT], ""))
    foreign = next((sign for text in texts if (sign := foreign_currency(text))), "")
    foreign = foreign or currency_of_list(sheet, rows[0].number, header)
    return replace(header, unit=unit, unit_from=source, currency=foreign)


def _levels(found: Found, hidden: frozenset[int]) -> tuple[int, ...]:
    """Columns such as Program, Project, Activity, each a level below the one before."""
    said_levels = [
        (index, level)
        for index, path in enumerate(found.paths)
        if index not in hidden and (level := level_of(said(path))) is not None
    ]
    ranks = [level for _, level in said_levels]
    is_ladder = len(ranks) > 1 and ranks == sorted(set(ranks))
    inside = found.columns[ListField.TITLE] in [index for index, _ in said_levels]
    return tuple(index for index, _ in said_levels) if is_ladder and inside else ()


def _unnamed_after(names: Sequence[str], index: int) -> range:
    end = next((i for i in range(index + 1, len(names)) if names[i]), len(names) + 1)
    return range(index + 1, end)
