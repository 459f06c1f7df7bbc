"""What a register of entries would post, and posting it: the same judgement for both (SPEC 6)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from obcms.kernel.errors import Conflict, ObcmsError
from obcms.kernel.permissions import Actor, Permission, require
from obcms.ledger.batch import Batch
from obcms.ledger.draft import Draft
from obcms.ledger.hold import BalanceKey, hold_office, hold_period
from obcms.ledger.intake.register_judge import Judge, Planned
from obcms.ledger.intake.register_ledger import Ledger
from obcms.ledger.intake.register_lines import Lines, Row
from obcms.ledger.intake.register_rows import Said, is_advance, read_row
from obcms.ledger.models import FundEntry
from obcms.ledger.refusals import refused
from obcms.ledger.rules.choices import EntryKind, Refusal

_ORDER = list(EntryKind)


@dataclass
class RegisterOutcome:
    """`new` in the order of posting, of `accepted` rows; `totals` with the unchanged ones, pesos.

    `keys` are the balances and `offices` the offices that posting the new ones holds.
    """

    new: list[Planned] = field(default_factory=list)
    accepted: int = 0
    unchanged: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    totals: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    keys: set[BalanceKey] = field(default_factory=set)
    offices: set[int] = field(default_factory=set)


def plan_register(actor: Actor, rows: Sequence[Row]) -> RegisterOutcome:
    """Judges each row without a lock, in queries that do not grow with rows."""
    require(actor, Permission.FUND_VIEW)
    outcome = RegisterOutcome()
    read = list(_readable(actor, rows, outcome))
    ledger = Ledger([one for parts in read for one in parts])
    pending = []
    for parts in read:
        there = [ledger.like[one.like] > 0 for one in parts]
        if all(there):
            ledger.like.subtract(one.like for one in parts)
            outcome.unchanged += 1
            _count(parts, outcome)
        elif any(there):
            message = "The ledger has another opening balance of this ORS. A NORSA adjusts it."
            error = refused(Refusal.DOUBLE, message)
            outcome.refused.append(_refusal(parts[0].row, error))
        else:
            pending.append(parts)
    judge = Judge(ledger)
    pending.sort(key=lambda parts: (parts[0].day, _ORDER.index(parts[0].kind), parts[0].row))
    for _, of_the_day in groupby(pending, key=lambda parts: parts[0].day):
        _judge_day(judge, list(of_the_day), outcome)
    return outcome


def hold_register(
    actor: Actor, rows: Sequence[Row], keys: Collection[BalanceKey], offices: Iterable[int]
) -> tuple[RegisterOutcome, Batch]:
    """Holds what the plan named and judges again; what is added to the batch is not posted yet.

    Raises Conflict where other balances are needed by now.
    """
    hold_period()
    for office in sorted(offices):
        hold_office(office)
    batch = Batch(actor, keys)
    outcome = plan_register(actor, rows)
    if not outcome.keys <= set(keys):
        raise Conflict("The ledger changed meanwhile, so nothing was posted. Post it again.")
    return outcome, batch


def post_planned(batch: Batch, outcome: RegisterOutcome) -> None:
    """Posts the new ones in their order."""
    places: dict[FundEntry, int] = {}
    for planned in outcome.new:
        for place, draft in enumerate(planned.drafts):
            at = batch.add(_with_posted(draft, places, batch))
            if planned.pays is not None and place == 0:
                places[planned.pays] = at
    batch.post()


def _with_posted(draft: Draft, places: dict[FundEntry, int], batch: Batch) -> Draft:
    """Names the disbursement itself where the file brings that as well."""
    if draft.disbursement in places:
        return draft.but(disbursement=batch.entry(places[draft.disbursement]))
    return draft


def _readable(
    actor: Actor, rows: Sequence[Row], outcome: RegisterOutcome
) -> Iterator[Sequence[Said]]:
    """What each row of the file says: one entry, or those of an opening balance."""
    lines = Lines(actor, rows)
    for number, parts in groupby(rows, key=lambda row: row["row"]):
        try:
            yield [read_row(actor, part, lines.named_by(part)) for part in parts]
        except ObcmsError as error:
            outcome.refused.append(_refusal(number, error))


def _judge_day(judge: Judge, read: Sequence[Sequence[Said]], outcome: RegisterOutcome) -> None:
    """Limits hold at a day's end: what frees money may stand after what takes it."""
    waiting = list(read)
    while waiting:
        left, errors = [], []
        for parts in waiting:
            try:
                outcome.new += judge.accept_all(parts)
            except ObcmsError as error:
                left.append(parts)
                errors.append(_refusal(parts[0].row, error))
            else:
                outcome.accepted += 1
                _count(parts, outcome)
                _note_holds(parts, outcome)
        if len(left) == len(waiting):
            outcome.refused += errors
            return
        waiting = left


def _note_holds(parts: Sequence[Said], outcome: RegisterOutcome) -> None:
    for one in parts:
        outcome.keys.add(one.key)
        if is_advance(one.given) and one.line.organization_id is not None:
            outcome.offices.add(one.line.organization_id)


def _count(parts: Sequence[Said], outcome: RegisterOutcome) -> None:
    """Of an opening balance its obligation counts, which the others are parts of."""
    given = parts[0].given
    outcome.totals[given["appropriation_class"].value] += given["amount"]


def _refusal(row: int, error: ObcmsError) -> dict[str, Any]:
    return {"row": row, "reason": str(error), **error.details}
