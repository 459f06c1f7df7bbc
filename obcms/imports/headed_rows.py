"""Whose the rows of a file are by what stands over them: lines, titles and the sheet's name."""

from bisect import bisect
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from obcms.imports.ministries import Ministries
from obcms.imports.reading.parsed import Headline, ParsedFile, ParsedRow
from obcms.organizations.models import Organization


@dataclass(frozen=True, slots=True)
class Over:
    """A text over rows of a file, where it stands, and the ministry that it names."""

    row: int
    text: str
    moa: Organization


class HeadedRows:
    """What names a ministry over each row of a file."""

    def __init__(self, ministries: Ministries, parsed: ParsedFile) -> None:
        self.ministries = ministries
        lines = [one for one in parsed.headlines if not one.is_title]
        self.lines = _by_list(lines, self._named_by(lines))
        titles = [one for one in parsed.headlines if one.is_title]
        self.titles = _by_list(titles, [ministries.in_title(one.text) for one in titles])
        self.sheets = self._sheets({row.sheet for row in parsed.rows})
        self.last_rows: dict[str, dict[int, int]] = defaultdict(dict)
        for row in parsed.rows:
            self.last_rows[row.sheet][row.list_number] = row.row

    def over(self, row: ParsedRow) -> Sequence[Over]:
        """What says whose the row is: the nearest line above it, else its sheet and titles."""
        lines = self.lines[row.list_number]
        if above := bisect(lines, row.row, key=lambda one: one.row):
            return lines[above - 1 : above]
        return [*self.sheets.get(row.sheet, []), *self._titles(row)]

    def _titles(self, row: ParsedRow) -> Sequence[Over]:
        """Those of its own list, where another list stands between them and the top."""
        titles = self.titles[row.list_number]
        before = self.last_rows[row.sheet].items()
        last = max((at for number, at in before if number < row.list_number), default=0)
        return [one for one in titles if one.row > last] or titles

    def _named_by(self, lines: Sequence[Headline]) -> list[Organization | None]:
        """A name such as Public Works may be any heading, unless several lines are ministries."""
        bare = [self.ministries.in_line(one.text, is_one_of_many=True) for one in lines]
        if len({one.id for one in bare if one}) > 1:
            return bare
        return [self.ministries.in_line(one.text) for one in lines]

    def _sheets(self, names: set[str]) -> dict[str, list[Over]]:
        bare = {name: self.ministries.in_sheet(name, is_one_of_many=True) for name in names}
        are_many = len({one.id for one in bare.values() if one}) > 1
        found = bare if are_many else {name: self.ministries.in_sheet(name) for name in names}
        return {name: [Over(0, name, moa)] for name, moa in found.items() if moa}


def _by_list(
    lines: Sequence[Headline], named: Sequence[Organization | None]
) -> defaultdict[int, list[Over]]:
    found: defaultdict[int, list[Over]] = defaultdict(list)
    for line, moa in zip(lines, named, strict=True):
        if moa is not None:
            found[line.list_number].append(Over(line.row, line.text, moa))
    return found
