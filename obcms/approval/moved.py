"""A PPA's allocation follows a document that moves money, at any stage (SPEC 6)."""

from decimal import Decimal

from obcms.approval.amendments import marked_as_cut, write_amendment
from obcms.approval.models import Amendment
from obcms.approval.rules.choices import AmendmentKind
from obcms.kernel.permissions import Actor
from obcms.kernel.rules.money import format_peso
from obcms.ppas.models import PPA

ZERO = Decimal(0)


def move_allocation(actor: Actor, ppa: PPA, difference: Decimal, document: str) -> Amendment:
    """Changes the allocation by pesos that a document moved, and records it as an amendment.

    The verb of the document has asked for the permission and locked the PPA. The ceiling rises with
    an increase; the OBC share shrinks to what is left; the work tree may then be «over».
    """
    allocation = max((ppa.budget_allocation or ZERO) + difference, ZERO)
    changed: dict[str, Decimal] = {"budget_allocation": allocation}
    said = [f"{document} moved {format_peso(difference)}."]
    if ppa.budget_ceiling is not None and allocation > ppa.budget_ceiling:
        changed["budget_ceiling"] = allocation
        said.append(f"The ceiling rises to {format_peso(allocation)}.")
    if ppa.obc_share is not None and ppa.obc_share > allocation:
        changed["obc_share"] = allocation
        said.append(f"The OBC share is reduced to {format_peso(allocation)}.")
    with marked_as_cut(ppa):
        return write_amendment(actor, ppa, AmendmentKind.MOVEMENT, changed, " ".join(said))
