"""A line of an act: adding one, and what is known of it besides its money (SPEC 6)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.kernel.records.values import resolve
from obcms.kernel.rules.cleaning import clean_values
from obcms.kernel.rules.fields import Day, Field, Flag, OneOf, Prose, Ref, Text
from obcms.kernel.rules.folding import name_key
from obcms.ledger.models import AppropriationsAct, BudgetLine
from obcms.ledger.refusals import coded, refused
from obcms.ledger.rules.choices import CostStructure, LineValidity, Refusal
from obcms.organizations.models import Organization
from obcms.ppas.models import PPA

LINE_FIELDS: tuple[Field, ...] = (
    Ref("organization_id", model=Organization),
    OneOf("cost_structure", required="Choose the cost structure.", choices=CostStructure),
    Text("title", required="A line needs a title."),
    Text("uacs_code", label="UACS code", longest=40),
    Flag("for_later_release"),
    OneOf("validity", choices=LineValidity),
    Day("last_day"),
    Ref("ppa_id", label="PPA", model=PPA),
    Prose("remarks"),
)


def add_line(actor: Actor, act: AppropriationsAct, values: Mapping[str, Any]) -> BudgetLine:
    """A new line without entries. Without an answer a special purpose fund is released later.

    Raises Invalid, also where the act has the line already.
    """
    require(actor, Permission.FUND_RELEASE)
    with coded(Refusal.INPUT):
        given = {name: value for name, value in values.items() if value not in (None, "")}
        cleaned = resolve(LINE_FIELDS, clean_values(LINE_FIELDS, given, "A line", is_new=True))
    is_fund = cleaned["cost_structure"] is CostStructure.SPF
    usual = {"for_later_release": is_fund, "validity": LineValidity.BY_ACT}
    line = BudgetLine(act=act, **usual | cleaned)
    _refuse_contradictions(line)
    if same_line(act, line.organization_id, line.cost_structure, line.title) is not None:
        raise refused(Refusal.DOUBLE, f"{act.number} has this line already.", "title")
    db.session.add(line)
    db.session.flush()
    return line


def same_line(
    act: AppropriationsAct, organization_id: int | None, cost_structure: CostStructure, title: str
) -> BudgetLine | None:
    """The line that is known by these, if the act has it."""
    query = select(BudgetLine).where(
        BudgetLine.act_id == act.id,
        BudgetLine.cost_structure == cost_structure,
        BudgetLine.title_key == name_key(title),
        BudgetLine.organization_id == organization_id
        if organization_id is not None
        else BudgetLine.organization_id.is_(None),
    )
    with db.session.no_autoflush:
        return db.session.scalar(query)


def _refuse_contradictions(line: BudgetLine) -> None:
    if line.organization_id is None and line.cost_structure is not CostStructure.SPF:
        told = "Only a special purpose fund can be with no office."
        raise refused(Refusal.INPUT, told, "organization")
    if (line.validity is LineValidity.OWN_DAY) != (line.last_day is not None):
        told = "Give a last day for a line that has one of its own, and for no other."
        raise refused(Refusal.INPUT, told, "last_day")
