"""Work items and expenditures as the API takes and gives them."""

from marshmallow import fields

from obcms.api.entry_action_schemas import DISTRIBUTED, EFFECTIVE
from obcms.api.fields import (
    LONGEST_PROSE,
    Day,
    Flag,
    JSONKey,
    Key,
    Keys,
    Line,
    Money,
    Percent,
    described_as,
    one_of,
)
from obcms.api.schemas import (
    Answer,
    Given,
    ListAnswer,
    PageQuery,
    Partial,
    QueryFlag,
    RecordAnswer,
    ordering_by,
)
from obcms.rules import choices

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


class WorkItemFields(Given):
    """The fields that a client may set, as they are sent and as they are answered."""

    parent = JSONKey(attribute="parent_id", allow_none=True)
    position = JSONKey(0, **described_as("Among its siblings, from 0."))
    work_type = one_of(choices.WorkType)
    title = Line(required=True)
    description = Line(LONGEST_PROSE, lines=True)
    status = one_of(choices.WorkStatus)
    priority = one_of(choices.Priority)
    start_date = Day(allow_none=True)
    end_date = Day(allow_none=True)
    progress = Percent()
    auto_calculate_progress = Flag()
    allocated_budget = Money(allow_none=True)
    budget_notes = Line(LONGEST_PROSE, lines=True)
    assessment = JSONKey(attribute="assessment_id", allow_none=True)
    policy_recommendation = JSONKey(attribute="policy_recommendation_id", allow_none=True)
    assignees = Keys()


class WorkItemGiven(WorkItemFields):
    """A new work item: below `parent`, else below the execution project of `ppa`."""

    ppa = JSONKey(attribute="ppa_id")


class WorkItemChange(Partial, WorkItemFields):
    """What changes in a work item; another parent or position moves it."""


class WorkItemAnswer(RecordAnswer, WorkItemFields):
    """A work item with what the system computes."""

    ppa = JSONKey(attribute="ppa_id", allow_none=True, required=True)
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
    moa = Line(32, metadata={"description": "The ministry's acronym."})
    work_type = one_of(choices.WorkType)
    status = one_of(choices.WorkStatus)
    priority = one_of(choices.Priority)
    assignee = Key()
    end_date_from = Day()
    end_date_to = Day()
    end_date_empty = QueryFlag()
    search = Line(metadata={"description": "Part of the title."})
    ordering = ordering_by(ORDERINGS)


class DuplicateGiven(Given):
    with_subtree = Flag(**described_as("With all below it. False without it."))


class ExpenditureGiven(Given):
    spent_on = Day(required=True)
    amount = Money(required=True)
    description = Line(required=True)
    payee = Line()
    reference_number = Line(64)


class ExpenditureAnswer(Answer, ExpenditureGiven):
    id = Key(required=True)
    work_item = JSONKey(attribute="work_item_id", required=True)
    posted_by = JSONKey(attribute="posted_by_id", allow_none=True)
    posted_at = fields.AwareDateTime(required=True)
    voided_by = JSONKey(attribute="voided_by_id", allow_none=True)
    voided_at = fields.AwareDateTime(allow_none=True)
    void_reason = fields.String(allow_none=True)


class ExpenditurePage(ListAnswer):
    results = fields.List(fields.Nested(ExpenditureAnswer), required=True)


class VoidGiven(Given):
    reason = Line(required=True)
