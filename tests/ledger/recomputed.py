"""The ledger's figures again, day by day from the plain rows of entries; shares no code with it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)
# What an entry of the kind adds to, and in which direction.
ADDS = {
    "appropriation": ("appropriated", 1),
    "appropriation_adjustment": ("appropriated", 1),
    "allotment": ("allotted", 1),
    "allotment_adjustment": ("allotted", 1),
    "transfer_to": ("allotted", -1),
    "transfer_from": ("allotted", 1),
    "obligation": ("obligated", 1),
    "obligation_adjustment": ("obligated", 1),
    "payable": ("payable", 1),
    "payable_adjustment": ("payable", 1),
    "disbursement": ("disbursed", 1),
    "disbursement_adjustment": ("disbursed", 1),
    "liquidation": ("liquidated", 1),
}
# In the order in which they are told: the code, what is used of what, and whose limit it is.
LIMITS = (
    ("allotments_over_appropriations", "allotted", "appropriated", "balance"),
    ("obligations_over_allotments", "obligated", "allotted", "balance"),
    ("payables_over_obligation", "payable", "obligated", "obligation"),
    ("disbursements_over_payables", "disbursed", "payable", "obligation"),
    ("refund_over_disbursements", "liquidated", "disbursed", "disbursement"),
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """An entry; a disbursement is `disbursement` of itself."""

    id: int
    balance: int
    kind: str
    day: date
    amount: Decimal = ZERO
    obligation: int | None = None
    disbursement: int | None = None
    voids: int | None = None
    movement: int | None = None
    along: int | None = None
    overridden: bool = False


@dataclass
class Ledger:
    """All rows, and the end of what is closed."""

    rows: list[Row] = field(default_factory=list)

    def sum(self, what: str, until: date, **of: int | None) -> Decimal:
        """What the entries of something add up to by the end of a day."""
        total = ZERO
        for row in self.rows:
            if row.day <= until and all(getattr(row, key) == value for key, value in of.items()):
                adds, direction = ADDS[row.kind]
                total += direction * row.amount if adds == what else 0
        return total

    def slack(self, used: str, of: str, day: date, owner: str, number: int) -> Decimal:
        whose = {owner: number}
        return self.sum(of, day, **whose) - self.sum(used, day, **whose)

    def days(self, since: date, new: Iterable[Row] = ()) -> list[date]:
        """A day and all later ones on which anything moves."""
        return sorted({since, *(row.day for row in [*self.rows, *new] if row.day >= since)})

    def free(self, limit: int, number: int, since: date) -> Decimal:
        """The least slack on a day and on all later ones."""
        _, used, of, owner = LIMITS[limit]
        slacks = [self.slack(used, of, day, owner, number) for day in self.days(since)]
        return max(min(slacks), ZERO)

    def breach(
        self, new: Sequence[Row], overridden: bool = False
    ) -> tuple[str, Decimal, date] | None:
        """The first limit that the rows together would break: its code, what is free, the day."""
        after = Ledger([*self.rows, *new])
        for place, (code, used, of, owner) in enumerate(LIMITS):
            if overridden and code == "obligations_over_allotments":
                continue
            for number in dict.fromkeys(getattr(row, owner) for row in new):
                mine = [row for row in new if getattr(row, owner) == number]
                if number is None or not any(ADDS[row.kind][0] in (used, of) for row in mine):
                    continue
                since = min(row.day for row in mine if ADDS[row.kind][0] in (used, of))
                for day in self.days(since, new):
                    was = self.slack(used, of, day, owner, number)
                    now = after.slack(used, of, day, owner, number)
                    if now < 0 and now < was:
                        return code, self.free(place, number, since), day
        return None

    def is_voided(self, number: int) -> bool:
        return any(row.voids == number for row in self.rows)

    def first_day(self, obligation: int) -> date:
        """When an obligation was first posted."""
        return min((row.id, row.day) for row in self.rows if row.obligation == obligation)[1]

    def statement(self, balance: int, own_year: int, year: int, until: date) -> list[Decimal]:
        """Columns 3 to 24: of the act's own year, or of a later one, for one balance."""
        rows = [row for row in self.rows if row.balance == balance and row.day <= until]
        if year == own_year:
            return [*_columns(rows, rows, ZERO, ZERO, ZERO, year)]
        last = date(year - 1, 12, 31)
        whole = Ledger([row for row in rows if row.day <= last])
        unreleased = whole.slack("allotted", "appropriated", last, "balance", balance)
        unobligated = whole.slack("obligated", "allotted", last, "balance", balance)
        of_year = [row for row in rows if row.day > last]
        new, old = [], []
        for row in of_year:
            is_old = row.obligation is not None and self.first_day(row.obligation) <= last
            (old if is_old else new).append(row)
        freed = -_of(old, "obligation", "obligation_adjustment")
        return [*_columns(of_year, new, unreleased + unobligated, unobligated, freed, year)]


def _of(rows: Iterable[Row], *kinds: str) -> Decimal:
    return sum((row.amount for row in rows if row.kind in kinds), ZERO)


def _columns(
    rows: Sequence[Row],
    own: Sequence[Row],
    opened: Decimal,
    received: Decimal,
    freed: Decimal,
    year: int,
) -> Iterator[Decimal]:
    three = opened + _of(rows, "appropriation")
    four = _of(rows, "appropriation_adjustment") + freed
    six = received + _of(rows, "allotment")
    seven = _of(rows, "allotment_adjustment") + freed
    eight, nine = _of(rows, "transfer_to"), _of(rows, "transfer_from")
    ten = six + seven - eight + nine
    yield from (three, four, three + four, six, seven, eight, nine, ten)
    totals = []
    for name in ("obligation", "disbursement"):
        mine = [row for row in own if row.kind in (name, f"{name}_adjustment")]
        ends = [date(year, 3, 31), date(year, 6, 30), date(year, 9, 30), date(year, 12, 31)]
        sums = [sum((row.amount for row in mine if row.day <= end), ZERO) for end in ends]
        yield from (one - before for one, before in zip(sums, [ZERO, *sums], strict=False))
        yield sums[-1]
        totals.append(sums[-1])
    due = _of(own, "payable", "payable_adjustment")
    yield from (three + four - ten, ten - totals[0], due - totals[1], totals[0] - due)
