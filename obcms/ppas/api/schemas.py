"""PPAs as the API takes and gives them: the names of SPEC 2, relations as ids."""

from marshmallow import fields

from obcms.kernel.api.fields import (
    Flag,
    JSONKey,
    Key,
    Money,
    Percent,
    TextField,
    described_as,
    one_of,
)
from obcms.kernel.api.schemas import (
    ListAnswer,
    PageQuery,
    Partial,
    QueryFlag,
    RecordAnswer,
    ordering_by,
)
from obcms.kernel.records.schema import schema_of
from obcms.ppas.fields import PPA_FIELDS
from obcms.ppas.rules.choices import (
    AppropriationClass,
    ApprovalStatus,
    DeliveryFlag,
    PPAStatus,
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
    "code": "BAGO-2031-901",
    "title": "Training of barangay advocates",
    "category": "moa_ppa",
    "implementing_moa": 1,
    "fiscal_year": 2031,
    "appropriation_class": "mooe",
    "budget_allocation": "1000000.00",
    "start_date": "2031-01-06",
    "target_end_date": "2031-12-19",
}


# The fields that a client may set, as they are sent and as they are answered.
PPAFields = schema_of("PPAFields", PPA_FIELDS)


class PPAGiven(PPAFields):
    """A new PPA."""


class PPAChange(Partial, PPAFields):
    """What changes in a PPA."""


class PPAAnswer(RecordAnswer, PPAFields):
    """A PPA with what the system computes."""

    progress = Percent(required=True)
    approval_status = one_of(ApprovalStatus, required=True)
    enable_workitem_tracking = Flag(required=True)
    tracking_note = fields.String(
        **described_as("Why tracking was disabled, where it was.", required=True)
    )
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


class PPAPage(ListAnswer):
    results = fields.List(fields.Nested(PPAAnswer), required=True)


class PPAQuery(PageQuery):
    """The filters of the PPA list."""

    implementing_moa = Key()
    moa = TextField(32, metadata={"description": "The ministry's acronym."})
    status = one_of(PPAStatus)
    approval_status = one_of(ApprovalStatus)
    appropriation_class = one_of(AppropriationClass)
    delivery_flag = one_of(DeliveryFlag)
    enable_workitem_tracking = QueryFlag()
    fiscal_year = Key()
    code = TextField(metadata={"description": "Each word is part of the code."})
    title = TextField(metadata={"description": "Each word is part of the title."})
    search = TextField(
        metadata={"description": "Each word is somewhere in the code, the title or the MOA."}
    )
    ordering = ordering_by(ORDERINGS)
