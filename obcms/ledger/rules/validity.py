"""Until when money may be obligated (SPEC 6, BUDGET.md "Validity")."""

from datetime import date

from obcms.ledger.rules.choices import CostStructure
from obcms.ppas.rules.choices import AppropriationClass


def ends_with_the_year(cost_structure: CostStructure, of_class: AppropriationClass) -> bool:
    """Whether a class of a line is among those that lapse first: PS, and the MOOE of GAS."""
    if of_class is AppropriationClass.PS:
        return True
    return of_class is AppropriationClass.MOOE and cost_structure is CostStructure.GAS


def usual_last_days(fiscal_year: int) -> tuple[date, date]:
    """Of what ends with the year, and of all else: 31 December of the year and of the next."""
    return date(fiscal_year, 12, 31), date(fiscal_year + 1, 12, 31)
