"""Changes of an approved PPA by MFBM, with a reason (SPEC 5, 6, 7)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from obcms.approval.guard import AMENDING
from obcms.approval.models import Amendment
from obcms.approval.rules.approved import APPROVED_FIELDS, MOA
from obcms.approval.rules.choices import AmendmentKind
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.flush import Notes
from obcms.kernel.permissions import Actor, Permission, require
from obcms.kernel.records.conflicts import refuse_overtaken_fields
from obcms.kernel.records.opened import changed_by_user
from obcms.kernel.rules.cleaning import clean_values
from obcms.kernel.rules.fields import Prose
from obcms.kernel.rules.money import parse_money
from obcms.organizations.models import Organization
from obcms.ppas.access import lock_ppa
from obcms.ppas.edit import set_fields
from obcms.ppas.fields import PPA_FIELDS
from obcms.ppas.models import PPA
from obcms.work.budget_limits import BUDGET_CUTS

REASON = Prose("reason", required="Give the reason, with the law or order behind it.")
# What was approved, as the PPA's own fields: with the limits and messages that they have anywhere.
AMENDABLE = tuple(field for field in PPA_FIELDS if field.name in APPROVED_FIELDS)

# What else is cut with a PPA, which is locked: by so many pesos, for the reason, as `where` says.
Cutter = Callable[[Actor, PPA, Decimal, str, Mapping[str, Any]], None]
CUTTERS: list[Cutter] = []


def amend_ppa(
    actor: Actor,
    ppa: PPA,
    values: Mapping[str, Any],
    reason: str,
    opened: Mapping[str, str] | None = None,
) -> Amendment:
    """Changes any of what was approved, for MFBM, with a reason; `opened` is what a form showed.

    What is as it was opened stays as it is now. Raises Conflict where somebody else changed one of
    the others meanwhile, and Invalid without a reason, for a PPA that is not approved, for other
    fields or what these do not take, and where nothing changes.
    """
    require(actor, Permission.PPA_AMEND, ppa)
    lock_ppa(actor, ppa)
    refuse_unsettled(ppa)
    given = {**values, REASON.name: reason}
    cleaned = clean_values((*AMENDABLE, REASON), given, "An amendment", is_new=False)
    reason = cleaned.pop(REASON.name)
    if opened is not None:
        cleaned = changed_by_user(cleaned, opened, AMENDABLE)
        refuse_overtaken_fields(ppa, cleaned, opened, AMENDABLE)
    before = {name: _text(ppa, name) for name in cleaned}
    changed = set_fields(actor, ppa, cleaned)
    if not changed:
        raise Invalid("Nothing was changed.")
    changes = {name: [before[name], _text(ppa, name)] for name in cleaned if name in changed}
    return _record(actor, ppa, AmendmentKind.AMENDMENT, changes, reason)


def cut_allocation(
    actor: Actor,
    ppa: PPA,
    amount: Decimal,
    reason: str,
    where: Mapping[str, Any] = MappingProxyType({}),
) -> Amendment:
    """Sets a lower budget allocation by law, even below what is distributed (SPEC 5).

    The work tree then stays «over» until somebody distributes less. A cut belongs to what is
    approved: a draft is edited by its ministry. `where` is for the CUTTERS. Raises Invalid without
    a reason, for a PPA that is not approved, an amount that is none to the centavo, and one that is
    not lower.
    """
    require(actor, Permission.BUDGET_CUT, ppa)
    if not reason.strip():
        raise Invalid("Say by which law or order the allocation is cut.", "reason")
    amount = parse_money(amount, "amount")
    lock_ppa(actor, ppa)
    refuse_unsettled(ppa)
    if ppa.budget_allocation is None or amount >= ppa.budget_allocation:
        raise Invalid("A cut must leave less than the present allocation.", "amount")
    for cutter in CUTTERS:
        cutter(actor, ppa, ppa.budget_allocation - amount, reason, where)
    ppa.allocation_note = reason.strip()
    changed = {"budget_allocation": amount}
    with marked_as_cut(ppa):
        return write_amendment(actor, ppa, AmendmentKind.CUT, changed, reason)


def refuse_unsettled(ppa: PPA) -> None:
    """Raises Invalid for a PPA that is not approved, in words that say what to do instead."""
    if not ppa.is_settled:
        raise Invalid(
            f"{ppa.code} is not approved yet. Its ministry edits it while it is a draft; what is "
            "under review is returned to draft first."
        )


def write_amendment(
    actor: Actor,
    ppa: PPA,
    kind: AmendmentKind,
    changed: Mapping[str, Any],
    reason: str,
) -> Amendment:
    """Sets the changed columns and records it; the PPA is locked. Raises Invalid without reason."""
    reason = REASON.clean(reason)
    before = {name: _text(ppa, name) for name in changed}
    ppa.updated_by_id = getattr(actor, "id", None)  # read before anything frozen is set
    for name, value in changed.items():
        setattr(ppa, name, value)
    changes = {name: [before[name], _text(ppa, name)] for name in changed}
    return _record(actor, ppa, kind, changes, reason)


def _record(
    actor: Actor,
    ppa: PPA,
    kind: AmendmentKind,
    changes: Mapping[str, list[str | None]],
    reason: str,
) -> Amendment:
    amendment = Amendment(
        ppa_id=ppa.id,
        kind=kind,
        changes=dict(changes),
        reason=reason,
        made_by_id=getattr(actor, "id", None),
    )
    with _marked(AMENDING, ppa):
        db.session.add(amendment)
        db.session.flush()
    return amendment


def _text(ppa: PPA, name: str) -> str | None:
    """A column as an amendment keeps it; a MOA by its acronym, which it may give up later."""
    value = getattr(ppa, name)
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if name == MOA and value is not None:
        with db.session.no_autoflush:
            return db.session.get_one(Organization, value).acronym
    return None if value is None else str(value)


def marked_as_cut(ppa: PPA) -> AbstractContextManager[None]:
    """Lets the allocation fall below what is distributed, which leaves the work tree «over»."""
    return _marked(BUDGET_CUTS, ppa)


@contextmanager
def _marked(notes: Notes[set[int]], ppa: PPA) -> Iterator[None]:
    """Tells the session's hooks that this change of the PPA is one of those allowed here."""
    marked, ppa_id = notes.of(db.session()), ppa.id  # not to be read again after a failed flush
    marked.add(ppa_id)
    try:
        yield
    finally:
        marked.discard(ppa_id)
