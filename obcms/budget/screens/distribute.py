"""The distribution dialog: what it offers, how it is read, and its preview."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import request

from obcms.budget.distribution import kept_by_cancelled, refuse_without_tree
from obcms.budget.proposal import Proposal, ProposedAmount, Request
from obcms.budget.rules.choices import INPUTS
from obcms.kernel.formats import peso
from obcms.kernel.rules.money import format_number
from obcms.kernel.rules.splitting import split
from obcms.kernel.screens.forms import Reader, one_of, optional_key
from obcms.ppas.models import PPA
from obcms.work.access import no_such_item
from obcms.work.reads.tree import TreeRow, read_tree
from obcms.work.rules.choices import DistributionMethod, WorkStatus
from obcms.work.rules.outline import outline_numbers
from obcms.work.screens.grid import GridRow, grid_lines

METHODS = {
    DistributionMethod.EQUAL: "The same amount for every item; stray centavos go to the first.",
    DistributionMethod.WEIGHTED: "A weight for each item. The weights sum to 100, or to 1.",
    DistributionMethod.MANUAL: "An amount for each item. The amounts sum to the budget exactly.",
    DistributionMethod.PROPORTIONAL: "Keep today's proportions and rescale them to the budget.",
    DistributionMethod.TEMPLATE: "By the shares of the template that the items were made from.",
}
ZERO = Decimal(0)
HUNDRED = Decimal(100)
# More fields than any parent has children; the rest of a longer form is noise.
MOST_VALUES = 5_000


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """An item to give money to, with the numbers its fields begin with."""

    line: GridRow
    weight: str
    amount: str


def dialog_context(ppa: PPA, parent_id: int | None) -> dict[str, Any]:
    """What the dialog shows for one parent; the execution project where none is named."""
    refuse_without_tree(ppa)
    lines = grid_lines(read_tree(ppa.id))
    wanted = ppa.execution_project_id if parent_id is None else parent_id
    parent = next((line for line in lines if line.row.id == wanted), None)
    if parent is None:
        raise no_such_item()
    below = [line for line in lines if line.row.parent_id == wanted]
    items = [line for line in below if line.row.status != WorkStatus.CANCELLED]
    kept = kept_by_cancelled(line.row for line in below)
    own = parent.row.allocated_budget
    target = None if own is None else own - kept
    return {
        "parent": None,
        "source": parent,
        "items": _prefilled(items, target),
        "budget": own,
        "kept": kept,
        "target": target,
        "methods": METHODS,
        "inputs": INPUTS,
        "method": _default_method(ppa, [line.row for line in items]),
        "deeper": any(line.children for line in items),
        "parents": [line for line in lines if line.children],
    }


def _prefilled(items: Sequence[GridRow], target: Decimal | None) -> list[RecipientRow]:
    rows = [line.row for line in items]
    if not rows:
        return []
    now = [row.effective_allocation or ZERO for row in rows]
    shares = [row.budget_share for row in rows]
    basis = now if any(now) else shares if all(shares) else [Decimal(1)] * len(rows)
    weights = split(HUNDRED, basis)
    amounts = now if any(now) else split(target, basis) if target and target > 0 else now
    return [
        RecipientRow(line, format_number(weight), f"{amount:,.2f}")
        for line, weight, amount in zip(items, weights, amounts, strict=True)
    ]


def _default_method(ppa: PPA, rows: Sequence[TreeRow]) -> DistributionMethod:
    """The PPA's policy; a policy that names a template means "by its shares"."""
    policy = ppa.budget_distribution_policy
    if policy in (DistributionMethod.EQUAL, DistributionMethod.WEIGHTED, DistributionMethod.MANUAL):
        return DistributionMethod(policy)
    if rows and all(row.budget_share is not None for row in rows):
        return DistributionMethod.TEMPLATE
    if any(row.effective_allocation for row in rows):
        return DistributionMethod.PROPORTIONAL
    return DistributionMethod.EQUAL


def read_request() -> Request:
    """The dialog's form. Numbers stay text here; the rule reads and judges them."""
    reader = Reader(request.form)
    method = reader.read("method", one_of(DistributionMethod), None)
    parent_id = reader.read("parent", optional_key, None)
    reader.finish()
    values = None
    if method in INPUTS:
        prefix = f"{INPUTS[method].value}/"
        given = [name for name in request.form if name.startswith(prefix)][:MOST_VALUES]
        values = {name.removeprefix(prefix): request.form[name].strip() for name in given}
    return Request(method, values, parent_id, *_further_down())


def _further_down() -> tuple[bool, bool]:
    return request.form.get("cascade") == "1", request.form.get("rescale") == "1"


def preview_json(proposal: Proposal, rows: Sequence[TreeRow]) -> dict[str, Any]:
    """The proposal with amounts as people read them; `children` are direct, others cascade."""
    refused = {line.item.id for line in proposal.refused}
    numbers = outline_numbers((row.id, row.parent_id, row.position) for row in rows)
    return {
        "version": proposal.version,
        "total": peso(proposal.total),
        "lines": [
            {
                "id": line.item.id,
                "parent": line.item.parent_id,
                "number": numbers.get(line.item.id, ""),
                "title": line.item.title,
                "level": numbers.get(line.item.id, "").count(".") + 1,
                "now": peso(line.before),
                "proposed": peso(line.after),
                "difference": _signed(line.difference),
                "change": (line.difference > 0) - (line.difference < 0),
                "spent": peso(line.spent),
                "flag": _flag(line, line.item.id in refused),
                "blocked": line.item.id in refused,
            }
            for line in proposal.lines
        ],
        "warnings": sum(line.below_spent for line in proposal.lines),
        "blocked": len(refused),
    }


def _flag(line: ProposedAmount, refused: bool) -> str:
    if refused:
        return f"{peso((line.item.distributed or ZERO) - line.after)} less than its items hold"
    if line.below_spent:
        return f"{peso(line.spent - line.after)} less than is spent already"
    return ""


def _signed(amount: Decimal) -> str:
    return ("+" if amount > 0 else "") + peso(amount)
