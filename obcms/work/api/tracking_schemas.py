"""What enabling tracking and syncing take and answer (SPEC 12)."""

from marshmallow import fields

from obcms.kernel.api.fields import Flag, Percent, TextField, one_of
from obcms.kernel.api.schemas import Answer, Given
from obcms.ppas.rules.choices import PPAStatus


class TrackingGiven(Given):
    structure_template = TextField(
        64,
        metadata={
            "description": "`program`, `activity`, `milestone`, `minimal`, or another template of "
            "this office. Without it the policy names it, else `activity`."
        },
    )
    budget_distribution_policy = TextField(
        64,
        metadata={
            "description": "`equal`, `weighted` (by the template's shares), `manual` (no budgets "
            "yet), or a template's name."
        },
    )
    auto_sync_progress = Flag()
    auto_sync_status = Flag()


class TrackingAnswer(Answer):
    structure_template = fields.String(required=True)
    execution_project_id = fields.Integer(required=True)
    execution_project_title = fields.String(required=True)
    work_items_created = fields.Integer(required=True)
    structure_summary = fields.Dict(fields.String(), fields.Integer(), required=True)


class SyncAnswer(Answer):
    previous_progress = Percent(required=True)
    updated_progress = Percent(required=True)
    previous_status = one_of(PPAStatus, required=True)
    updated_status = one_of(PPAStatus, required=True)
    work_items_analyzed = fields.Integer(required=True)
    sync_timestamp = fields.AwareDateTime(required=True)
