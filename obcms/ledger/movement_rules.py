"""What each document that moves money may do (SPEC 6, "Moving money")."""

from collections import defaultdict
from decimal import Decimal

from sqlalchemy import select

from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.rules.money import format_peso
from obcms.ledger.draft import Draft
from obcms.ledger.models import FundBalance, FundEntry
from obcms.ledger.movement_input import Moved
from obcms.ledger.refusals import refused
from obcms.ledger.rules.choices import EntryKind, MovementKind, Refusal
from obcms.ledger.rules.effects import EFFECTS
from obcms.organizations.models import Organization

# The Bangsamoro Transition Authority: its savings stay among its own lines.
PARLIAMENT = "BTA"
_ADJUSTMENTS = frozenset({EntryKind.APPROPRIATION_ADJUSTMENT, EntryKind.ALLOTMENT_ADJUSTMENT})
_KINDS = {
    MovementKind.MODIFICATION: _ADJUSTMENTS,
    MovementKind.AUGMENTATION: _ADJUSTMENTS,
    MovementKind.TRANSFER: frozenset(
        {EntryKind.APPROPRIATION_ADJUSTMENT, EntryKind.TRANSFER_TO, EntryKind.TRANSFER_FROM}
    ),
}


def refuse_misfit(given: Moved) -> None:
    """Raises Invalid where the document joins what it may not."""
    kinds = {draft.kind for draft in given.drafts}
    if strange := sorted(kind.label.lower() for kind in kinds - _KINDS[given.kind]):
        raise _misfit(f"{given.kind.with_article} has no {strange[0]} entries.")
    if len({draft.line.act_id for draft in given.drafts}) > 1:
        raise _misfit("All lines of a document are of one act.")
    if len({draft.fund_cluster for draft in given.drafts}) > 1:
        raise _misfit("All entries of a document are of one fund cluster.")
    lines = {draft.line.id for draft in given.drafts}
    if given.kind is MovementKind.MODIFICATION and len(lines) > 1:
        raise _misfit("A modification stays within one line.")
    if given.kind is not MovementKind.MODIFICATION and len(lines) < 2:
        raise _misfit(f"{given.kind.with_article} goes from one line to another.")
    if given.kind is MovementKind.AUGMENTATION:
        _refuse_augmentation(given)
    elif given.kind is MovementKind.TRANSFER:
        _refuse_transfer(given)


def refuse_not_zero(given: Moved) -> None:
    """Appropriations and allotments each sum to zero; a transfer also by class."""
    by_class = given.kind is MovementKind.TRANSFER
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for draft in given.drafts:
        group = draft.appropriation_class.label if by_class else ""
        sums[_measure(draft), group] += _signed(draft)
    for (measure, group), total in sums.items():
        if total:
            of_class = f" of {group}" if group else ""
            raise refused(
                Refusal.NOT_ZERO,
                f"The {measure}{of_class} of the document sum to {format_peso(total)}, not zero.",
                "entries",
            )


def _measure(draft: Draft) -> str:
    is_allotment = Refusal.OBLIGATIONS in EFFECTS[draft.kind].slack
    return "allotments" if is_allotment else "appropriations"


def _signed(draft: Draft) -> Decimal:
    return -draft.amount if draft.kind is EntryKind.TRANSFER_TO else draft.amount


def _refuse_augmentation(given: Moved) -> None:
    parliament = db.session.scalar(
        select(Organization.id).where(Organization.acronym == PARLIAMENT)
    )
    of_parliament = {draft.line.organization_id == parliament for draft in given.drafts}
    if len(of_parliament) > 1:
        raise _misfit("Savings of Parliament stay among its own lines.")
    targets = {draft.line.id: draft.line for draft in given.drafts if draft.amount > 0}
    appropriated = (
        select(FundBalance.line_id)
        .join(FundEntry)
        .where(FundBalance.line_id.in_(targets), FundEntry.kind == EntryKind.APPROPRIATION)
    )
    known = set(db.session.scalars(appropriated))
    for number, line in targets.items():
        if number not in known:
            raise _misfit(f"The act appropriates nothing for “{line.title}”.")


def _refuse_transfer(given: Moved) -> None:
    if len({draft.line.organization_id for draft in given.drafts}) < 2:
        raise _misfit("A transfer goes to another office.")
    titles = {draft.line.title_key for draft in given.drafts}
    is_release = any(draft.line.organization_id is None for draft in given.drafts)
    if is_release and len(titles) > 1:
        raise _misfit("A fund is released to the office's own line of the same fund.")


def _misfit(message: str) -> Invalid:
    return refused(Refusal.INPUT, message, "entries")
