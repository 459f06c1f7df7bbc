"""Where a sheet's lists begin and end: below one another and side by side (SPEC 13)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from obcms.imports.reading.columns import REQUIRED, Found, header_of, meaning
from obcms.imports.reading.doubts import FIELDS, NOTHING_ANSWERED, GivenAnswers
from obcms.imports.reading.header import Header, texts_of
from obcms.imports.reading.headings import field_of
from obcms.imports.reading.list_fields import ListField
from obcms.imports.reading.paths import Path, names_of, paths_of, said
from obcms.imports.reading.said_units import carries_money, holds_amount
from obcms.imports.reading.units import unit_in_note
from obcms.kernel.errors import Invalid
from obcms.kernel.intake.limits import MAX_COLUMNS
from obcms.kernel.intake.table import Row, Sheet
from obcms.kernel.rules.folding import search_form

LAST_SEARCHED_ROW = 300
MOST_HEADING_ROWS = 3
# Rows without such a word are not looked at further, as there may be thousands of them.
MONEY = re.compile(
    r"amount|budget|appropriation|allotment|allocation|cost|total|requirement|badyet|halaga|pondo",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FoundList:
    """A list with the part of its sheet that belongs to it, and its place in the file, from 1.

    `missing` names what no column holds, because an answer says so; the header is then the one
    that the file itself would have.
    """

    number: int
    sheet: Sheet
    header: Header
    missing: tuple[str, ...] = ()


def find_lists(sheets: Sequence[Sheet], asked: GivenAnswers = NOTHING_ANSWERED) -> list[FoundList]:
    """Every list of the sheets, in order.

    What the file alone says decides where lists are; answers decide what their columns hold. Only
    where no list is found by its own headings may the columns named by answers make one.
    """
    by_itself = GivenAnswers(asked.fiscal_year)
    places = [place for sheet in sheets for place in _places(sheet, by_itself)]
    if not places:
        places = [place for sheet in sheets for place in _places(sheet, asked)]
    return [_found_list(number, *place, asked) for number, place in enumerate(places, 1)]


def no_header(sheets: Sequence[Sheet], asked: GivenAnswers) -> Invalid:
    """The refusal of a file without a header, naming what comes nearest to one."""
    named = {key: letter for key in (ListField.AMOUNT, *FIELDS) if (letter := asked.answer(key))}
    if named:
        listed = ", ".join(f"{key}={letter}" for key, letter in named.items())
        return Invalid(
            f"The list has no such columns, or none for title and amount: {listed}.", "file"
        )
    message = (
        "No header row was found. The file needs a row that names at least a column with the "
        "PPA’s title and one with its budget."
    )
    every = [found for sheet in sheets for found in _candidates(sheet, NOTHING_ANSWERED)]
    nearest = max(every, key=lambda found: len(found.columns), default=None)
    if nearest and nearest.columns:
        columns = nearest.columns
        names = ", ".join(f"“{said(nearest.paths[index])}”" for index in sorted(columns.values()))
        missing = " and ".join(REQUIRED[name] for name in nearest.missing)
        message += f" Row {nearest.rows[-1].number} names {names}, but no column for {missing}."
    return Invalid(message, "file")


def _found_list(
    number: int, part: Sheet, by_itself: Found, window: range, asked: GivenAnswers
) -> FoundList:
    answered = meaning(by_itself.rows, by_itself.paths, part, asked.of_list(number))
    header = header_of(part, by_itself if answered.missing else answered, window)
    return FoundList(number, part, header, answered.missing)


def _places(sheet: Sheet, asked: GivenAnswers) -> Iterator[tuple[Sheet, Found, range]]:
    """Each list's part of the sheet, its headings, and its columns."""
    below = _below_one_another(sheet, asked)
    for part, found in zip(_parts(sheet, below), below, strict=True):
        windows = _windows(found)
        if len(windows) < 2:
            yield part, found, range(MAX_COLUMNS)
            continue
        for window in windows:
            yield part, meaning(found.rows, _within(found.paths, window), part, asked), window


def _below_one_another(sheet: Sheet, asked: GivenAnswers) -> list[Found]:
    """The headings of each list, from the top down."""
    complete = [found for found in _candidates(sheet, asked) if not found.missing]
    if not complete:
        return []
    # The one that names the most columns may stand anywhere; what else is a heading is only that.
    best = max(complete, key=lambda found: found.known)
    chosen = [best]
    for found in sorted(filter(_is_only_heading, complete), key=lambda one: -one.known):
        if all(_is_apart(sheet, found, other) for other in chosen):
            chosen.append(found)
    chosen.sort(key=_first)
    return [
        found
        for place, found in enumerate(chosen)
        if place == 0 or not _goes_on(sheet, chosen[place - 1], found)
    ]


def _candidates(sheet: Sheet, asked: GivenAnswers) -> Iterator[Found]:
    """Each row that may be the header, then each two and three rows one below the other."""
    searched = [row for row in sheet.rows if row.number <= LAST_SEARCHED_ROW or _has_words(row)]
    for count in range(1, MOST_HEADING_ROWS + 1):
        for start in range(len(searched) - count + 1):
            rows = searched[start : start + count]
            if rows[-1].number - rows[0].number != count - 1:
                continue
            if count > 1 and not any(names_of(row, lower=True) for row in rows[1:]):
                continue
            # What carries money below a heading's first row is a row of the list.
            if not any(carries_money(row) for row in rows[1:]):
                yield meaning(rows, paths_of(sheet, rows), sheet, asked)


def _has_words(row: Row) -> bool:
    """Whether a row far down may be a heading: a title's and an amount's name stand in it."""
    if not any(isinstance(cell, str) and MONEY.search(cell) for cell in row.cells):
        return False
    fields = {found[0] for text in texts_of(row).values() if (found := field_of(text))}
    return REQUIRED.keys() <= fields


def _is_only_heading(found: Found) -> bool:
    """Whether nothing but texts and years stands in its rows, and each row says something.

    One class alone makes no heading: a row “Projects, MOOE” may stand in the midst of a list.
    """
    amounts = found.amounts
    named = [field_of(text) for text in found.paths[found.columns[ListField.AMOUNT]] if text]
    is_named = any(one and one[0] == ListField.AMOUNT for one in named)
    if not is_named and len(amounts.columns) + len(amounts.parts) < 2:
        return False
    names = [[name for name in names_of(row, lower=True) if name] for row in found.rows]
    return all(
        0 < len(said_there) == len(texts_of(row))
        for said_there, row in zip(names, found.rows, strict=True)
    )


def _is_apart(sheet: Sheet, found: Found, other: Found) -> bool:
    """Whether rows with money stand between them, so that neither is a part of the other."""
    above, below = sorted((found, other), key=_first)
    between = (row for row in sheet.rows if _last(above) < row.number < _first(below))
    return any(_is_of_list(row, above) for row in between)


def _is_of_list(row: Row, found: Found) -> bool:
    return holds_amount(row, found.columns[ListField.AMOUNT]) or carries_money(row)


def _goes_on(sheet: Sheet, above: Found, below: Found) -> bool:
    """Whether the same headings stand there again, as after a page break, in the same unit."""
    same = above.columns == below.columns and all(
        search_form(above.heading(name)) == search_form(below.heading(name)) for name in REQUIRED
    )
    titles = (row for row in _titles(sheet, above, below) for row in texts_of(row).values())
    return same and not any(unit_in_note(title) for title in titles)


def _titles(sheet: Sheet, above: Found, below: Found) -> list[Row]:
    """The rows over the lower headings that belong to them: those after the list and its notes."""
    between = [row for row in sheet.rows if _last(above) < row.number < _first(below)]
    last = max(
        (row.number for row in between if _is_of_list(row, above)),
        default=_last(above),
    )
    titles = [row for row in between if row.number > last]
    for row in between:
        if row.number == last + 1:
            last = row.number
    # Without a blank row after the list nothing tells its notes from the next one's titles.
    return [row for row in titles if row.number > last] or titles


def _parts(sheet: Sheet, lists: Sequence[Found]) -> Iterator[Sheet]:
    """For each list the sheet without the rows of the others; all have the titles at the top."""
    if len(lists) < 2:
        yield from [sheet] * len(lists)
        return
    top = [row for row in sheet.rows if row.number < _first(lists[0])]
    begins = [0, *(_begin(sheet, one, two) for one, two in pairwise(lists))]
    for begin, end in zip(begins, [*begins[1:], None], strict=True):
        own = [row for row in sheet.rows if begin <= row.number < (end or row.number + 1)]
        yield replace(sheet, rows=tuple(own if begin == 0 else [*top, *own]))


def _begin(sheet: Sheet, above: Found, below: Found) -> int:
    return min((row.number for row in _titles(sheet, above, below)), default=_first(below))


def _first(found: Found) -> int:
    return found.rows[0].number


def _last(found: Found) -> int:
    return found.rows[-1].number


def _windows(found: Found) -> list[range]:
    """The columns of each list where the same headings begin again to the right."""
    title, amount = (search_form(found.heading(name)) for name in REQUIRED)
    names = [search_form(said(path)) for path in found.paths]
    starts = [index for index, name in enumerate(names) if name == title]
    if len(starts) < 2 or names.count(amount) < len(starts):
        return []
    first = _first_of(found, starts)
    width = starts[1] - starts[0]
    begins = [start - (starts[0] - first) for start in starts]
    if any(start - begin > width for start, begin in zip(starts, begins, strict=True)):
        return []
    return [
        range(begin, end) for begin, end in zip(begins, [*begins[1:], MAX_COLUMNS], strict=True)
    ]


def _first_of(found: Found, starts: list[int]) -> int:
    """A list begins left of its title where a number or code stands there."""
    left = [index for name, index in found.columns.items() if index < starts[0]]
    return min([*left, starts[0]])


def _within(paths: Sequence[Path], window: range) -> list[Path]:
    empty = ("",) * len(paths[0])
    return [path if index in window else empty for index, path in enumerate(paths)]
