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
from obcms.ledger.rules.choices import EntryKind

_ORDER = list(EntryKind)


@dataclass
class RegisterOutcome:
    """`new` in the order of posting; `totals` of these and the unchanged by class, pesos.

    `keys` are the balances and `offices` the offices that posting the new ones holds.
    """

    new: list[Planned] = field(default_factory=list)
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
    said = list(_readable(actor, rows, outcome))
    ledger = Ledger(said)
    pending = []
    for one in said:
        if ledger.like[one.like]:
            ledger.like[one.like] -= 1
            outcome.unchanged += 1
            _count(one, outcome)
        else:
            pending.append(one)
    judge = Judge(ledger)
    pending.sort(key=lambda one: (one.day, _ORDER.index(one.kind), one.row))
    for _, of_the_day in groupby(pending, key=lambda one: one.day):
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


def _readable(actor: Actor, rows: Sequence[Row], outcome: RegisterOutcome) -> Iterator[Said]:
    lines = Lines(actor, rows)
    for row in rows:
        try:
            yield read_row(actor, row, lines.named_by(row))
        except ObcmsError as error:
            outcome.refused.append(_refusal(row["row"], error))


def _judge_day(judge: Judge, said: Sequence[Said], outcome: RegisterOutcome) -> None:
    """Limits hold at a day's end: what frees money may stand after what takes it."""
    waiting, errors = list(said), {}
    while waiting:
        left = []
        for one in waiting:
            try:
                outcome.new.append(judge.accept(one))
            except ObcmsError as error:
                errors[one.row] = error
                left.append(one)
            else:
                _count(one, outcome)
                outcome.keys.add(one.key)
                if is_advance(one.given) and one.line.organization_id is not None:
                    outcome.offices.add(one.line.organization_id)
        if len(left) == len(waiting):
            break
        waiting = left
    outcome.refused += [_refusal(one.row, errors[one.row]) for one in waiting]


def _count(one: Said, outcome: RegisterOutcome) -> None:
    outcome.totals[one.given["appropriation_class"].value] += one.given["amount"]


def _refusal(row: int, error: ObcmsError) -> dict[str, Any]:
    return {"row": row, "reason": str(error), **error.details}
