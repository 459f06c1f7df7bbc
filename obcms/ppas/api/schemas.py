"""PPAs as the API takes and gives them: the names of SPEC 2, relations as ids."""

from typing import Any

from marshmallow import fields

from obcms.kernel.api.fields import (
    LONGEST_PROSE,
    Day,
    Flag,
    JSONKey,
    Key,
    Keys,
    Line,
    Money,
    Percent,
    Several,
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
from obcms.ppas.rules.choices import (
    AppropriationClass,
    ApprovalStatus,
    Category,
    DeliveryFlag,
    FundingSource,
    PPAStatus,
    Priority,
    ProgressWeighting,
    Sector,
)

ORDERINGS = (
    "id",
    "code",
    "title",
    "fiscal_year",
    "status",
    "approval_status",
    "progress",
    "budget_allocation",
    "updated_at",
)
EXAMPLE = {
    "code": "MOH-2031-901",
    "title": "Barangay health workers",
    "category": "moa_ppa",
    "implementing_moa": 1,
    "fiscal_year": 2031,
    "appropriation_class": "mooe",
    "budget_allocation": "1000000.00",
    "start_date": "2031-01-06",
    "target_end_date": "2031-12-19",
}


class MilestoneGiven(Given):
    title = Line(required=True)
    due_date = Day(allow_none=True)
    notes = Line(LONGEST_PROSE, lines=True)

    def load(self, data: Any, **given: Any) -> Any:
        """A milestone is always given as a whole, in a change of a PPA too."""
        return super().load(data, **(given | {"partial": False}))


class EntryFields(Given):
    """The fields that a client may set, as they are sent and as they are answered."""

    code = Line(32, required=True)
    title = Line(required=True)
    summary = Line(LONGEST_PROSE, lines=True)
    remarks = Line(LONGEST_PROSE, lines=True)
    category = one_of(Category)
    implementing_moa = JSONKey(attribute="implementing_moa_id", allow_none=True)
    supporting_organizations = Keys()
    sector = one_of(Sector, allow_none=True)
    fiscal_year = JSONKey(1990, 2100, required=True)
    appropriation_year = JSONKey(1990, 2100, allow_none=True)
    appropriation_class = one_of(AppropriationClass, allow_none=True)
    funding_source = one_of(FundingSource, allow_none=True)
    funding_source_other = Line()
    plan_reference = Line()
    moral_governance_pillar = Line()
    supports_gender = Flag()
    supports_climate = Flag()
    supports_indigenous_peoples = Flag()
    supports_peace_agenda = Flag()
    supports_sdg = Flag()
    budget_ceiling = Money(allow_none=True)
    budget_allocation = Money(allow_none=True)
    obc_share = Money(allow_none=True)
    total_slots = JSONKey(0, allow_none=True)
    obc_slots = JSONKey(0, allow_none=True)
    start_date = Day(allow_none=True)
    target_end_date = Day(allow_none=True)
    actual_end_date = Day(allow_none=True)
    milestones = Several(fields.Nested(MilestoneGiven))
    status = one_of(PPAStatus)
    priority = one_of(Priority)
    auto_sync_progress = Flag()
    auto_sync_status = Flag()
    progress_weighting = one_of(ProgressWeighting)


class EntryGiven(EntryFields):
    """A new PPA."""


class EntryChange(Partial, EntryFields):
    """What changes in a PPA."""


class EntryAnswer(RecordAnswer, EntryFields):
    """A PPA with what the system computes."""

    progress = Percent(required=True)
    approval_status = one_of(ApprovalStatus, required=True)
    enable_workitem_tracking = Flag(required=True)
    execution_project = JSONKey(attribute="execution_project_id", allow_none=True, required=True)
    budget_distribution_policy = fields.String(required=True)
    delivery_flag = one_of(DeliveryFlag, allow_none=True)
    over_distributed = Money(
        **described_as(
            "By how much a cut by law left the allocation below what is distributed.",
            required=True,
        )
    )
    created_by = JSONKey(attribute="created_by_id", allow_none=True)
    updated_by = JSONKey(attribute="updated_by_id", allow_none=True)


class EntryPage(ListAnswer):
    results = fields.List(fields.Nested(EntryAnswer), required=True)


class EntryQuery(PageQuery):
    """The filters of the PPA list."""

    implementing_moa = Key()
    moa = Line(32, metadata={"description": "The ministry's acronym."})
    status = one_of(PPAStatus)
    approval_status = one_of(ApprovalStatus)
    appropriation_class = one_of(AppropriationClass)
    delivery_flag = one_of(DeliveryFlag)
    enable_workitem_tracking = QueryFlag()
    fiscal_year = Key()
    code = Line(metadata={"description": "Part of the code."})
    title = Line(metadata={"description": "Part of the title."})
    search = Line(metadata={"description": "Part of the code or the title."})
    ordering = ordering_by(ORDERINGS)
