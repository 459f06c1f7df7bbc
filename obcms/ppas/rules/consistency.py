"""What may not be between the columns of one PPA, and its name (SPEC 2)."""

from collections.abc import Iterator, Mapping
from typing import Any

from obcms.kernel.errors import Problem
from obcms.ppas.rules.choices import Category, FundingSource
from obcms.ppas.rules.order import COMPARED, out_of_order

LOOKED_AT = (*COMPARED, "category", "implementing_moa_id", "funding_source", "funding_source_other")
CODE_TAKEN = Problem("There is already a PPA with this code.", "code")
MOA_MISSING = Problem("A MOA PPA needs its implementing MOA.", "implementing_moa")


def contradictions(values: Mapping[str, Any]) -> Iterator[Problem]:
    """One problem for each contradiction among the columns of `LOOKED_AT`."""
    if values["category"] is Category.MOA_PPA and values["implementing_moa_id"] is None:
        yield MOA_MISSING
    yield from out_of_order({name: values[name] for name in COMPARED})
    if values["funding_source"] is FundingSource.OTHER and not values["funding_source_other"]:
        yield Problem("Say which other funding source it is.", "funding_source_other")
