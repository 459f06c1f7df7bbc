"""What steps and amendments take and answer (SPEC 12)."""

from typing import Any

from marshmallow import fields

from obcms.approval.amendments import AMENDABLE, REASON
from obcms.approval.rules.steps import Action
from obcms.kernel.api.fields import JSONKey, TextField, one_of
from obcms.kernel.api.schemas import Answer, Given, ListAnswer
from obcms.kernel.records.schema import schema_of
from obcms.kernel.rules.fields import LONGEST_PROSE
from obcms.ppas.rules.choices import ApprovalStatus


class StepGiven(Given):
    action = one_of(Action, required=True)
    comment = TextField(LONGEST_PROSE, lines=True)
    seen = one_of(
        ApprovalStatus,
        metadata={"description": "The status decided on; 409 when it is another one now."},
    )


ReasonGiven = schema_of("ReasonGiven", [REASON])


class AmendmentGiven(schema_of("AmendedFields", [*AMENDABLE, REASON])):
    """What changes of what was approved, and the reason; fields that are left out stay."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given | {"partial": [field.public for field in AMENDABLE]})


class StepAnswer(Answer):
    id = fields.Integer(required=True)
    ppa = fields.Integer(required=True, attribute="ppa_id")
    action = one_of(Action, required=True)
    from_status = one_of(ApprovalStatus, required=True)
    to_status = one_of(ApprovalStatus, required=True)
    taken_by = JSONKey(attribute="taken_by_id", allow_none=True, required=True)
    taken_by_name = fields.String(required=True)
    taken_at = fields.AwareDateTime(required=True)
    comment = fields.String(required=True)
    digest = fields.String(
        required=True,
        metadata={
            "description": "SHA-256 of what is approved, as it was then; empty for old steps."
        },
    )


class StepPage(ListAnswer):
    results = fields.List(fields.Nested(StepAnswer), required=True)
