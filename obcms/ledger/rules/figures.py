"""What stands on a balance, in the words of the registries (BUDGET.md)."""

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Self

ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Adjusted amounts of a class, a line or many lines; pesos."""

    appropriated: Decimal = ZERO
    allotted: Decimal = ZERO
    obligated: Decimal = ZERO
    payable: Decimal = ZERO
    disbursed: Decimal = ZERO

    def __add__(self, other: Self) -> Self:
        return type(self)(
            **{one.name: getattr(self, one.name) + getattr(other, one.name) for one in FIGURES}
        )

    @property
    def unreleased(self) -> Decimal:
        """Appropriated and not allotted."""
        return self.appropriated - self.allotted

    @property
    def unobligated(self) -> Decimal:
        """Allotted and not obligated."""
        return self.allotted - self.obligated

    @property
    def due(self) -> Decimal:
        """Unpaid obligations that are due and demandable."""
        return self.payable - self.disbursed

    @property
    def not_yet_due(self) -> Decimal:
        """Unpaid obligations that are not yet due and demandable."""
        return self.obligated - self.payable

    @property
    def unpaid(self) -> Decimal:
        """Obligated and not disbursed."""
        return self.obligated - self.disbursed

    def shares(self) -> list[tuple[str, Decimal]]:
        """The bar from appropriation to disbursement: each part's name and percent, 0 to 100.

        Parts below zero show nothing; what was obligated beyond the allotment fills the bar.
        """
        parts = [(name, max(getattr(self, name), ZERO)) for name in BAR]
        whole = sum((amount for _, amount in parts), ZERO)
        if not whole:
            return []
        return [(name, (amount * 100 / whole).quantize(ZERO)) for name, amount in parts]


FIGURES = fields(Figures)
BAR = ("disbursed", "due", "not_yet_due", "unobligated", "unreleased")
