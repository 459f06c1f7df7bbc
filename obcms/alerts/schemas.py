"""Alerts as the API gives them."""

from marshmallow import fields

from obcms.alerts.rules.choices import AlertKind, AlertLevel, AlertState
from obcms.kernel.api.fields import JSONKey, Key, Money, Percent, TextField, described_as, one_of
from obcms.kernel.api.schemas import Answer, Given, ListAnswer, PageQuery, ordering_by

ORDERINGS = ("id", "code", "opened_at", "level")
FIGURE = "Percent above the allocation, or points ahead of time; null where nothing is allocated."


class AlertAnswer(Answer):
    id = Key(required=True)
    kind = one_of(AlertKind, required=True)
    level = one_of(AlertLevel, required=True)
    state = one_of(AlertState, required=True)
    ppa = JSONKey(attribute="ppa_id", required=True)
    work_item = JSONKey(attribute="work_item_id", allow_none=True, required=True)
    code = fields.String(**described_as("Of the PPA.", required=True))
    title = fields.String(**described_as("Of the PPA or the work item.", required=True))
    threshold_then = Percent(**described_as("What was passed, when raised.", required=True))
    allocated_then = Money(allow_none=True, required=True)
    used_then = Money(**described_as("Spent, or distributed.", required=True))
    figure_then = Percent(**described_as(FIGURE, allow_none=True, required=True))
    allocated_now = Money(allow_none=True, required=True)
    used_now = Money(required=True)
    figure_now = Percent(**described_as(FIGURE, allow_none=True, required=True))
    figures_at = fields.AwareDateTime(required=True)
    opened_at = fields.AwareDateTime(required=True)
    escalated_at = fields.AwareDateTime(allow_none=True, required=True)
    acknowledged_at = fields.AwareDateTime(allow_none=True, required=True)
    acknowledged_by = JSONKey(attribute="acknowledged_by_id", allow_none=True, required=True)
    note = fields.String(required=True)
    resolved_at = fields.AwareDateTime(allow_none=True, required=True)
    why_resolved = fields.String(required=True)


class AlertPage(ListAnswer):
    results = fields.List(fields.Nested(AlertAnswer), required=True)


class AlertQuery(PageQuery):
    """The filters of the list of alerts."""

    kind = one_of(AlertKind)
    level = one_of(AlertLevel)
    state = one_of(AlertState)
    moa = TextField(32, metadata={"description": "The ministry's acronym."})
    ppa = Key()
    work_item = Key()
    ordering = ordering_by(ORDERINGS)


class Acknowledgement(Given):
    note = TextField(1_000, lines=True, metadata={"description": "For colleagues."})
