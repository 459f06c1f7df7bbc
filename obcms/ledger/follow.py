"""A document that moves money changes the allocations of the PPAs that its lines fund (SPEC 6)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from sqlalchemy import select

from obcms.approval.moved import move_allocation
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor
from obcms.ledger.models import BudgetLine
from obcms.ledger.rules.choices import EntryKind
from obcms.ppas.locks import lock_trees
from obcms.ppas.models import PPA

Differences = Mapping[int, Decimal]  # pesos by a PPA's id


def differences_of(parts: Iterable[tuple[EntryKind, BudgetLine, Decimal]]) -> Differences:
    """By how much entries of a document change what PPAs have; those that come out even are left
    out.
    """
    found: defaultdict[int, Decimal] = defaultdict(Decimal)
    for kind, line, amount in parts:
        if kind is EntryKind.APPROPRIATION_ADJUSTMENT and line.ppa_id is not None:
            found[line.ppa_id] += amount
    return {ppa_id: amount for ppa_id, amount in found.items() if amount}


def hold_ppas(differences: Differences) -> None:
    """Makes the transaction the only writer of the PPAs; before anything of the ledger is held."""
    lock_trees(db.session(), differences)


def follow_in_ppas(
    actor: Actor, differences: Differences, document: str, takes_back_cut: bool = False
) -> None:
    """Moves each PPA's allocation by what its lines gained or lost; the document is named."""
    query = select(PPA).where(PPA.id.in_(differences)).order_by(PPA.id)
    for ppa in db.session.scalars(query.execution_options(populate_existing=True)):
        if takes_back_cut:
            ppa.allocation_note = ""  # it says why the allocation was cut
        move_allocation(actor, ppa, differences[ppa.id], document)
