"""Acts, lines, entries and obligations as the API takes and gives them (SPEC 6)."""

from typing import Any

from marshmallow import fields

from obcms.kernel.api.fields import (
    Choices,
    Day,
    Flag,
    JSONKey,
    Key,
    Money,
    SignedMoney,
    TextField,
    described_as,
    one_of,
)
from obcms.kernel.api.schemas import (
    Answer,
    Given,
    ListAnswer,
    PageQuery,
    Partial,
    VersionedAnswer,
    ordering_by,
)
from obcms.kernel.records.schema import api_field, schema_of
from obcms.kernel.rules.choice import Choice
from obcms.kernel.rules.fields import Field
from obcms.ledger.acts import EXTENSION_FIELDS, SAID_LATER
from obcms.ledger.fields import AMOUNT, ENTRY_FIELDS, VOID_REASON
from obcms.ledger.rules.choices import (
    ActKind,
    CostStructure,
    EntryKind,
    FundCluster,
    LineValidity,
)
from obcms.ppas.rules.choices import AppropriationClass

LINE_ORDERINGS = ("id", "title", "uacs_code")
ENTRY_ORDERINGS = ("id", "entry_date", "document_date", "amount", "reference")


class AnyCase(Choices):
    """A member of a choice list, as a filter takes it: in capitals or not."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        value = value.lower() if isinstance(value, str) else value
        return super()._deserialize(value, *args, **kwargs)


def filter_of(choices: type[Choice]) -> AnyCase:
    """A filter by a choice list."""
    return AnyCase(choices, by_value=fields.String())


def own_fields(name: str, given: tuple[Field, ...]) -> type:
    """What people say, its amount signed."""
    fields = {one.public: _signed(one) if one is AMOUNT else api_field(one) for one in given}
    return type(name, (Given,), fields)


def _signed(amount: Field) -> SignedMoney:
    told = dict.fromkeys(("required", "null"), amount.required)
    return SignedMoney(amount, required=True, error_messages=told)


class ExtensionAnswer(Answer):
    """A later last day to obligate, by a later act; of a cost structure or a class, or of all."""

    made_by_act = fields.String(required=True)
    cost_structure = one_of(CostStructure, allow_none=True)
    appropriation_class = one_of(AppropriationClass, allow_none=True)
    last_day = fields.Date(required=True)


class ActAnswer(VersionedAnswer):
    """An appropriations act; `last_day_first` is for PS and the MOOE of GAS."""

    number = fields.String(required=True)
    fiscal_year = fields.Integer(required=True)
    kind = one_of(ActKind, required=True)
    effectivity = fields.Date(required=True)
    last_day_first = fields.Date(required=True)
    last_day_other = fields.Date(required=True)
    remarks = fields.String(required=True)
    extensions = fields.List(fields.Nested(ExtensionAnswer), required=True)


ActChange = type("ActChange", (Partial, schema_of("ActGiven", SAID_LATER)), {})
ExtensionGiven = schema_of("ExtensionGiven", EXTENSION_FIELDS)


class ActPage(ListAnswer):
    results = fields.List(fields.Nested(ActAnswer), required=True)


class ActQuery(PageQuery):
    fiscal_year = Key()


class LineAnswer(VersionedAnswer):
    """A budget line; `moa` is the office's acronym, empty for a fund that is with no office."""

    act = JSONKey(attribute="act_id", required=True)
    act_number = fields.String(attribute="act.number", required=True)
    fiscal_year = fields.Integer(attribute="act.fiscal_year", required=True)
    organization = JSONKey(attribute="organization_id", allow_none=True, required=True)
    moa = fields.Function(lambda line: line.organization.acronym if line.organization else "")
    cost_structure = one_of(CostStructure, required=True)
    title = fields.String(required=True)
    uacs_code = fields.String(required=True)
    for_later_release = Flag(required=True)
    validity = one_of(LineValidity, required=True)
    last_day = fields.Date(allow_none=True, required=True)
    ppa = JSONKey(attribute="ppa_id", allow_none=True, required=True)
    remarks = fields.String(required=True)


class LinePage(ListAnswer):
    results = fields.List(fields.Nested(LineAnswer), required=True)


class LineQuery(PageQuery):
    """The filters of the list of budget lines."""

    fiscal_year = Key()
    act = Key()
    moa = TextField(32, metadata={"description": "The office's acronym, in capitals or not."})
    cost_structure = filter_of(CostStructure)
    ppa = TextField(64, metadata={"description": "The number of a PPA, or its code."})
    search = TextField(metadata={"description": "Each word is in the title or the UACS code."})
    ordering = ordering_by(LINE_ORDERINGS)


class FundEntryGiven(own_fields("FundEntryOwnFields", ENTRY_FIELDS)):
    """An entry to post."""


class FundEntryAnswer(Answer):
    """A posted entry; `voids` is what it voids, `voided_by` the entry that voids it."""

    id = Key(required=True)
    line = JSONKey(attribute="balance.line_id", required=True)
    kind = one_of(EntryKind, required=True)
    appropriation_class = one_of(
        AppropriationClass, attribute="balance.appropriation_class", required=True
    )
    fund_cluster = one_of(FundCluster, attribute="balance.fund_cluster", required=True)
    entry_date = fields.Date(
        **described_as("The posting date.", attribute="posting_date", required=True)
    )
    document_date = fields.Date(required=True)
    amount = SignedMoney(required=True)
    reference = fields.String(required=True)
    obligation = JSONKey(attribute="obligation_id", allow_none=True, required=True)
    disbursement = JSONKey(attribute="disbursement_id", allow_none=True, required=True)
    movement = JSONKey(attribute="movement_id", allow_none=True, required=True)
    posted_with = JSONKey(
        **described_as(
            "The entry under whose number this one was posted along.",
            attribute="posted_with_id",
            allow_none=True,
            required=True,
        )
    )
    voids = JSONKey(attribute="voids_id", allow_none=True, required=True)
    voided_by = JSONKey(attribute="void.id", allow_none=True, dump_default=None)
    void_reason = fields.String(required=True)
    payee = fields.String(required=True)
    acceptance_date = fields.Date(allow_none=True, required=True)
    acceptance_number = fields.String(required=True)
    is_final = Flag(required=True)
    mode = fields.String(allow_none=True, required=True)
    to_be_liquidated = Flag(required=True)
    uacs_object_code = fields.String(required=True)
    remarks = fields.String(required=True)
    override_reason = fields.String(required=True)
    is_illustration = Flag(required=True)
    posted_by = JSONKey(attribute="posted_by_id", allow_none=True, required=True)
    posted_at = fields.AwareDateTime(required=True)


class FundEntryPage(ListAnswer):
    results = fields.List(fields.Nested(FundEntryAnswer), required=True)


class FundEntryQuery(PageQuery):
    """The filters of a line's entries."""

    kind = filter_of(EntryKind)
    appropriation_class = filter_of(AppropriationClass)
    fund_cluster = filter_of(FundCluster)
    obligation = Key()
    since = Day(metadata={"description": "Posted on this day or later."})
    until = Day(metadata={"description": "Posted on this day or before."})
    ordering = ordering_by(ENTRY_ORDERINGS)


class FundVoidGiven(schema_of("FundVoidOwnFields", [VOID_REASON])):
    """Why an entry is voided."""


class ObligationAnswer(Answer):
    """An obligation request (ORS) on a line, class and fund cluster; pesos, all that is posted."""

    id = Key(required=True)
    line = JSONKey(attribute="balance.line_id", required=True)
    appropriation_class = one_of(
        AppropriationClass, attribute="balance.appropriation_class", required=True
    )
    fund_cluster = one_of(FundCluster, attribute="balance.fund_cluster", required=True)
    ors_number = fields.String(required=True)
    payee = fields.String(required=True)
    purpose = fields.String(required=True)
    first_posted_on = fields.Date(required=True)
    obligated = Money(required=True)
    payable = Money(required=True)
    disbursed = Money(required=True)
    unpaid = Money(required=True)
    is_void = Flag(required=True)


class ObligationPage(ListAnswer):
    results = fields.List(fields.Nested(ObligationAnswer), required=True)


class ObligationQuery(PageQuery):
    """The filters of the list of obligations."""

    line = Key()
    ors_number = TextField(64, metadata={"description": "The whole number, however typed."})
    search = TextField(metadata={"description": "Each word is in number, payee or purpose."})


class ObligationWithEntries(ObligationAnswer):
    entries = fields.List(fields.Nested(FundEntryAnswer), required=True)
