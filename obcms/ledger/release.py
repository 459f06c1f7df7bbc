"""Releasing a special purpose fund: one step, two documents, both or neither (SPEC 6)."""

from collections.abc import Mapping
from typing import Any

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.kernel.rules.cleaning import clean_values
from obcms.kernel.rules.fields import Day, Field, Prose, Ref, Text
from obcms.ledger.fields import ALLOTMENT_CLASS, AMOUNT, CLUSTER
from obcms.ledger.hold import hold_balances, hold_period
from obcms.ledger.lines import add_line, same_line
from obcms.ledger.models import BudgetLine, FundMovement
from obcms.ledger.move import move_funds
from obcms.ledger.post import post_entry
from obcms.ledger.refusals import coded, refused
from obcms.ledger.rules.choices import EntryKind, FundCluster, MovementKind, Refusal
from obcms.organizations.models import Organization
from obcms.ppas.locks import lock_trees
from obcms.ppas.rules.choices import AppropriationClass

RELEASE_FIELDS: tuple[Field, ...] = (
    Ref("organization_id", model=Organization, required="Choose the office that receives it."),
    ALLOTMENT_CLASS,
    CLUSTER,
    AMOUNT,
    Text("allotment_reference", longest=64, required="Give the number of the release."),
    Text("reference", longest=64, required="Give the number of the transfer."),
    Day("entry_date", label="Posting date", required="Give the posting date."),
    Day("document_date"),
    Prose("remarks"),
)


def release_fund(actor: Actor, fund: BudgetLine, values: Mapping[str, Any]) -> FundMovement:
    """Allots on the fund's line, and transfers the amount to the office's own line of the fund.

    That line is made where it is missing. `values` by the names of RELEASE_FIELDS. Returns the
    transfer, flushed. Raises Forbidden, and Invalid for all else.
    """
    require(actor, Permission.FUND_RELEASE)
    with coded(Refusal.INPUT):
        given = {name: value for name, value in values.items() if value not in (None, "")}
        said = clean_values(RELEASE_FIELDS, given, "A release", is_new=True)
    if fund.organization_id is not None:
        raise refused(Refusal.INPUT, "Only a fund that is with no office yet is released.")
    usual = {
        "entry_date": said["entry_date"],
        "document_date": said.get("document_date") or said["entry_date"],
        "remarks": said.get("remarks") or "",
    }
    place = {
        "appropriation_class": said["appropriation_class"],
        "fund_cluster": said.get("fund_cluster") or FundCluster.REGULAR,
    }
    amount = said["amount"]
    own = _own_line(actor, fund, said["organization_id"])
    _hold(fund, own, (place["appropriation_class"], place["fund_cluster"]))
    allotment = {"kind": EntryKind.ALLOTMENT, "amount": amount}
    allotment |= {"reference": said["allotment_reference"]}
    post_entry(actor, fund, allotment | usual | place)
    parts = (
        (fund, EntryKind.APPROPRIATION_ADJUSTMENT, -amount),
        (fund, EntryKind.TRANSFER_TO, amount),
        (own, EntryKind.APPROPRIATION_ADJUSTMENT, amount),
        (own, EntryKind.TRANSFER_FROM, amount),
    )
    entries = [
        {"line": line.id, "kind": kind, "amount": moved, **place} for line, kind, moved in parts
    ]
    transfer = {"kind": MovementKind.TRANSFER, "reference": said["reference"], "entries": entries}
    return move_funds(actor, transfer | usual)


def _hold(fund: BudgetLine, own: BudgetLine, of: tuple[AppropriationClass, FundCluster]) -> None:
    """All that both documents read, in the order in which everybody holds it."""
    lock_trees(db.session(), [own.ppa_id] if own.ppa_id is not None else [])
    hold_period()
    hold_balances([(fund.id, *of), (own.id, *of)])


def _own_line(actor: Actor, fund: BudgetLine, organization_id: int) -> BudgetLine:
    found = same_line(fund.act, organization_id, fund.cost_structure, fund.title)
    if found is not None:
        return found
    values = {
        "organization_id": organization_id,
        "cost_structure": fund.cost_structure,
        "title": fund.title,
        "uacs_code": fund.uacs_code,
        "validity": fund.validity,
        "last_day": fund.last_day,
    }
    return add_line(actor, fund.act, values)
