"""Columns 3 to 24 of the SAAODB, from what quarters add up to (BUDGET.md; SPEC 6)."""

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Self

ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """One row; pesos. Each field is a column of the form, in its order."""

    authorized: Decimal = ZERO
    appropriation_adjustments: Decimal = ZERO
    adjusted_appropriations: Decimal = ZERO
    allotments_received: Decimal = ZERO
    allotment_adjustments: Decimal = ZERO
    transferred_to: Decimal = ZERO
    transferred_from: Decimal = ZERO
    adjusted_allotments: Decimal = ZERO
    obligations_q1: Decimal = ZERO
    obligations_q2: Decimal = ZERO
    obligations_q3: Decimal = ZERO
    obligations_q4: Decimal = ZERO
    obligations: Decimal = ZERO
    disbursements_q1: Decimal = ZERO
    disbursements_q2: Decimal = ZERO
    disbursements_q3: Decimal = ZERO
    disbursements_q4: Decimal = ZERO
    disbursements: Decimal = ZERO
    unreleased_appropriations: Decimal = ZERO
    unobligated_allotments: Decimal = ZERO
    due_and_demandable: Decimal = ZERO
    not_yet_due: Decimal = ZERO

    def __add__(self, other: Self) -> Self:
        return type(self)(
            **{name: getattr(self, name) + getattr(other, name) for name in COLUMN_NUMBERS}
        )

    def by_number(self) -> dict[int, Decimal]:
        """The columns by the form's numbers, 3 to 24."""
        return {number: getattr(self, name) for name, number in COLUMN_NUMBERS.items()}


COLUMN_NUMBERS = {one.name: number for number, one in enumerate(fields(Columns), start=3)}


@dataclass(frozen=True, slots=True)
class Sums:
    """What the entries of some quarter, or of several, add up to; as in `FundTotal`."""

    appropriations: Decimal = ZERO
    appropriation_adjustments: Decimal = ZERO
    allotments: Decimal = ZERO
    allotment_adjustments: Decimal = ZERO
    transferred_to: Decimal = ZERO
    transferred_from: Decimal = ZERO
    obligations: Decimal = ZERO
    earlier_obligations: Decimal = ZERO
    payables: Decimal = ZERO
    earlier_payables: Decimal = ZERO
    disbursements: Decimal = ZERO
    earlier_disbursements: Decimal = ZERO

    @property
    def adjusted_appropriations(self) -> Decimal:
        """Column 5; pesos."""
        return self.appropriations + self.appropriation_adjustments

    @property
    def adjusted_allotments(self) -> Decimal:
        """Column 10; pesos."""
        moved = self.transferred_from - self.transferred_to
        return self.allotments + self.allotment_adjustments + moved

    @property
    def all_obligations(self) -> Decimal:
        """Whenever they were first posted; pesos."""
        return self.obligations + self.earlier_obligations


SUMS = tuple(one.name for one in fields(Sums))


@dataclass(frozen=True, slots=True)
class YearSums(Sums):
    """The sums of a report year up to the reported day, with what stands by quarter."""

    obligations_q1: Decimal = ZERO
    obligations_q2: Decimal = ZERO
    obligations_q3: Decimal = ZERO
    obligations_q4: Decimal = ZERO
    disbursements_q1: Decimal = ZERO
    disbursements_q2: Decimal = ZERO
    disbursements_q3: Decimal = ZERO
    disbursements_q4: Decimal = ZERO

    def __add__(self, other: "YearSums") -> "YearSums":
        return YearSums(**{name: getattr(self, name) + getattr(other, name) for name in YEAR_SUMS})


YEAR_SUMS = tuple(one.name for one in fields(YearSums))


def current(year: YearSums) -> Columns:
    """The statement of the act's own year."""
    return _columns(year, ZERO, ZERO, ZERO)


def continuing(opening: Sums, year: YearSums) -> Columns:
    """The statement of a later year: it opens with what the years before left (rule: ?, MFBM).

    `opening` is all up to 31 December before. What is adjusted or voided of an earlier year's
    obligation comes back to, or leaves, what can be obligated: columns 4 and 7.
    """
    unobligated = opening.adjusted_allotments - opening.all_obligations
    unreleased = opening.adjusted_appropriations - opening.adjusted_allotments
    return _columns(year, unreleased + unobligated, unobligated, -year.earlier_obligations)


def _columns(year: YearSums, authorized: Decimal, received: Decimal, freed: Decimal) -> Columns:
    authorized += year.appropriations
    received += year.allotments
    adjusted = authorized + year.appropriation_adjustments + freed
    moved = year.transferred_from - year.transferred_to
    allotted = received + year.allotment_adjustments + freed + moved
    return Columns(
        authorized=authorized,
        appropriation_adjustments=year.appropriation_adjustments + freed,
        adjusted_appropriations=adjusted,
        allotments_received=received,
        allotment_adjustments=year.allotment_adjustments + freed,
        transferred_to=year.transferred_to,
        transferred_from=year.transferred_from,
        adjusted_allotments=allotted,
        obligations_q1=year.obligations_q1,
        obligations_q2=year.obligations_q2,
        obligations_q3=year.obligations_q3,
        obligations_q4=year.obligations_q4,
        obligations=year.obligations,
        disbursements_q1=year.disbursements_q1,
        disbursements_q2=year.disbursements_q2,
        disbursements_q3=year.disbursements_q3,
        disbursements_q4=year.disbursements_q4,
        disbursements=year.disbursements,
        unreleased_appropriations=adjusted - allotted,
        unobligated_allotments=allotted - year.obligations,
        due_and_demandable=year.payables - year.disbursements,
        not_yet_due=year.obligations - year.payables,
    )
