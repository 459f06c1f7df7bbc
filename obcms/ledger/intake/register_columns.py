"""Which column of a register of entries is which: found by name, in any order (SPEC 6)."""

from collections.abc import Collection, Mapping, Sequence

from obcms.imports.answers import Answers, Choice
from obcms.kernel.errors import Invalid
from obcms.kernel.intake.dates import DateOrder
from obcms.kernel.intake.table import Sheet
from obcms.ledger.intake.headings import Heading, find_columns

DATES = ("posting_date", "document_date", "acceptance_date")
FLAGS = ("with_payable", "is_final", "to_be_liquidated")
HEADINGS: Mapping[str, Sequence[str]] = {
    "posting_date": ("posting date", "date posted", "entry date", "date"),
    "document_date": ("document date", "date of document"),
    "ppa_code": ("ppa code", "ppa"),
    "act": ("act", "act number", "appropriations act"),
    "office": ("office", "moa", "moa acronym", "ministry", "agency"),
    "cost_structure": ("cost structure", "structure"),
    "title": ("title", "line", "budget line", "line title"),
    "appropriation_class": ("class", "allotment class", "appropriation class"),
    "fund_cluster": ("cluster", "fund cluster"),
    "kind": ("kind", "kind of entry", "entry kind", "entry"),
    "amount": ("amount",),
    "obligated": ("obligated", "obligations"),
    "payable": ("due", "payable", "payables", "due and demandable"),
    "paid": ("paid", "disbursed", "disbursements"),
    "ors_number": ("ors number", "ors no", "ors", "obligation", "obligation number"),
    "mode": ("mode", "mode of payment", "payment mode"),
    "dv_number": ("dv number", "dv no", "dv", "disbursement voucher"),
    "acceptance_number": ("acceptance number", "acceptance no", "acceptance"),
    "acceptance_date": ("acceptance date", "date of acceptance", "date accepted"),
    "with_payable": ("with payable", "posts its payable"),
    "is_final": ("final", "is final"),
    "to_be_liquidated": ("to be liquidated",),
    "payee": ("payee",),
    "reference": (
        "reference",
        "reference number",
        "reference no",
        "document number",
        "document no",
    ),
    "uacs_object_code": ("uacs object code", "object code"),
    "remarks": ("remarks",),
    "override_reason": (
        "override reason",
        "reason to override",
        "reason beyond the limit",
        "recorded beyond a limit because",
    ),
}
REGISTER_ANSWERS = Answers(
    columns={name: name for name in HEADINGS},
    labels={name: name.replace("_", " ") for name in HEADINGS}
    | {"payable": "due", "dv_number": "DV number", "ors_number": "ORS number"}
    | {"ppa_code": "PPA code", "uacs_object_code": "UACS object code"},
    choices={"dates": Choice(tuple(DateOrder), "Order of dates")},
)
OPENING = ("obligated", "payable", "paid")
_NEEDED = ("posting_date", "appropriation_class")
_NEEDED_BESIDE = (("kind", "amount"), OPENING)


def find_heading(sheets: Sequence[Sheet], answers: Mapping[str, str]) -> Heading:
    """The heading row of the first sheet that has one; `answers` choose columns by letter."""
    found = find_columns(sheets, HEADINGS, _suffice, answers)
    if found is None:
        raise Invalid(
            "No heading row was found: the register needs columns headed “posting date”, “class”, "
            "“kind” and “amount”, or for opening balances “obligated”, “payable” and “paid”.",
            "file",
        )
    return found


def _suffice(names: Collection[str]) -> bool:
    return all(name in names for name in _NEEDED) and any(
        all(name in names for name in beside) for beside in _NEEDED_BESIDE
    )
