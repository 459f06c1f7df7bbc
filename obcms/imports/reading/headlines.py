"""The lines over a list's rows, from which people see whose rows these are (SPEC 13)."""

from collections.abc import Collection, Iterator, Sequence
from itertools import takewhile

from obcms.imports.reading.header import Header, texts_of
from obcms.imports.reading.kinds import ListRowKind
from obcms.imports.reading.lines import ListRow
from obcms.imports.reading.parsed import Headline
from obcms.kernel.intake.table import Sheet

LONGEST = 200  # characters; what is longer is a text and names nothing
BETWEEN = " | "  # what stands in two cells


def headlines_of(
    number: int,
    sheet: Sheet,
    header: Header,
    lines: Sequence[tuple[ListRowKind, ListRow]],
    left_out: Collection[int],
) -> Iterator[Headline]:
    """The titles above the headings, then what stands between the rows and is no PPA itself.

    `left_out` are rows that only carry the sum of others, such as one for each ministry.
    """
    first = header.row - len(header.lines) + 1
    for row in takewhile(lambda row: row.number < first, sheet.rows):
        texts = texts_of(row)
        own = [text for index, text in texts.items() if index in header.window]
        said = BETWEEN.join(own or texts.values())
        if 0 < len(said) <= LONGEST:
            yield Headline(number, row.number, said, is_title=True)
    for kind, line in lines:
        is_over = kind in (ListRowKind.OTHER, ListRowKind.UNFUNDED) or line.number in left_out
        texts = [text for text in line.all_texts.values() if any(map(str.isalpha, text))]
        said = BETWEEN.join(texts)
        if is_over and 0 < len(said) <= LONGEST:
            yield Headline(number, line.number, said)
