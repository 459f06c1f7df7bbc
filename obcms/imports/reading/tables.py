"""Another table below a list, under headings that are not those of PPAs (SPEC 13)."""

from collections.abc import Sequence
from decimal import Decimal

from obcms.imports.reading.doubts import LEAVE, READ, Doubt
from obcms.imports.reading.header import Header
from obcms.imports.reading.kinds import ListRowKind, is_header, is_plain
from obcms.imports.reading.lines import NO_CODE, ListRow

KindAndRow = tuple[ListRowKind, ListRow]


def split(
    lines: Sequence[KindAndRow], header: Header
) -> tuple[Sequence[KindAndRow], Sequence[KindAndRow]]:
    """The list's own rows, and those from the heading of another table on."""
    for place in range(1, len(lines) - 1):
        if _begins_another(lines, place, header):
            return lines[:place], lines[place:]
    return _after_total(lines)


def _after_total(lines: Sequence[KindAndRow]) -> tuple[Sequence[KindAndRow], Sequence[KindAndRow]]:
    """Rows below the total of everything, such as the ceiling and what is left of it."""
    totals = [place for place, (kind, _) in enumerate(lines) if kind is ListRowKind.TOTAL]
    if not totals:
        return lines, []
    own, below = lines[: totals[-1]], lines[totals[-1] + 1 :]
    listed = sum((amount for _, amount in money_in(own)), Decimal(0))
    is_of_all = lines[totals[-1]][1].readable_amount() == listed != 0
    money = [line for line, _ in money_in(below) if line.title]
    if not is_of_all or not money or not all(map(is_plain, money)):
        return lines, []
    rest = next(place for place, (_, line) in enumerate(lines) if line is money[0])
    return lines[:rest], lines[rest:]


def about_table(own: Sequence[KindAndRow], below: Sequence[KindAndRow]) -> Doubt | None:
    """What has to be asked; nothing where the table only sums up the list."""
    listed = sum((amount for _, amount in money_in(own)), Decimal(0))
    if not below or listed == sum((amount for _, amount in money_in(below)), Decimal(0)):
        return None
    heading = below[0][1]
    said = ", ".join(heading.all_texts.values())
    question = f"Row {heading.number} begins another table ({said}). Are its rows PPAs too?"
    if heading.says_amount() and heading.readable_amount() is not None:
        question = f"Row {heading.number} stands below the total ({said}). Is it a PPA too?"
    rows = tuple(line.number for line, _ in money_in(below))
    return Doubt("tables", question, ((LEAVE, "no, left out"), (READ, "yes, read")), rows)


def money_in(lines: Sequence[KindAndRow]) -> list[tuple[ListRow, Decimal]]:
    """The rows with an amount that are no totals."""
    return [
        (line, amount)
        for kind, line in lines
        if kind is not ListRowKind.TOTAL and (amount := line.readable_amount()) is not None
    ]


def _begins_another(lines: Sequence[KindAndRow], place: int, header: Header) -> bool:
    (kind_above, above), (_, line), (_, under) = lines[place - 1 : place + 2]
    texts, amount = line.all_texts.values(), line.amount_text
    if len(texts) < 2 or any(char.isdigit() for text in texts for char in text):
        return False
    # An amount that is a word, such as "for approval", stands in the midst of a list.
    is_apart = line.number > above.number + 1 or kind_above in (
        ListRowKind.TOTAL,
        ListRowKind.SIGNATURE,
    )
    is_apart = is_apart or (len(above.all_texts) == 1 and kind_above is ListRowKind.OTHER)
    if not (is_apart and amount) or amount.casefold() in NO_CODE or is_header(line, header):
        return False
    return under.readable_amount() is not None and bool(money_in(lines[:place]))
