"""What a register of entries looks like, read in a process that knows no more than it needs.

A row is an entry, or in a file of opening balances what an ORS has obligated, due and paid (SPEC
6, 13).
"""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from obcms.imports.table.columns import Column, ColumnKind, Said, Table, answers_of
from obcms.imports.table.read import read_declared
from obcms.kernel.intake.table import Sheet
from obcms.kernel.rules.money import NO_AMOUNT

Json = dict[str, Any]
OPENING = ("obligated", "payable", "paid")
OPENING_NUMBER = "Opening balance"
_DAYS = ("posting_date", "document_date", "acceptance_date")
_FLAGS = ("with_payable", "is_final", "to_be_liquidated")


def read_register(sheets: Sequence[Sheet], known: Json) -> Json:
    """Raises Invalid for a file without such a table."""
    return read_declared(TABLE, sheets, known)


TASK = f"{__name__}:{read_register.__name__}"


def _entries(said: Said, columns: Collection[str]) -> list[Said]:
    """The entry of the row, or those of its opening balance. Raises ValueError."""
    said = said | {name: said[name] or "" for name in _DAYS}
    said |= {name: bool(said[name]) for name in _FLAGS}
    is_opening = "amount" not in columns
    if said["obligated" if is_opening else "amount"] is None:
        raise ValueError(NO_AMOUNT)
    return _opening(said) if is_opening else [said]


def _opening(said: Said) -> list[Said]:
    """Raises ValueError for amounts that no ORS can have."""
    obligated, due, paid = (said[name] or Decimal(0) for name in OPENING)
    if not obligated >= due >= paid >= 0 or not obligated:
        raise ValueError(
            "An opening balance has obligated ≥ payable ≥ paid ≥ 0, and an obligation."
        )
    usual = said | {
        "reference": OPENING_NUMBER,
        "with_payable": False,
        "to_be_liquidated": False,
        "acceptance_date": "",
        "mode": "",
    }
    entries = [usual | {"kind": "obligation", "amount": obligated}]
    if due:
        accepted = {"acceptance_number": OPENING_NUMBER, "acceptance_date": said["posting_date"]}
        entries.append(usual | accepted | {"kind": "payable", "amount": due})
    if paid:
        by = {"mode": said["mode"] or "check", "dv_number": OPENING_NUMBER}
        entries.append(usual | by | {"kind": "disbursement", "amount": paid})
    return entries


TABLE = Table(
    columns=(
        Column(
            "posting_date",
            "posting date",
            ("date posted", "entry date", "date"),
            ColumnKind.DATE,
            required=True,
        ),
        Column("document_date", "document date", ("date of document",), ColumnKind.DATE),
        Column("ppa_code", "PPA code", ("ppa",)),
        Column("act", "act", ("act number", "appropriations act")),
        Column("office", "office", ("moa", "moa acronym", "ministry", "agency")),
        Column("cost_structure", "cost structure", ("structure",)),
        Column("title", "title", ("line", "budget line", "line title")),
        Column(
            "appropriation_class",
            "class",
            ("allotment class", "appropriation class"),
            required=True,
        ),
        Column("fund_cluster", "cluster", ("fund cluster",)),
        Column("kind", "kind", ("kind of entry", "entry kind", "entry")),
        Column("amount", "amount", (), ColumnKind.SIGNED),
        Column("obligated", "obligated", ("obligations",), ColumnKind.SIGNED),
        Column("payable", "due", ("payable", "payables", "due and demandable"), ColumnKind.SIGNED),
        Column("paid", "paid", ("disbursed", "disbursements"), ColumnKind.SIGNED),
        Column("ors_number", "ORS number", ("ors no", "ors", "obligation", "obligation number")),
        Column("mode", "mode", ("mode of payment", "payment mode")),
        Column("dv_number", "DV number", ("dv no", "dv", "disbursement voucher")),
        Column("acceptance_number", "acceptance number", ("acceptance no", "acceptance")),
        Column(
            "acceptance_date",
            "acceptance date",
            ("date of acceptance", "date accepted"),
            ColumnKind.DATE,
        ),
        Column("with_payable", "with payable", ("posts its payable",), ColumnKind.FLAG),
        Column("is_final", "final", ("is final",), ColumnKind.FLAG),
        Column("to_be_liquidated", "to be liquidated", (), ColumnKind.FLAG),
        Column("payee", "payee"),
        Column(
            "reference",
            "reference",
            ("reference number", "reference no", "document number", "document no"),
        ),
        Column("uacs_object_code", "UACS object code", ("object code",)),
        Column("remarks", "remarks"),
        Column(
            "override_reason",
            "override reason",
            ("reason to override", "reason beyond the limit", "recorded beyond a limit because"),
        ),
    ),
    lacking="No heading row was found: the register needs columns headed “posting date”, “class”, "
    "“kind” and “amount”, or for opening balances “obligated”, “payable” and “paid”.",
    marker="kind",
    money=("amount",),
    whole="obligated",
    one_of=(("kind", "amount"), OPENING),
    rows=_entries,
)
REGISTER_ANSWERS = answers_of(TABLE)
