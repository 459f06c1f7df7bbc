"""The fiscal year of which a list, or a part of it, says that it is (SPEC 13)."""

import re
from collections.abc import Iterable, Mapping, Sequence

from obcms.imports.reading.finding import FoundList
from obcms.imports.reading.header import texts_of
from obcms.imports.reading.kinds import ListRowKind
from obcms.imports.reading.lines import ListRow
from obcms.imports.reading.list_fields import ListField

_YEAR = r"(?P<year>20[0-9]{2})\b(?!\s*(?:[-–/&]|to\b|and\b)\s*(?:20)?[0-9]{2}\b)"
# Of any text, the year that it calls one; of a list's title, its last word.
FISCAL = re.compile(rf"\b(?:[fc]y|(?:fiscal|budget|calendar) year)\s*{_YEAR}", re.IGNORECASE)
_THING = r"(?:budgets?|plans?|programs?|projects?|ppas?|lists?|appropriations?|gaab?|aip|for)"
AT_END = re.compile(rf"(?:^|\b{_THING}\W+){_YEAR}$", re.IGNORECASE)
SECTION = re.compile(
    rf"(?:(?:ppas?|programs?|projects?|budgets?)\W+(?:for|of)?\W*)?(?:[fc]y|fiscal year)?\s*{_YEAR}"
    r"(?:\s+(?:ppas?|programs?|projects?|budgets?|appropriations?))?:?",
    re.IGNORECASE,
)


def year_of_list(found: FoundList) -> int | None:
    """What its headings say, else the nearest title above, else its sheet's name."""
    header = found.header
    if "fiscal_year" in header.columns:
        return None  # each row says it
    first = header.row - len(header.lines) + 1
    above = [row for row in found.sheet.rows if row.number < first]
    titles = (list(texts_of(row).values()) for row in reversed(above))
    heading = header.headings.get(header.columns.get(ListField.AMOUNT, -1), "")
    return next(
        (year for texts in ([heading], *titles, [found.sheet.name]) if (year := _one(texts))), None
    )


def years_of_lists(found: Sequence[FoundList]) -> list[int | None]:
    """The year of each list, where they are of different ones; one alone is of the import's."""
    years = [year_of_list(one) for one in found]
    return years if len(set(years) - {None}) > 1 else [None] * len(years)


def years_of_rows(
    lines: Sequence[tuple[ListRowKind, ListRow]], of_list: int | None
) -> Mapping[int, int]:
    """The year of each row by its number: that of the line above it that says one, or its list's.

    Empty where nothing says one.
    """
    found, year = {}, of_list
    for kind, line in lines:
        texts = list(line.all_texts.values())
        if kind in (ListRowKind.OTHER, ListRowKind.UNFUNDED) and len(texts) == 1:
            said = SECTION.fullmatch(texts[0])
            year = int(said["year"]) if said else year
        if year is not None:
            found[line.number] = year
    return found


def _one(texts: Iterable[str]) -> int | None:
    """The only year that they say."""
    said = {
        int(one["year"])
        for text in texts
        for one in (*FISCAL.finditer(text), *AT_END.finditer(text.strip()))
    }
    return said.pop() if len(said) == 1 else None
