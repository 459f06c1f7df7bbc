"""Work items and expenditures as the API takes and gives them."""

from marshmallow import fields

from obcms.kernel.api.fields import (
    Day,
    Flag,
    JSONKey,
    Key,
    Money,
    TextField,
    described_as,
    one_of,
)
from obcms.kernel.api.schemas import (
    Given,
    ListAnswer,
    PageQuery,
    Partial,
    QueryFlag,
    RecordAnswer,
    ordering_by,
)
from obcms.kernel.records.schema import schema_of
from obcms.ppas.rules.choices import Priority
from obcms.work.fields import WORK_ITEM_FIELDS
from obcms.work.rules.choices import WorkStatus, WorkType

EFFECTIVE = (
    "Its own budget, else the sum of what the items below have. A cancelled item counts in its "
    "parent with `spent_total` only, whatever stands here."
)
TRACKED = "False where tracking of the PPA was disabled: its tree can be read, not changed."
DISTRIBUTED = "What the items directly below count with; null where none has a budget."

ORDERINGS = (
    "id",
    "title",
    "status",
    "progress",
    "position",
    "end_date",
    "effective_allocation",
    "spent_total",
    "updated_at",
)


class WorkItemFields(schema_of("WorkItemOwnFields", WORK_ITEM_FIELDS)):
    """The fields that a client may set, as they are sent and as they are answered."""

    parent = JSONKey(attribute="parent_id", allow_none=True)
    position = JSONKey(0, **described_as("Among its siblings, from 0.", attribute="place"))


class WorkItemGiven(WorkItemFields):
    """A new work item: below `parent`, else below the execution project of `ppa`."""

    ppa = JSONKey(attribute="ppa_id")


class WorkItemChange(Partial, WorkItemFields):
    """What changes in a work item; another parent or position moves it."""


class WorkItemAnswer(RecordAnswer, WorkItemFields):
    """A work item with what the system computes."""

    ppa = JSONKey(attribute="ppa_id", allow_none=True, required=True)
    tracked = Flag(**described_as(TRACKED, required=True))
    effective_allocation = Money(**described_as(EFFECTIVE, required=True, allow_none=True))
    distributed = Money(**described_as(DISTRIBUTED, required=True, allow_none=True))
    spent_here = Money(required=True)
    spent_total = Money(required=True)
    completed_at = fields.AwareDateTime(required=True, allow_none=True)


class WorkItemPage(ListAnswer):
    results = fields.List(fields.Nested(WorkItemAnswer), required=True)


class WorkItemQuery(PageQuery):
    """The filters of the work item list."""

    ppa = Key()
    parent = Key()
    implementing_moa = Key()
    moa = TextField(32, metadata={"description": "The ministry's acronym."})
    work_type = one_of(WorkType)
    status = one_of(WorkStatus)
    priority = one_of(Priority)
    assignee = Key()
    end_date_from = Day()
    end_date_to = Day()
    end_date_empty = QueryFlag()
    search = TextField(metadata={"description": "Part of the title."})
    ordering = ordering_by(ORDERINGS)


class DuplicateGiven(Given):
    with_subtree = Flag(**described_as("With all below it. False without it."))
