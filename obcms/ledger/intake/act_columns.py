"""Which column of an act's table is which: found by name, in any order (SPEC 6, "Import")."""

from collections.abc import Collection, Mapping, Sequence

from obcms.kernel.errors import Invalid
from obcms.kernel.intake.table import Sheet
from obcms.ledger.intake.headings import Heading, find_columns

CLASSES = ("ps", "mooe", "finex", "co")
HEADINGS: Mapping[str, Sequence[str]] = {
    "fiscal_year": ("fiscal year", "fy", "year"),
    "moa_acronym": ("moa acronym", "moa", "office", "acronym", "ministry", "agency"),
    "cost_structure": ("cost structure", "structure"),
    "title": ("title", "line", "item", "particulars", "program"),
    "ppa_code": ("ppa code", "ppa", "code"),
    "uacs_code": ("uacs code", "uacs"),
    "ps": ("ps", "personnel services", "personal services"),
    "mooe": ("mooe", "maintenance and other operating expenses"),
    "finex": ("finex", "fe", "financial expenses"),
    "co": ("co", "capital outlay", "capital outlays"),
    "total": ("total", "amount"),
    "later_release": ("for later release", "later release"),
}
_NEEDED = ("cost_structure", "title")


def find_heading(sheets: Sequence[Sheet], answers: Mapping[str, str]) -> Heading:
    """The heading row of the first sheet that has one; `answers` choose columns by letter."""
    found = find_columns(sheets, HEADINGS, _suffice, answers)
    if found is None:
        raise Invalid(
            "No heading row was found: the table needs columns headed “cost structure”, “title”, "
            "and the classes “PS”, “MOOE”, “FinEx” or “CO”.",
            "file",
        )
    return found


def _suffice(names: Collection[str]) -> bool:
    return all(name in names for name in _NEEDED) and any(one in names for one in CLASSES)
