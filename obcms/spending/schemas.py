"""Expenditures as the API takes and gives them."""

from marshmallow import fields

from obcms.kernel.api.fields import (
    Day,
    JSONKey,
    Key,
    Money,
    TextField,
)
from obcms.kernel.api.schemas import (
    Answer,
    Given,
    ListAnswer,
)


class ExpenditureGiven(Given):
    spent_on = Day(required=True)
    amount = Money(required=True)
    description = TextField(required=True)
    payee = TextField()
    reference_number = TextField(64)


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
    reason = TextField(required=True)
