"""Until when money may be obligated (SPEC 6, BUDGET.md "Validity")."""

from datetime import date

from obcms.kernel.rules.folding import name_key
from obcms.ledger.rules.choices import CostStructure, LineValidity
from obcms.ppas.rules.choices import AppropriationClass

_WITHOUT_LAST_DAY = name_key("Local Government Support Fund")


def ends_with_the_year(cost_structure: CostStructure, of_class: AppropriationClass) -> bool:
    """Whether a class of a line is among those that lapse first: PS, and the MOOE of GAS."""
    if of_class is AppropriationClass.PS:
        return True
    return of_class is AppropriationClass.MOOE and cost_structure is CostStructure.GAS


def usual_last_days(fiscal_year: int) -> tuple[date, date]:
    """Of what ends with the year, and of all else: 31 December of the year and of the next."""
    return date(fiscal_year, 12, 31), date(fiscal_year + 1, 12, 31)


def usual_validity(cost_structure: CostStructure, title: str) -> LineValidity:
    """Of a line whose act's table says nothing of it; the one fund has no last day (SPEC 6)."""
    is_one = cost_structure is CostStructure.SPF and name_key(title) == _WITHOUT_LAST_DAY
    return LineValidity.UNLIMITED if is_one else LineValidity.BY_ACT
