"""Changes of an approved PPA: by MFBM with a reason, and by realignment (SPEC 5, 6, 7)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from obcms.approval.guard import AMENDING
from obcms.approval.models import Amendment
from obcms.approval.rules.choices import AmendmentKind
from obcms.kernel.audit.conflicts import refuse_overtaken
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.flush import Notes
from obcms.kernel.permissions import Actor, Permission, allows, require
from obcms.kernel.rules.money import format_peso, parse_money
from obcms.ppas.access import lock_ppa
from obcms.ppas.models import PPA
from obcms.work.budget_limits import BUDGET_CUTS

AMENDABLE = frozenset(
    {
        "title",
        "appropriation_class",
        "budget_ceiling",
        "budget_allocation",
        "obc_share",
        "start_date",
        "target_end_date",
    }
)


def amend_ppa(
    actor: Actor, ppa: PPA, values: Mapping[str, Any], reason: str, version: int | None = None
) -> Amendment:
    """Changes title, amounts or dates of an approved PPA, for MFBM, with a reason.

    Raises Conflict when one of the fields was changed after `version`, and Invalid without a
    reason, for a PPA that is not approved yet, for other fields, and where nothing changes.
    """
    require(actor, Permission.PPA_AMEND, ppa)
    lock_ppa(actor, ppa)
    refuse_unsettled(ppa)
    if version is not None:
        refuse_overtaken(ppa, version, values.keys())
    if foreign := values.keys() - AMENDABLE:
        raise Invalid(f"An amendment cannot change {', '.join(sorted(foreign))}.")
    if "title" in values and not values["title"].strip():
        raise Invalid("The PPA needs a title.", "title")
    changed = {name: value for name, value in values.items() if value != getattr(ppa, name)}
    if not changed:
        raise Invalid("Nothing was changed.")
    return write_amendment(actor, ppa, AmendmentKind.AMENDMENT, changed, reason)


def cut_allocation(actor: Actor, ppa: PPA, amount: Decimal, reason: str) -> Amendment:
    """Sets a lower budget allocation by law, even below what is distributed (SPEC 5).

    The work tree then stays «over» until somebody distributes less. A cut belongs to what is
    approved: a draft is edited by its ministry. Raises Invalid without a reason, for a PPA that is
    not approved, an amount that is none to the centavo, and one that is not lower.
    """
    require(actor, Permission.BUDGET_CUT, ppa)
    if not reason.strip():
        raise Invalid("Say by which law or order the allocation is cut.", "reason")
    amount = parse_money(amount, "amount")
    lock_ppa(actor, ppa)
    refuse_unsettled(ppa)
    if ppa.budget_allocation is None or amount >= ppa.budget_allocation:
        raise Invalid("A cut must leave less than the present allocation.", "amount")
    ppa.allocation_note = reason.strip()
    changed = {"budget_allocation": amount}
    with _marked(BUDGET_CUTS, ppa):
        return write_amendment(actor, ppa, AmendmentKind.CUT, changed, reason)


def realign(actor: Actor, source: PPA, target: PPA, amount: Decimal, reason: str) -> None:
    """Moves allocation from one approved PPA to another; their sum stays the same.

    Within a ministry and an appropriation class the ministry's head may do it, otherwise MFBM. The
    target's allocation never passes `highest_allocation`: a realignment does not raise an
    activity's total. Raises Invalid.
    """
    for ppa in (source, target):
        require(actor, Permission.PPA_VIEW, ppa)
    for ppa in sorted((source, target), key=lambda one: one.id):
        lock_ppa(actor, ppa)
    within = _same_class(source, target)  # as they are now that nobody else can change them
    permission = Permission.BUDGET_REALIGN if within else Permission.BUDGET_REALIGN_ANY
    require(actor, permission, source)
    for ppa in (source, target):
        refuse_unsettled(ppa)
    _refuse_amount(source, target, amount)
    given = {"budget_allocation": (source.budget_allocation or Decimal(0)) - amount}
    taken = {"budget_allocation": (target.budget_allocation or Decimal(0)) + amount}
    write_amendment(actor, source, AmendmentKind.REALIGNMENT, given, reason, target)
    write_amendment(actor, target, AmendmentKind.REALIGNMENT, taken, reason, source)


def may_realign(actor: Actor, source: PPA, target: PPA) -> bool:
    """Whether this actor could move allocation between the two."""
    within = _same_class(source, target)
    permission = Permission.BUDGET_REALIGN if within else Permission.BUDGET_REALIGN_ANY
    return allows(actor, permission, source) and allows(actor, permission, target)


def highest_allocation(ppa: PPA) -> Decimal:
    """Up to which a realignment may raise a PPA: its ceiling, else its lawful allocation.

    That is what it was approved with, or what MFBM has amended or cut it to since. A cut by law
    holds against the ceiling too, until MFBM amends the PPA.
    """
    made = select(Amendment).where(Amendment.ppa_id == ppa.id).order_by(Amendment.id)
    lawful, is_cut, first = ppa.budget_allocation, False, True
    for one in db.session.scalars(made):
        before, after = one.changes.get("budget_allocation", (None, None))
        if first and before is not None:
            lawful, first = Decimal(before), False
        if after is not None and one.kind is not AmendmentKind.REALIGNMENT:
            lawful = Decimal(after)
        if one.kind is not AmendmentKind.REALIGNMENT:
            is_cut = one.kind is AmendmentKind.CUT
    if ppa.budget_ceiling is not None and not is_cut:
        return ppa.budget_ceiling
    return lawful or Decimal(0)


def _same_class(source: PPA, target: PPA) -> bool:
    return (
        source.implementing_moa_id == target.implementing_moa_id
        and source.appropriation_class is not None
        and source.appropriation_class == target.appropriation_class
    )


def _refuse_amount(source: PPA, target: PPA, amount: Decimal) -> None:
    if source.id == target.id:
        raise Invalid("Choose another PPA to move the amount to.", "target")
    if source.fiscal_year != target.fiscal_year:
        raise Invalid(f"{target.code} is of FY {target.fiscal_year}, another year.", "target")
    if amount.is_finite() and amount <= 0:
        raise Invalid("The amount must be above zero.", "amount")
    parse_money(amount, "amount")
    if amount > (source.budget_allocation or Decimal(0)):
        raise Invalid(f"{source.code} has only {format_peso(source.budget_allocation)}.", "amount")
    highest = highest_allocation(target)
    if (target.budget_allocation or Decimal(0)) + amount > highest:
        raise Invalid(
            f"{target.code} may have at most {format_peso(highest)}: a realignment does not raise "
            f"an activity's total. It has {format_peso(target.budget_allocation)} now.",
            "amount",
        )


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
    counterpart: PPA | None = None,
) -> Amendment:
    """Sets the changed columns and records it; the PPA is locked. Raises Invalid without reason."""
    if not reason.strip():
        raise Invalid("Give the reason, with the law or order behind it.", "reason")
    amendment = Amendment(
        ppa_id=ppa.id,
        kind=kind,
        counterpart_id=counterpart.id if counterpart else None,
        changes={
            name: [_text(getattr(ppa, name)), _text(value)] for name, value in changed.items()
        },
        reason=reason.strip(),
        made_by_id=getattr(actor, "id", None),
    )
    with _marked(AMENDING, ppa):
        for name, value in changed.items():
            setattr(ppa, name, value)
        ppa.updated_by_id = amendment.made_by_id
        db.session.add(amendment)
        db.session.flush()
    return amendment


def _text(value: object) -> str | None:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, date) else value  # type: ignore[return-value]


@contextmanager
def _marked(notes: Notes[set[int]], ppa: PPA) -> Iterator[None]:
    """Tells the session's hooks that this change of the PPA is one of those allowed here."""
    marked, ppa_id = notes.of(db.session()), ppa.id  # not to be read again after a failed flush
    marked.add(ppa_id)
    try:
        yield
    finally:
        marked.discard(ppa_id)
