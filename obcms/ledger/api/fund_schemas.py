"""Documents, quarters and the figures of funds as the API takes and gives them (SPEC 6)."""

from typing import Any

from marshmallow import fields

from obcms.kernel.api.fields import Day, JSONKey, Key, Money, Several, described_as, one_of
from obcms.kernel.api.schemas import Answer, Given, ListAnswer, PageQuery
from obcms.kernel.records.schema import PartGiven, schema_of
from obcms.ledger.api.schemas import FundEntryAnswer, filter_of, own_fields
from obcms.ledger.movement_input import MOVEMENT_FIELDS, PART_FIELDS
from obcms.ledger.quarters import QUARTER_FIELDS
from obcms.ledger.reads.statement import Authorization
from obcms.ledger.rules.choices import FundCluster, MovementKind, QuarterAction
from obcms.ledger.rules.columns import COLUMN_NUMBERS
from obcms.ppas.rules.choices import AppropriationClass


class MovementPart(own_fields("MovementPartFields", PART_FIELDS), PartGiven):
    """An entry of a document; `moa` instead of `line` means the office's own line of a fund."""


class MovementGiven(schema_of("MovementOwnFields", MOVEMENT_FIELDS)):
    """A document that moves money."""

    entries = Several(fields.Nested(MovementPart))


class MovementAnswer(Answer):
    """A document with those of its entries that are on the user's lines."""

    id = Key(required=True)
    kind = one_of(MovementKind, required=True)
    reference = fields.String(required=True)
    ground = fields.String(required=True)
    remarks = fields.String(required=True)
    posted_by = JSONKey(attribute="posted_by_id", allow_none=True, required=True)
    posted_at = fields.AwareDateTime(required=True)
    entries = fields.List(fields.Nested(FundEntryAnswer), required=True)


class MovementPage(ListAnswer):
    results = fields.List(fields.Nested(MovementAnswer), required=True)


class MovementQuery(PageQuery):
    kind = filter_of(MovementKind)


class QuarterGiven(schema_of("QuarterOwnFields", QUARTER_FIELDS)):
    """A quarter to close or to reopen."""


class QuarterAnswer(Answer):
    """One closing, or one reopening with its reason."""

    id = Key(required=True)
    year = fields.Integer(required=True)
    quarter = fields.Integer(required=True)
    action = one_of(QuarterAction, required=True)
    reason = fields.String(required=True)
    done_by = JSONKey(attribute="done_by_id", allow_none=True, required=True)
    done_at = fields.AwareDateTime(required=True)


class QuarterPage(ListAnswer):
    results = fields.List(fields.Nested(QuarterAnswer), required=True)


class FundsQuery(Given):
    """Of which fund cluster, and as of which day."""

    fund_cluster = filter_of(FundCluster)
    as_of = Day(
        metadata={
            "description": "Without it today, at most the last day of the act's year; a day of a "
            "later year asks for that year's continuing statement."
        }
    )


def _column(name: str, number: int) -> Any:
    said = name.replace("_", " ").capitalize()
    return Money(**described_as(f"Column {number}: {said}.", attribute=f"columns.{name}"))


_COLUMNS = {name: _column(name, number) for name, number in COLUMN_NUMBERS.items()}


class FundFigures(Answer.from_dict(_COLUMNS, name="StatementColumns"), Answer):
    """Columns 3 to 24 of the statement, and what is available by all that is posted; pesos."""

    available_to_allot = Money(attribute="available.to_allot", required=True)
    available_to_obligate = Money(attribute="available.to_obligate", required=True)
    available_to_pay = Money(attribute="available.to_pay", required=True)
    last_day_to_obligate = fields.Date(
        **described_as(
            "Null where there is none, or not one for all; after it nothing is available.",
            attribute="available.last_day",
            allow_none=True,
            required=True,
        )
    )


class ClassFigures(FundFigures):
    appropriation_class = one_of(AppropriationClass, required=True)


class StatementAnswer(Answer):
    """Which statement the figures of an act's lines are from."""

    fiscal_year = fields.Integer(required=True)
    authorization = fields.Enum(Authorization, by_value=fields.String(), required=True)
    year = fields.Integer(required=True)
    as_of = fields.Date(required=True)


class FundsAnswer(Answer):
    fund_cluster = one_of(FundCluster, required=True)
    statements = fields.List(fields.Nested(StatementAnswer), required=True)
    classes = fields.List(fields.Nested(ClassFigures), required=True)
    total = fields.Nested(FundFigures, required=True)
