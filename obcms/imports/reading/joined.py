"""PPAs that a list spreads over several rows, one for each class (SPEC 13)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from obcms.imports.reading.header import Header
from obcms.imports.reading.kinds import ListRowKind
from obcms.imports.reading.lines import ListRow
from obcms.imports.reading.list_fields import ListField
from obcms.imports.reading.tables import KindAndRow
from obcms.kernel.intake.limits import MAX_ROWS
from obcms.kernel.intake.table import Sheet
from obcms.kernel.rules.folding import code_key, search_form


def join_rows(
    lines: Sequence[KindAndRow], merged: Mapping[int, int]
) -> Iterator[tuple[ListRowKind, ListRow, tuple[int, ...]]]:
    """Each row with the numbers of the rows that were joined with it; those are left out.

    A title without amount above lines of classes has their sum. So has one title with a row for
    each class, whether it is repeated, merged over the rows or stands in the first. `merged` has
    the rows that a merged title covers, each with its first.
    """
    skipped: set[int] = set()
    parts = _rows_of_one(lines)
    for first, joined in _under_merged_titles(lines, merged).items():
        parts.setdefault(first, joined)
    for place, (kind, line) in enumerate(lines):
        if line.number in skipped:
            continue
        below = (
            _classes_below(lines, place)
            if kind in (ListRowKind.OTHER, ListRowKind.UNFUNDED)
            else []
        )
        joined = below or parts.get(place, [])
        if joined:
            skipped.update(one.number for one in joined)
            whole = joined if below else [line, *joined]
            yield ListRowKind.PPA, _summed(line, whole), tuple(one.number for one in whole)
        else:
            yield kind, line, ()


def merged_rows(sheet: Sheet, header: Header) -> dict[int, int]:
    """The rows that a title merged downwards covers, each with its first."""
    title = header.columns[ListField.TITLE]
    covered = (
        (row, block.first_row)
        for block in sheet.merged
        if block.first_column <= title <= block.last_column
        for row in range(block.first_row + 1, block.last_row + 1)
    )
    return dict(islice(covered, MAX_ROWS))


def _classes_below(lines: Sequence[KindAndRow], place: int) -> list[ListRow]:
    line = lines[place][1]
    if not line.title or line.says_amount():
        return []
    found = []
    for kind, below in map(lines.__getitem__, range(place + 1, len(lines))):  # no copy
        if kind is not ListRowKind.CLASS or below.readable_amount() is None:
            break
        found.append(below)
    return found


def _rows_of_one(lines: Sequence[KindAndRow]) -> dict[int, list[ListRow]]:
    """By the place of the first row, the others of the same PPA in other classes."""
    firsts: dict[tuple[str, ...], int] = {}
    found: dict[int, list[ListRow]] = {}
    taken: dict[int, set[object]] = {}
    before: int | None = None
    for place, (kind, line) in enumerate(lines):
        own = line.readable_class()
        has_money = (
            kind in (ListRowKind.PPA, ListRowKind.BARE_AMOUNT)
            and line.readable_amount() is not None
        )
        if not has_money or own is None:
            before = place if kind is ListRowKind.PPA and line.title else None
            continue
        key = (search_form(line.title), code_key(line.code), code_key(line.moa() or ""))
        first = firsts.setdefault(key, place) if line.title else before
        if first is None or first == place:
            before = place if line.title else None
            taken.setdefault(place, {own})
            continue
        classes = taken.setdefault(first, {lines[first][1].readable_class()})
        if own in classes or None in classes or (line.code and not line.title):
            continue
        classes.add(own)
        found.setdefault(first, []).append(line)
    return found


def _under_merged_titles(
    lines: Sequence[KindAndRow], merged: Mapping[int, int]
) -> dict[int, list[ListRow]]:
    """By the place of the first row, the amounts that a title merged over them covers."""
    places = {
        line.number: place for place, (kind, line) in enumerate(lines) if kind is ListRowKind.PPA
    }
    found: dict[int, list[ListRow]] = {}
    for kind, line in lines:
        first = places.get(merged.get(line.number, 0))
        if kind is ListRowKind.BARE_AMOUNT and first is not None:
            found.setdefault(first, []).append(line)
    return found


def _summed(line: ListRow, parts: Sequence[ListRow]) -> ListRow:
    amounts = [amount for part in parts if (amount := part.readable_amount()) is not None]
    return replace(line, whole=sum(amounts), classless=len(parts) > 1)
