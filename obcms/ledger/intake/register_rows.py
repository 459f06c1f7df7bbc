"""What a row of a register says of an entry, in the words of posting one (SPEC 6, "Import")."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from obcms.imports.table.columns import Said
from obcms.kernel.permissions import Actor
from obcms.kernel.rules.folding import code_key, name_key
from obcms.ledger.access import require_kind, require_override
from obcms.ledger.entry_input import clean_entry
from obcms.ledger.hold import BalanceKey
from obcms.ledger.models import BudgetLine
from obcms.ledger.refusals import refused
from obcms.ledger.rules.choices import EntryKind, PaymentMode, Refusal
from obcms.ledger.rules.effects import OF_A_DISBURSEMENT, OF_AN_OBLIGATION

_ALSO_CALLED = {
    "norsa": "obligation_adjustment",
    "refund": "disbursement_adjustment",
    "cancelled check": "disbursement_adjustment",
    "payment": "disbursement",
}
_AS_SAID = (
    "document_date",
    "amount",
    "payee",
    "acceptance_date",
    "acceptance_number",
    "is_final",
    "with_payable",
    "to_be_liquidated",
    "uacs_object_code",
    "remarks",
    "override_reason",
)


@dataclass(frozen=True)
class SaidEntry:
    """A row that can be read: `given` as `clean_entry` gives it; `ors` and `dv` as keys."""

    row: int
    line: BudgetLine
    given: Mapping[str, Any]
    ors: str
    dv: str

    @property
    def kind(self) -> EntryKind:
        """Of its entry."""
        return self.given["kind"]

    @property
    def day(self) -> date:
        """On which it is posted."""
        return self.given["entry_date"]

    @property
    def key(self) -> BalanceKey:
        """Of its balance."""
        return self.line.id, self.given["appropriation_class"], self.given["fund_cluster"]

    @property
    def like(self) -> tuple:
        """Equal for rows, and for entries, that are told apart only by their number."""
        given = self.given
        number = code_key(given["reference"])
        return *self.key, self.kind, self.day, given["amount"], self.ors, number, given["mode"]


def read_row(actor: Actor, row: Said, line: BudgetLine) -> SaidEntry:
    """Raises Invalid for what no entry may say, and Forbidden for a kind that is not the role's."""
    kind = name_key(row["kind"])
    kind = _ALSO_CALLED.get(kind, kind).replace(" ", "_")
    if kind in (EntryKind.TRANSFER_TO, EntryKind.TRANSFER_FROM):
        message = "A transfer is a document with both its sides; enter it as one."
        raise refused(Refusal.INPUT, message, "kind")
    if not row["posting_date"]:
        raise refused(Refusal.INPUT, "The row has no posting date.", "entry_date")
    values = {name: row[name] for name in _AS_SAID} | {
        "kind": kind,
        "entry_date": row["posting_date"],
        "appropriation_class": name_key(row["appropriation_class"]),
        "fund_cluster": row["fund_cluster"] and row["fund_cluster"].zfill(2),
        "mode": name_key(row["mode"]).replace(" ", "_"),
        "reference": _own_number(kind, row),
    }
    given = clean_entry(values, by_id=False)
    require_kind(actor, given["kind"])
    if given["override_reason"]:
        require_override(actor)
    of_an_obligation = given["kind"] in OF_AN_OBLIGATION
    ors = given["reference"] if kind == EntryKind.OBLIGATION else row["ors_number"]
    if of_an_obligation and not ors:
        raise refused(Refusal.INPUT, "Give the ORS number that it belongs to.", "obligation")
    if given["kind"] in OF_A_DISBURSEMENT and not row["dv_number"]:
        message = "Give the DV number of the disbursement that it belongs to."
        raise refused(Refusal.INPUT, message, "disbursement")
    is_paid = given["kind"] is EntryKind.DISBURSEMENT
    dv = given["reference"] if is_paid else row["dv_number"]
    return SaidEntry(
        row["row"], line, given, code_key(ors) if of_an_obligation else "", code_key(dv)
    )


def is_advance(given: Mapping[str, Any]) -> bool:
    """Whether it is a disbursement by cash advance."""
    is_one = given["kind"] is EntryKind.DISBURSEMENT
    return is_one and given["mode"] is PaymentMode.CASH_ADVANCE


def _own_number(kind: str, row: Said) -> str:
    """The number of the entry's own document: of an obligation its ORS, of a payment its DV."""
    if kind == EntryKind.OBLIGATION:
        return row["ors_number"] or row["reference"]
    if kind == EntryKind.DISBURSEMENT:
        return row["dv_number"] or row["reference"]
    if kind == EntryKind.PAYABLE:
        return row["reference"] or row["acceptance_number"]
    return row["reference"]
