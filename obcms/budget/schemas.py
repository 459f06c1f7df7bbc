"""What the budget tree and a distribution take and answer (SPEC 12)."""

from marshmallow import fields, validate

from obcms.kernel.api.fields import (
    Flag,
    JSONKey,
    Money,
    Percent,
    described_as,
    one_of,
)
from obcms.kernel.api.schemas import Answer, Given
from obcms.ppas.rules.choices import BudgetState, Priority
from obcms.work.rules.choices import DistributionMethod, WorkStatus, WorkType
from obcms.work.schemas import DISTRIBUTED, EFFECTIVE

UNALLOCATED = "Its own budget less `distributed`; on an item with nothing below, all of it."
REMAINING = "`effective_allocation` less `spent_total`."
VARIANCE = "`spent_total` less `effective_allocation`: above zero is an overrun."
STATE = "Whether the items directly below hold all of its own budget, less, nothing, or more."
METHOD = (
    "`equal`; `weighted` with `weights`; `manual` with `allocations`; `proportional` to what the "
    "items have now; `template` by the template's shares."
)
WEIGHTS = (
    "A number of zero or more for each open item directly below, by its id; they sum to 1 or 100."
)
ALLOCATIONS = (
    'Pesos as text such as "1250.00" for each open item directly below, by its id; they sum to '
    "what there is to distribute."
)
CASCADE = (
    "Also distribute further down: by the same method, or in proportion to what the items have "
    "where weights or amounts name the first level only. False without it."
)
RESCALE = (
    "Where the items further down hold more than would be left for them, rescale them in their "
    "present proportions. Without it, or `cascade`, this is refused. False if absent."
)
VERSION = "Needed to apply: what the preview, or the tree, answered. 409 where it has changed."


class NodeAnswer(Answer):
    """A work item with its figures; a variance above zero is an overrun."""

    id = fields.Integer(required=True)
    outline = fields.String(required=True)
    title = fields.String(required=True)
    work_type = one_of(WorkType, required=True)
    status = one_of(WorkStatus, required=True)
    priority = one_of(Priority, required=True)
    progress = Percent(required=True)
    start_date = fields.Date(required=True, allow_none=True)
    end_date = fields.Date(required=True, allow_none=True)
    version = fields.Integer(required=True)
    allocated_budget = Money(**described_as("Its own budget.", required=True, allow_none=True))
    effective_allocation = Money(**described_as(EFFECTIVE, required=True, allow_none=True))
    distributed = Money(**described_as(DISTRIBUTED, required=True, allow_none=True))
    unallocated = Money(**described_as(UNALLOCATED, required=True, allow_none=True))
    spent_here = Money(**described_as("Posted on the item itself.", required=True))
    spent_total = Money(**described_as("Posted on it and below it.", required=True))
    remaining = Money(**described_as(REMAINING, required=True, allow_none=True))
    variance = Money(**described_as(VARIANCE, required=True, allow_none=True))
    variance_percent = Percent(required=True, allow_none=True)
    utilization = Percent(required=True, allow_none=True)
    budget_state = one_of(BudgetState, **described_as(STATE, required=True))
    children = fields.List(fields.Nested(lambda: NodeAnswer()), required=True)


class TreeAnswer(Answer):
    ppa_id = fields.Integer(required=True)
    ppa_title = fields.String(required=True)
    total_budget = Money(required=True, allow_none=True)
    allocated_budget = Money(required=True)
    unallocated_budget = Money(required=True, allow_none=True)
    budget_currency = fields.String(required=True)
    tracked = Flag(**described_as("False where tracking was disabled.", required=True))
    version = fields.String(required=True)
    tree = fields.Nested(NodeAnswer, required=True)


class DistributionGiven(Given):
    method = one_of(DistributionMethod, **described_as(METHOD, required=True))
    weights = fields.Dict(fields.String(), fields.Raw(), **described_as(WEIGHTS))
    allocations = fields.Dict(fields.String(), fields.Raw(), **described_as(ALLOCATIONS))
    parent = JSONKey(
        **described_as(
            "The item whose budget is distributed; without it the execution project.",
            allow_none=True,
        )
    )
    cascade = Flag(**described_as(CASCADE))
    rescale = Flag(**described_as(RESCALE))
    preview = Flag(**described_as("Write nothing. False without it."))
    version = fields.String(
        validate=validate.Length(max=64), **described_as(VERSION, allow_none=True)
    )


class DistributedItem(Answer):
    work_item_id = fields.Integer(required=True)
    parent = fields.Integer(required=True)
    title = fields.String(required=True)
    before = Money(required=True, allow_none=True)
    after = Money(required=True)
    difference = Money(required=True)
    spent = Money(required=True)
    below_spent = Flag(**described_as("The item would get less than is spent.", required=True))
    refused = Flag(
        required=True,
        metadata={"description": "The items below hold more, so applying would be refused."},
    )


class DistributionAnswer(Answer):
    method = one_of(DistributionMethod, required=True)
    parent = fields.Integer(required=True)
    preview = Flag(required=True)
    version = fields.String(required=True)
    items = fields.List(fields.Nested(DistributedItem), required=True)
    total_allocated = Money(
        **described_as(
            "Over the items directly below `parent`, without those further down.", required=True
        )
    )
    kept_by_cancelled = Money(
        **described_as(
            "What cancelled items directly below keep, because it is spent.", required=True
        )
    )
    batch_id = fields.Integer(
        **described_as(
            "Of an applied distribution; null in a preview.", required=True, allow_none=True
        )
    )
    can_apply = Flag(
        **described_as("Whether a preview can be applied; false when it is applied.", required=True)
    )
