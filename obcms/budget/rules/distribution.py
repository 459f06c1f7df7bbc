"""Spread a budget over the children of a work item, exact to the centavo (SPEC 5, "Distribute").

Every function returns amounts in pesos that sum to the total, none of them negative. Whatever
is wrong with the input is collected into one Invalid, so that it can be put right in one go.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation, localcontext
from typing import NamedTuple

from obcms.budget.rules.choices import INPUTS, DistributionInput
from obcms.kernel.errors import Invalid, Problem
from obcms.kernel.rules.money import format_number, format_peso, parse_money, quote
from obcms.kernel.rules.splitting import (
    MOST_DIGITS,
    check_weight,
    not_a_number,
    split,
    split_equally,
)
from obcms.work.rules.choices import DistributionMethod

# (what the weights may sum to, how far off they may be): 0.01 percent in total either way.
WEIGHT_SUMS = ((Decimal(1), Decimal("0.0001")), (Decimal(100), Decimal("0.01")))

_LONGEST_NUMBER = 100  # characters, as a client writes it


class ShareItem(NamedTuple):
    """A direct, non-cancelled child, in position order.

    `current`: pesos allocated now. `template_share`: percent of the parent by its template.
    """

    id: int
    label: str
    current: Decimal | None
    template_share: Decimal | None


def equal_amounts(total: Decimal, items: Sequence[ShareItem]) -> dict[int, Decimal]:
    """The same for every item, stray centavos to the first ones."""
    return dict(zip((item.id for item in items), split_equally(total, len(items)), strict=True))


def proportional_amounts(total: Decimal, items: Sequence[ShareItem]) -> dict[int, Decimal]:
    """Rescale what is allocated now; raises Invalid where nothing is."""
    current = [item.current or Decimal(0) for item in items]
    if not any(current):
        raise Invalid(
            "Nothing is allocated to these items now, so there are no proportions to keep. "
            "Choose another method.",
            "method",
        )
    return _by_weights(total, items, current)


def template_amounts(total: Decimal, items: Sequence[ShareItem]) -> dict[int, Decimal]:
    """In proportion to the template's shares; raises Invalid naming the items without one."""
    problems = [
        Problem(f"“{item.label}” has no share in the template.", "method")
        for item in items
        if item.template_share is None
    ]
    if problems:
        raise Invalid(problems)
    return _by_weights(total, items, [item.template_share or Decimal(0) for item in items])


def weighted_amounts(
    total: Decimal, items: Sequence[ShareItem], weights: Mapping[object, object]
) -> dict[int, Decimal]:
    """By one weight per item, summing to 1 or to 100, taken in proportion to their sum.

    `weights` maps item ids (int or digits) to numbers or text, as a client sends them. Raises
    Invalid with one problem per fault; pointers are "weights" and "weights/<item id>".
    """
    values, problems = _read_values(items, weights, DistributionInput.WEIGHTS, _read_weight)
    if len(values) == len(items):
        problems += _weight_sum_problems(values)
    if problems:
        raise Invalid(problems)
    return _by_weights(total, items, [values[item.id] for item in items])


def manual_amounts(
    total: Decimal, items: Sequence[ShareItem], amounts: Mapping[object, object]
) -> dict[int, Decimal]:
    """One amount in pesos per item, summing exactly to the total.

    `amounts` maps item ids (int or digits) to amounts as parse_money reads them. Raises Invalid
    with one problem per fault; pointers are "allocations" and "allocations/<item id>".
    """
    values, problems = _read_values(items, amounts, DistributionInput.ALLOCATIONS, parse_money)
    given = sum(values.values(), Decimal(0))
    if len(values) == len(items) and given != total:
        off = f"{format_peso(abs(given - total))} too {'much' if given > total else 'short'}"
        problems.append(
            Problem(
                f"The amounts sum to {format_peso(given)} but {format_peso(total)} is to be "
                f"distributed: {off}.",
                DistributionInput.ALLOCATIONS,
            )
        )
    if problems:
        raise Invalid(problems)
    return {item.id: values[item.id] for item in items}


def _by_weights(
    total: Decimal, items: Sequence[ShareItem], weights: Sequence[Decimal]
) -> dict[int, Decimal]:
    return dict(zip((item.id for item in items), split(total, weights), strict=True))


def _read_values(
    items: Sequence[ShareItem],
    given: Mapping[object, object],
    field: str,
    read: Callable[[object], Decimal],
) -> tuple[dict[int, Decimal], list[Problem]]:
    """Match what the client sent to the items; a value is kept only where nothing is wrong."""
    labels = {item.id: item.label for item in items}
    values: dict[int, Decimal] = {}
    seen: set[int] = set()
    problems: list[Problem] = []
    for key, raw in given.items():
        item_id = _item_id(key)
        if item_id is None or item_id not in labels:
            problems.append(_foreign(key, field))
            continue
        label, pointer = labels[item_id], f"{field}/{item_id}"
        if item_id in seen:
            problems.append(Problem(f"“{label}” is given more than once.", pointer))
            values.pop(item_id, None)
            continue
        seen.add(item_id)
        try:
            values[item_id] = read(raw)
        except Invalid as error:
            problems += [Problem(f"“{label}”: {p.message}", pointer) for p in error.problems]
    for item in items:
        if item.id not in seen:
            problems.append(Problem(f"“{item.label}” has no value.", f"{field}/{item.id}"))
    return values, problems


def _foreign(key: object, field: str) -> Problem:
    return Problem(
        f"Item {quote(key)} is not one of the items this budget is spread over; it may be "
        "cancelled, deleted or part of something else.",
        f"{field}/{quote(key).replace('~', '~0').replace('/', '~1')}",  # RFC 6901
    )


def _item_id(key: object) -> int | None:
    if isinstance(key, int) and not isinstance(key, bool):
        return key
    if isinstance(key, str) and len(key) < 20 and key.isascii() and key.isdigit():
        return int(key)
    return None


def _read_weight(raw: object) -> Decimal:
    is_text = isinstance(raw, str) and raw.isascii() and "_" not in raw
    is_text = is_text and len(raw) <= _LONGEST_NUMBER
    if isinstance(raw, bool) or not (is_text or isinstance(raw, (int, float, Decimal))):
        raise not_a_number(raw)
    try:
        # JSON numbers arrive as floats; their shortest text is what the client wrote.
        weight = Decimal(str(raw) if isinstance(raw, float) else raw)
    except InvalidOperation:
        raise not_a_number(raw) from None
    check_weight(weight)
    return weight


def _weight_sum_problems(weights: Mapping[int, Decimal]) -> list[Problem]:
    with localcontext(prec=4 * MOST_DIGITS):  # no rounding: the tolerance is a hard line
        given = sum(weights.values(), Decimal(0))
        if any(abs(given - whole) <= slack for whole, slack in WEIGHT_SUMS):
            return []
        target = Decimal(1) if given < 10 else Decimal(100)  # which of the two was meant
        off = format_number(abs(given - target))
    side = "more than" if given > target else "short of"
    return [
        Problem(
            f"The weights sum to {format_number(given)}, which is {off} {side} "
            f"{target}; they must sum to 1 or to 100.",
            DistributionInput.WEIGHTS,
        )
    ]


_WITHOUT_VALUES = {
    DistributionMethod.EQUAL: equal_amounts,
    DistributionMethod.PROPORTIONAL: proportional_amounts,
    DistributionMethod.TEMPLATE: template_amounts,
}
_WITH_VALUES = {
    DistributionMethod.WEIGHTED: weighted_amounts,
    DistributionMethod.MANUAL: manual_amounts,
}


def distribute(
    method: DistributionMethod,
    total: Decimal | None,
    items: Sequence[ShareItem],
    values: Mapping[object, object] | None = None,
) -> dict[int, Decimal]:
    """Spread `total` pesos over `items` by `method`; returns pesos by item id (SPEC 5).

    `values` are the weights or amounts for `weighted` and `manual`, and nothing otherwise.
    Raises Invalid with one problem per fault, among them no budget and no children.
    """
    with_values = _WITH_VALUES.get(method)
    problems = _situation_problems(total, items)
    if with_values is None and values:
        problems.append(Problem("This method takes no weights or amounts.", "method"))
    if with_values is None and method not in _WITHOUT_VALUES:
        problems.append(Problem(f"“{quote(method)}” is not a distribution method.", "method"))
    if with_values and values is not None and not isinstance(values, Mapping):
        problems.append(Problem("Give one value per item, by the item's number.", INPUTS[method]))
    if problems or total is None:
        raise Invalid(problems)
    if with_values:
        return with_values(total, items, values or {})
    return _WITHOUT_VALUES[method](total, items)


def _situation_problems(total: Decimal | None, items: Sequence[ShareItem]) -> list[Problem]:
    problems = []
    if total is None:
        problems.append(Problem("There is no budget to distribute: no amount is set.", "budget"))
    elif total <= 0:
        problems.append(
            Problem(f"There is no budget to distribute: {format_peso(total)} is free.", "budget")
        )
    if not items:
        problems.append(Problem("There are no open items to distribute the budget over.", "parent"))
    return problems
