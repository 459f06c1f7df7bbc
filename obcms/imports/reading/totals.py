"""Whether the totals that a file states agree with its rows (SPEC 13)."""

from decimal import Decimal

from obcms.imports.reading.kinds import TOTAL

SUBTOTAL, SECTION, GRAND = range(3)


class RunningTotals:
    """Adds up a sheet's PPA rows, in pesos, and remembers where its totals stood."""

    def __init__(self) -> None:
        self.whole = Decimal(0)
        self.marks: list[tuple[int, Decimal]] = [(GRAND, Decimal(0))]
        self.marked = {Decimal(0)}

    def add(self, amount: Decimal) -> None:
        """Counts the amount of a row, in pesos."""
        self.whole += amount

    def check(self, label: str, said: Decimal) -> Decimal | None:
        """What the rows above a total sum to where that is not what it says; None if they agree.

        A subtotal sums up the rows since the last one, a total those since the last total, and
        each of them may as well stand for the whole list.
        """
        level = _level_of(label)
        fitting = self._sums(level)
        if self.marks[-1] != (level, self.whole):
            self.marks.append((level, self.whole))
            self.marked.add(self.whole)
        if self.whole == 0 or said in fitting:
            return None
        return min(fitting, key=lambda total: abs(total - said))

    def is_sum(self, said: Decimal) -> bool:
        """Whether the amount is the sum of all rows since any earlier total."""
        return self.whole != 0 and self.whole - said in self.marked

    def _sums(self, level: int) -> set[Decimal]:
        if level == GRAND:
            return {self.whole}
        since = next(mark for at, mark in reversed(self.marks) if at >= level)
        if since == self.whole:
            # Nothing since: a subtotal of subtotals.
            return {self.whole - mark for _, mark in self.marks if mark != self.whole}
        return {self.whole - since, self.whole}


def _level_of(label: str) -> int:
    found = TOTAL.fullmatch(label)
    if found and found["grand"]:
        return GRAND
    return SUBTOTAL if found and found["sub"] else SECTION
