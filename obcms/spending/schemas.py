"""Expenditures as the API takes and gives them."""

from marshmallow import fields

from obcms.kernel.api.fields import JSONKey, Key
from obcms.kernel.api.schemas import Answer, ListAnswer
from obcms.kernel.records.schema import schema_of
from obcms.spending.fields import EXPENDITURE_FIELDS, VOID_REASON


class ExpenditureGiven(schema_of("ExpenditureOwnFields", EXPENDITURE_FIELDS)):
    """A line to post."""


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


class VoidGiven(schema_of("VoidOwnFields", [VOID_REASON])):
    """Why a line is voided."""
