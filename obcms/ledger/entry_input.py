"""What people say of an entry, read and completed before anything is held (SPEC 6)."""

from collections.abc import Iterator, Mapping
from typing import Any

from obcms.kernel.errors import Invalid, Problem
from obcms.kernel.rules.cleaning import clean_values
from obcms.ledger.fields import ENTRY_FIELDS, KIND
from obcms.ledger.reads.today import today
from obcms.ledger.refusals import coded
from obcms.ledger.rules.choices import EntryKind, FundCluster, Refusal
from obcms.ledger.rules.effects import (
    OF_A_DISBURSEMENT,
    OF_AN_OBLIGATION,
    TAKES_BACK,
    is_wrongly_signed,
    may_be_overridden,
)

# The kind of payable that a disbursement and its adjustment can post along.
PAYABLE_OF = {
    EntryKind.DISBURSEMENT: EntryKind.PAYABLE,
    EntryKind.DISBURSEMENT_ADJUSTMENT: EntryKind.PAYABLE_ADJUSTMENT,
}
_NAMES_ITS_OBLIGATION = OF_AN_OBLIGATION - OF_A_DISBURSEMENT - {EntryKind.OBLIGATION}
_FLAGS = ("is_final", "with_payable", "to_be_liquidated")


def kind_of(values: Mapping[str, Any]) -> EntryKind:
    """What decides who may post it. Where it is no kind, Invalid tells all that is wrong."""
    try:
        return KIND.clean(values.get("kind"))
    except Invalid:
        clean_entry(values)
        raise


def clean_entry(values: Mapping[str, Any], by_id: bool = True) -> dict[str, Any]:
    """The values, cleaned, with what is usual where nothing is said. Raises Invalid.

    `by_id` asks for the numbers of the rows that it belongs to; a register names these otherwise.
    """
    given = {"fund_cluster": FundCluster.REGULAR, "entry_date": today()}
    given |= {name: value for name, value in values.items() if value not in (None, "")}
    given.setdefault("document_date", given["entry_date"])
    empty = {field.name: field.empty for field in ENTRY_FIELDS} | dict.fromkeys(_FLAGS, False)
    with coded(Refusal.INPUT):
        found = empty | clean_values(ENTRY_FIELDS, given, "An entry", is_new=True)
        if problems := [*_missing(found), *(_unnamed(found) if by_id else ())]:
            raise Invalid(problems)
    return found


def _missing(given: Mapping[str, Any]) -> Iterator[Problem]:
    kind, amount = given["kind"], given["amount"]
    if is_wrongly_signed(kind, amount):
        yield TAKES_BACK
    if kind is EntryKind.OBLIGATION and not given["payee"]:
        yield Problem("Say who is to be paid.", "payee")
    if kind is EntryKind.DISBURSEMENT and not given["mode"]:
        yield Problem("Say how it is paid.", "mode")
    if kind is EntryKind.PAYABLE and not given["acceptance_number"]:
        yield Problem("Give the number of the acceptance or claim document.", "acceptance_number")
    if kind is EntryKind.PAYABLE and not given["acceptance_date"]:
        yield Problem("Give the date of the acceptance or claim document.", "acceptance_date")
    if given["with_payable"] and kind not in PAYABLE_OF:
        yield Problem(
            "Only a disbursement or its adjustment posts its payable too.", "with_payable"
        )
    if given["override_reason"] and not may_be_overridden(kind, amount):
        yield Problem(
            "Only obligations and their upward adjustments are recorded beyond a limit.",
            "override_reason",
        )


def _unnamed(given: Mapping[str, Any]) -> Iterator[Problem]:
    kind = given["kind"]
    if kind in _NAMES_ITS_OBLIGATION and not given["obligation_id"]:
        yield Problem("Choose the obligation that it belongs to.", "obligation")
    if kind in OF_A_DISBURSEMENT and not given["disbursement_id"]:
        yield Problem("Choose the disbursement that it belongs to.", "disbursement")
