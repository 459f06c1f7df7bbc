"""An act, what it appropriates, and until when (SPEC 6, "The act allots itself")."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from obcms.kernel.errors import Problem
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.kernel.records.conflicts import refuse_overtaken_fields
from obcms.kernel.rules.cleaning import clean_values
from obcms.kernel.rules.fields import Day, Field, OneOf, Prose, Text, Whole
from obcms.kernel.rules.folding import code_key
from obcms.ledger.book import book_many
from obcms.ledger.draft import Draft
from obcms.ledger.hold import BalanceKey, hold_balances, hold_period
from obcms.ledger.models import ActExtension, AppropriationsAct, BudgetLine, FundBalance, FundEntry
from obcms.ledger.quarters import refuse_closed
from obcms.ledger.refusals import coded, refused
from obcms.ledger.rules.choices import ActKind, CostStructure, EntryKind, FundCluster, Refusal
from obcms.ledger.rules.validity import usual_last_days
from obcms.ppas.rules.choices import AppropriationClass

ACT_FIELDS: tuple[Field, ...] = (
    Text("number", longest=40, required="Give the act's number, such as BAA 65."),
    Whole("fiscal_year", least=1990, most=2100, required="Give the fiscal year."),
    OneOf("kind", choices=ActKind),
    Day("effectivity", required="Give the day on which it takes effect."),
    Day("last_day_first", label="Last day to obligate PS and the MOOE of GAS"),
    Day("last_day_other", label="Last day to obligate all else"),
    Prose("remarks"),
)
LAST_DAY_FIRST = "A last day comes after the act takes effect."
NUMBER_TAKEN = Problem("There is already an act with this number.", "number")
SAID_LATER = tuple(one for one in ACT_FIELDS if one.name in ("number", "remarks"))
MADE_BY_ACT = Text("made_by_act", longest=40, required="Name the later act that makes the change.")
EXTENSION_FIELDS: tuple[Field, ...] = (
    MADE_BY_ACT,
    OneOf("cost_structure", choices=CostStructure),
    OneOf("appropriation_class", label="Allotment class", choices=AppropriationClass),
    Day("last_day", required="Give the new last day."),
)


@dataclass(frozen=True)
class Appropriated:
    """What an act gives a line: pesos by class, in one fund cluster."""

    line: BudgetLine
    amounts: Mapping[AppropriationClass, Decimal]
    fund_cluster: FundCluster = FundCluster.REGULAR
    more: Mapping[str, Any] = field(default_factory=dict)


def create_act(actor: Actor, values: Mapping[str, Any]) -> AppropriationsAct:
    """A new act; without last days those that are usual for its year. Raises Invalid."""
    require(actor, Permission.FUND_RELEASE)
    with coded(Refusal.INPUT):
        given = {name: value for name, value in values.items() if value not in (None, "")}
        cleaned = clean_values(ACT_FIELDS, given, "An act", is_new=True)
    _refuse_double(cleaned["number"])
    first, other = usual_last_days(cleaned["fiscal_year"])
    usual = {"kind": ActKind.REGULAR, "last_day_first": first, "last_day_other": other}
    act = AppropriationsAct(**usual | cleaned)
    for name in ("last_day_first", "last_day_other"):
        if getattr(act, name) < act.effectivity:
            raise refused(Refusal.INPUT, LAST_DAY_FIRST, name)
    db.session.add(act)
    db.session.flush()
    return act


def edit_act(
    actor: Actor,
    act: AppropriationsAct,
    values: Mapping[str, Any],
    opened: Mapping[str, str] | None = None,
) -> AppropriationsAct:
    """Sets the number, as of an act that an import made without it, and the remarks.

    Entries keep the number under which they were posted. `opened` is what a form showed. Raises
    Invalid, and Conflict where somebody else changed the same meanwhile.
    """
    require(actor, Permission.FUND_RELEASE)
    with coded(Refusal.INPUT):
        cleaned = clean_values(SAID_LATER, values, "An act", is_new=False)
    db.session.refresh(act, with_for_update={"of": AppropriationsAct})
    if opened is not None:
        refuse_overtaken_fields(act, cleaned, opened, SAID_LATER)
    if "number" in cleaned:
        _refuse_double(cleaned["number"], act.id)
    for name, value in cleaned.items():
        setattr(act, name, value)
    db.session.flush()
    return act


def _refuse_double(number: str, act_id: int = 0) -> None:
    same = AppropriationsAct.code_key == code_key(number)
    query = select(AppropriationsAct.id).where(same, AppropriationsAct.id != act_id)
    with db.session.no_autoflush:
        if db.session.scalar(query) is not None:
            raise refused(Refusal.DOUBLE, NUMBER_TAKEN.message, NUMBER_TAKEN.pointer)


def extend_act(actor: Actor, act: AppropriationsAct, values: Mapping[str, Any]) -> ActExtension:
    """A later last day by a later act, for a cost structure or a class, or for all."""
    require(actor, Permission.FUND_RELEASE)
    with coded(Refusal.INPUT):
        cleaned = clean_values(EXTENSION_FIELDS, values, "A later last day", is_new=True)
    if cleaned["last_day"] <= min(act.last_day_first, act.last_day_other):
        raise refused(Refusal.INPUT, "The new last day is not later.", "last_day")
    extension = ActExtension(act_id=act.id, **cleaned)
    db.session.add(extension)
    db.session.flush()
    return extension


def appropriate(actor: Actor, act: AppropriationsAct, given: Sequence[Appropriated]) -> list[int]:
    """Posts what the act appropriates, on its effectivity, and allots what is not held back.

    All or nothing, in sets; the lines are the act's and flushed. Only an act's first entries may
    go into a closed quarter. Returns the numbers of the entries. Raises Invalid.
    """
    drafts, held = _held_drafts(actor, act, given)
    return book_many(actor, drafts, held) if drafts else []


def _held_drafts(
    actor: Actor, act: AppropriationsAct, given: Sequence[Appropriated]
) -> tuple[list[Draft], dict[BalanceKey, FundBalance]]:
    require(actor, Permission.FUND_RELEASE)
    period = hold_period()
    if has_entries(act):
        refuse_closed(period, act.effectivity)
    drafts = [draft for one in given for draft in _drafts(act, one)]
    return drafts, hold_balances(draft.key for draft in drafts)


def has_entries(act: AppropriationsAct) -> bool:
    """Whether anything is posted on a line of the act."""
    query = select(FundEntry.id).join(FundEntry.balance).join(FundBalance.line)
    return db.session.scalar(query.where(BudgetLine.act_id == act.id).limit(1)) is not None


def _drafts(act: AppropriationsAct, given: Appropriated) -> list[Draft]:
    kinds = [EntryKind.APPROPRIATION]
    if not given.line.for_later_release:
        kinds.append(EntryKind.ALLOTMENT)
    return [
        Draft(
            line=given.line,
            appropriation_class=of_class,
            fund_cluster=given.fund_cluster,
            kind=kind,
            amount=amount,
            posting_date=act.effectivity,
            document_date=act.effectivity,
            more={"reference": act.number, **given.more},
        )
        for of_class, amount in given.amounts.items()
        for kind in kinds
        if amount
    ]
