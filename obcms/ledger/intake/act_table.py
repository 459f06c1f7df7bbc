"""What an act's table looks like, read in a process that knows no more than it needs (SPEC 6, 13).

An import of the same kind declares its columns as this one does and calls `read_declared`.
"""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from obcms.imports.table.columns import Column, ColumnKind, Said, Table, answers_of
from obcms.imports.table.read import read_declared
from obcms.kernel.intake.table import Sheet
from obcms.kernel.rules.money import format_peso
from obcms.ledger.intake.structures import STRUCTURES

Json = dict[str, Any]
CLASSES = ("ps", "mooe", "finex", "co")


def read_act_table(sheets: Sequence[Sheet], known: Json) -> Json:
    """Raises Invalid for a file without such a table."""
    return read_declared(ACT, sheets, known)


TASK = f"{__name__}:{read_act_table.__name__}"


def _with_amounts(said: Said, _columns: Collection[str]) -> list[Said]:
    """The row, where it has an amount and its classes meet its total. Raises ValueError."""
    found = {name: said[name] for name in CLASSES if said[name] is not None}
    whole = sum(found.values(), Decimal(0))
    if not found and said["total"] is None:
        raise ValueError("The row has no amount.")
    difference = whole - (whole if said["total"] is None else said["total"])
    if difference:
        direction = "more" if difference > 0 else "less"
        raise ValueError(
            f"The classes sum to {format_peso(whole)}, which is {format_peso(abs(difference))} "
            f"{direction} than the row's total of {format_peso(said['total'])}."
        )
    return [said]


ACT = Table(
    columns=(
        Column("fiscal_year", "fiscal year", ("fy", "year")),
        Column("moa_acronym", "office", ("moa acronym", "moa", "acronym", "ministry", "agency")),
        Column(
            "cost_structure",
            "cost structure",
            ("structure",),
            ColumnKind.CHOICE,
            required=True,
            choices=STRUCTURES,
        ),
        Column("title", "title", ("line", "item", "particulars", "program"), required=True),
        Column("ppa_code", "PPA code", ("ppa", "code")),
        Column("uacs_code", "UACS code", ("uacs",)),
        Column("ps", "PS", ("personnel services", "personal services"), ColumnKind.AMOUNT),
        Column("mooe", "MOOE", ("maintenance and other operating expenses",), ColumnKind.AMOUNT),
        Column("finex", "FinEx", ("fe", "financial expenses"), ColumnKind.AMOUNT),
        Column("co", "CO", ("capital outlay", "capital outlays"), ColumnKind.AMOUNT),
        Column("total", "Total", ("amount",), ColumnKind.AMOUNT),
        Column("later_release", "for later release", ("later release",), ColumnKind.FLAG),
    ),
    lacking="No heading row was found: the table needs columns headed “cost structure”, “title”, "
    "and the classes “PS”, “MOOE”, “FinEx” or “CO”.",
    marker="cost_structure",
    money=CLASSES,
    whole="total",
    one_of=tuple((name,) for name in CLASSES),
    rows=_with_amounts,
)
ANSWERS = answers_of(ACT)
