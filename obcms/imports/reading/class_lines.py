"""Lines of classes below a PPA that has its amount itself (SPEC 13)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile

from obcms.imports.reading.kinds import ListRowKind
from obcms.imports.reading.lines import ListRow
from obcms.imports.reading.parsed import pesos


@dataclass(frozen=True, slots=True)
class ClassLines:
    """What the classes below a PPA's row sum to, and the rows of all such classes."""

    sums: Mapping[int, Decimal]
    belonging: frozenset[int]

    def problem(self, line: ListRow, amount: Decimal | None) -> Iterator[str]:
        """Where the classes below a PPA do not sum to its own amount."""
        said = self.sums.get(line.number)
        if said is not None and amount is not None and said != amount:
            yield f"The classes below sum to {pesos(said)}, but the row says {pesos(amount)}."


def classes_in(lines: Sequence[tuple[ListRowKind, ListRow]]) -> ClassLines:
    """Two classes or more below a PPA are its own, and one if it has the same amount."""
    sums: dict[int, Decimal] = {}
    belonging: set[int] = set()
    for place, (kind, line) in enumerate(lines):
        below = _below(lines, place)
        amounts = [amount for one in below if (amount := one.readable_amount()) is not None]
        whole = sum(amounts, Decimal(0))
        if (
            kind not in (ListRowKind.PPA, ListRowKind.OTHER, ListRowKind.UNFUNDED)
            or not amounts
            or not line.title
        ):
            continue
        if line.says_amount() and len(amounts) == 1 and whole != line.readable_amount():
            continue
        belonging.update(one.number for one in below)
        if line.says_amount():
            sums[line.number] = whole
    return ClassLines(sums, frozenset(belonging))


def _below(lines: Sequence[tuple[ListRowKind, ListRow]], place: int) -> list[ListRow]:
    after = map(lines.__getitem__, range(place + 1, len(lines)))  # a slice would copy them all
    return [line for _, line in takewhile(lambda one: one[0] is ListRowKind.CLASS, after)]
