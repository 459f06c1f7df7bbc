"""Which lists of a file are to be read, where one may only sum up another (SPEC 13)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from obcms.imports.answers import OF_LIST
from obcms.imports.reading.doubts import Doubt, GivenAnswers
from obcms.imports.reading.finding import FoundList
from obcms.imports.reading.headings import field_of
from obcms.imports.reading.levels import ALL
from obcms.imports.reading.list_fields import ListField

LOOSE = 2  # the rank of a title's heading that may stand over anything, such as Particulars


def wanted_lists(found: Sequence[FoundList], asked: GivenAnswers) -> frozenset[int] | None:
    """The numbers of the lists that an answer names; None where it is open or names none."""
    numbers = {one.number for one in found}
    sheet, named = asked.answer("sheets"), asked.answer("lists")
    if ALL in (sheet, named):
        return frozenset(numbers)
    of_sheet = {one.number for one in found if one.sheet.name == sheet}
    by_number = {int(text) for text in (named or "").split("+") if text.strip().isdecimal()}
    return frozenset(of_sheet or by_number & numbers) or None


def place_of(one: FoundList, found: Sequence[FoundList]) -> str:
    """Where a list stands, as questions say it; empty where the file has only this one."""
    if len(found) == 1:
        return ""
    row = f"row {one.header.row}"
    return f"Sheet {one.sheet.name}, {row}" if one.sheet.name else f"List from {row}"


def about_lists(found: Sequence[FoundList], sums: Sequence[Decimal]) -> Iterator[Doubt]:
    """Lists of the same sum, one with the sum of all others, and one of something else.

    `sums` are in pesos, each list's as it stands there.
    """
    sheets = [one.sheet.name for one in found]
    same = [pair for pair in combinations(range(len(found)), 2) if _same(sums, pair)]
    summary = next((place for place in range(len(found)) if _sums_up(sums, place)), None)
    if same and len(set(sheets)) == len(sheets):
        readings = (*((name, f"only {name}") for name in sheets), (ALL, "all sheets"))
        yield Doubt("sheets", "Two sheets have the same sum. Which are to be read?", readings)
    elif same:
        question = "Two lists have the same sum. Which are to be read?"
        yield Doubt("lists", question, _readings(found, [[place] for place in range(len(found))]))
    elif summary is not None:
        others = [place for place in range(len(found)) if place != summary]
        question = (
            f"{place_of(found[summary], found)}: this list has the sum of all the others. "
            "Which are to be read?"
        )
        yield Doubt("lists", question, _readings(found, [others, [summary]]))
    elif firm := _of_ppas(found, sums):
        question = "The file has lists of different kinds. Which of them hold the PPAs?"
        rest = [place for place in range(len(found)) if place not in firm]
        yield Doubt("lists", question, _readings(found, [firm, rest]))


def about_years(
    found: Sequence[FoundList], years: Sequence[int | None], wanted: int | None
) -> list[Doubt]:
    """Lists of different years in an import for one year; without one each goes to its own."""
    every = sorted({year for year in years if year}, key=lambda year: (year != wanted, -year))
    if wanted is None or len(every) < 2:
        return []
    choices = [[at for at, one in enumerate(years) if one in (year, None)] for year in every]
    shown = _readings(found, choices)
    said = [f"that of FY {year}: {means}" for year, (_, means) in zip(every, shown, strict=False)]
    question = "The file has lists of different years. Which are to be read?"
    values = [value for value, _ in shown[:-1]]
    return [Doubt("lists", question, (*zip(values, said, strict=True), shown[-1]))]


def is_about_amount(doubt: Doubt) -> bool:
    """Whether it asks which column holds the amount of a list."""
    return doubt.about.partition(OF_LIST)[0] == ListField.AMOUNT


def _same(sums: Sequence[Decimal], pair: tuple[int, int]) -> bool:
    return sums[pair[0]] == sums[pair[1]] != 0


def _sums_up(sums: Sequence[Decimal], place: int) -> bool:
    """Whether the others have as much together; of two lists that is the same sum."""
    return len(sums) > 2 and 0 != sums[place] == sum(sums) - sums[place]


def _of_ppas(found: Sequence[FoundList], sums: Sequence[Decimal]) -> list[int]:
    """The lists headed as PPAs, where others with money are headed as anything; else none."""
    filled = [place for place in range(len(found)) if sums[place]]
    firm = [place for place in filled if _rank(found[place]) < LOOSE]
    return firm if len(firm) < len(filled) else []


def _rank(one: FoundList) -> int:
    named = field_of(one.header.headings.get(one.header.columns[ListField.TITLE], ""))
    return named[1][0] if named else LOOSE


def _readings(
    found: Sequence[FoundList], choices: Sequence[Sequence[int]]
) -> tuple[tuple[str, str], ...]:
    said = [
        (
            "+".join(str(found[place].number) for place in choice),
            "only " + " and ".join(_shown(found[place]) for place in choice),
        )
        for choice in choices
    ]
    return (*said, (ALL, "all lists"))


def _shown(one: FoundList) -> str:
    at = f"the list from row {one.header.row}"
    return f"{at} of sheet {one.sheet.name}" if one.sheet.name else at
