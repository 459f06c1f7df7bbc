"""Fetching is the permission check: another ministry's line does not exist for its staff."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from obcms.kernel.db.keys import LARGEST_KEY
from obcms.kernel.errors import NotFound
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, allows, can_see
from obcms.ledger.models import AppropriationsAct, BudgetLine, FundBalance, FundEntry, Obligation
from obcms.ledger.refusals import forbidden, hidden, no_such_line
from obcms.ledger.rules.choices import EntryKind, MovementKind
from obcms.ledger.rules.effects import SPENDING

LINE_WITH_ACT = (joinedload(BudgetLine.act), joinedload(BudgetLine.organization))


def find_act(act_id: int) -> AppropriationsAct:
    """An act, which everybody sees who sees the ledger; raises NotFound."""
    act = db.session.get(AppropriationsAct, act_id) if act_id <= LARGEST_KEY else None
    if act is None:
        raise NotFound("There is no such act.")
    return act


def find_line(actor: Actor, line_id: int, *options: ORMOption) -> BudgetLine:
    """The line with its act and office, if it exists for the actor; raises NotFound."""
    query = select(BudgetLine).where(BudgetLine.id == line_id).options(*LINE_WITH_ACT, *options)
    line = db.session.scalar(query) if line_id <= LARGEST_KEY else None
    if line is None or not can_see(actor, line):
        raise no_such_line()
    return line


def find_fund_entry(actor: Actor, fund_entry_id: int) -> FundEntry:
    """The entry with its balance, line and act; raises NotFound."""
    load = joinedload(FundEntry.balance).joinedload(FundBalance.line).joinedload(BudgetLine.act)
    query = select(FundEntry).where(FundEntry.id == fund_entry_id).options(load)
    entry = db.session.scalar(query) if fund_entry_id <= LARGEST_KEY else None
    if entry is None or not can_see(actor, entry.balance.line):
        raise hidden("There is no such entry.")
    return entry


def find_obligation(actor: Actor, obligation_id: int) -> Obligation:
    """The obligation with its balance and line; raises NotFound."""
    load = joinedload(Obligation.balance).joinedload(FundBalance.line)
    query = select(Obligation).where(Obligation.id == obligation_id).options(load)
    found = db.session.scalar(query) if obligation_id <= LARGEST_KEY else None
    if found is None or not can_see(actor, found.balance.line):
        raise hidden("There is no such obligation.")
    return found


def permission_for(kind: EntryKind) -> Permission:
    """What posting an entry of the kind takes."""
    return Permission.FUND_SPEND if kind in SPENDING else Permission.FUND_RELEASE


def require_kind(actor: Actor, kind: EntryKind) -> None:
    """Raises Forbidden with a sentence that says whose entry it is."""
    if allows(actor, permission_for(kind)):
        return
    whose = "its ministry and MFBM post" if kind in SPENDING else "only MFBM posts"
    raise forbidden(f"Your role does not allow this: {whose} {kind.label.lower()} entries.")


def require_override(actor: Actor) -> None:
    """Raises Forbidden for who may not record an obligation beyond a limit."""
    if not allows(actor, Permission.FUND_OVERRIDE):
        raise forbidden("Only MFBM records an obligation beyond a limit, and posts it itself.")


def require_document(actor: Actor, kind: MovementKind) -> None:
    """Raises Forbidden with a sentence that says whose document it is."""
    if kind is MovementKind.AUGMENTATION:
        if not allows(actor, Permission.FUND_AUGMENT):
            raise forbidden("Only the executive augments a line from savings.")
    elif not allows(actor, Permission.FUND_RELEASE):
        raise forbidden(f"Only MFBM posts a {kind.value}.")


def require_all(actor: Actor, entries: Iterable[FundEntry]) -> None:
    """Asks for each entry, whose movement is loaded; raises Forbidden or NotFound."""
    for entry in entries:
        if not can_see(actor, entry.balance.line):
            raise no_such_line()
        if entry.movement is not None:
            require_document(actor, entry.movement.kind)
        else:
            require_kind(actor, entry.kind)
