"""A notification as the API gives it, and what a client may do with it."""

from marshmallow import fields

from obcms.kernel.api.fields import Day, Flag, Key, TextField, described_as
from obcms.kernel.api.schemas import (
    Answer,
    Given,
    ListAnswer,
    PageQuery,
    QueryFlag,
    ordering_by,
)

ORDERINGS = ("id", "created_at", "due")


class NotificationChange(Given):
    read = Flag(**described_as("False marks it as unread again.", required=True))


class NotificationAnswer(Answer):
    id = Key(required=True)
    event = fields.String(required=True)
    about = fields.String(**described_as("What it is about, as the event names it.", required=True))
    threshold = fields.String(required=True)
    subject = fields.String(required=True)
    what = fields.String(required=True)
    to_do = fields.String(required=True)
    due = Day(required=True, allow_none=True)
    link = fields.String(**described_as("A path of this application.", required=True))
    created_at = fields.AwareDateTime(required=True)
    read_at = fields.AwareDateTime(required=True, allow_none=True)


class NotificationPage(ListAnswer):
    results = fields.List(fields.Nested(NotificationAnswer), required=True)


class NotificationQuery(PageQuery):
    """The filters of the list."""

    unread = QueryFlag()
    event = TextField(120)
    ordering = ordering_by(ORDERINGS)
