"""A line of an act: adding one, and what is known of it besides its money (SPEC 6)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from obcms.kernel.audit.bulk import RowUpdate, Updates, insert_rows, update_rows
from obcms.kernel.db.kept_text import kept_text
from obcms.kernel.errors import Invalid, Problem
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
OWN_DAY = Problem(
    "Give a last day for a line that has one of its own, and for no other.", "last_day"
)
_REFERENCES = ("organization_id", "ppa_id")
_SAID_ANEW = ("uacs_code", "search_text", "for_later_release", "validity", "ppa_id")


def add_line(actor: Actor, act: AppropriationsAct, values: Mapping[str, Any]) -> BudgetLine:
    """A new line without entries. Without an answer a special purpose fund is released later.

    Raises Invalid, also where the act has the line already.
    """
    require(actor, Permission.FUND_RELEASE)
    found = _read(act, values)
    with coded(Refusal.INPUT):
        resolve(LINE_FIELDS, {name: found[name] for name in _REFERENCES})
    line = BudgetLine(act=act, **found)
    if same_line(act, line.organization_id, line.cost_structure, line.title) is not None:
        raise _double(act)
    db.session.add(line)
    db.session.flush()
    return line


def add_lines(
    actor: Actor, act: AppropriationsAct, many: Iterable[Mapping[str, Any]]
) -> list[BudgetLine]:
    """Several at once, in queries that do not grow with them; offices and PPAs are known to be
    there. Raises Invalid as for one.
    """
    require(actor, Permission.FUND_RELEASE)
    known, rows = set(lines_of(act)), {}
    for values in many:
        row = _read(act, values)
        key = line_key(row["organization_id"], row["cost_structure"], row["title"])
        if key in known:
            raise _double(act)
        known.add(key)
        rows[key] = row
    if rows:
        insert_rows(db.session(), BudgetLine, list(rows.values()))
    added = lines_of(act)
    return [added[key] for key in rows]


def say_anew(
    actor: Actor,
    act: AppropriationsAct,
    lines: Sequence[BudgetLine],
    many: Sequence[Mapping[str, Any]],
) -> None:
    """What is known of the act's lines besides what they are known by, in sets."""
    require(actor, Permission.FUND_RELEASE)
    rows = []
    for line, values in zip(lines, many, strict=True):
        read = _read(act, values)
        read |= kept_text(BudgetLine, {"title": line.title, "uacs_code": read["uacs_code"]})
        old, new = (tuple(one[name] for name in _SAID_ANEW) for one in (vars(line), read))
        rows.append(RowUpdate(line.id, line.version, None, old, new))
    update_rows(db.session(), [Updates(BudgetLine, _SAID_ANEW, rows)])


def line_key(
    organization_id: int | None, cost_structure: CostStructure, title: str
) -> tuple[int | None, CostStructure, str]:
    """What a line of an act is known by."""
    return organization_id, cost_structure, name_key(title)


def lines_of(act: AppropriationsAct) -> dict[tuple[int | None, CostStructure, str], BudgetLine]:
    """The lines that the act has, by what they are known by."""
    with db.session.no_autoflush:
        found = db.session.scalars(select(BudgetLine).where(BudgetLine.act_id == act.id))
        return {(one.organization_id, one.cost_structure, one.title_key): one for one in found}


def _read(act: AppropriationsAct, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"act_id": act.id} | clean_line(values)


def clean_line(values: Mapping[str, Any]) -> dict[str, Any]:
    """Each column of a line, with what is usual where nothing is said. Raises Invalid."""
    with coded(Refusal.INPUT):
        given = {name: value for name, value in values.items() if value not in (None, "")}
        cleaned = clean_values(LINE_FIELDS, given, "A line", is_new=True)
    is_fund = cleaned["cost_structure"] is CostStructure.SPF
    usual = {field.name: field.empty for field in LINE_FIELDS}
    usual |= {"for_later_release": is_fund, "validity": LineValidity.BY_ACT}
    found = {**usual, **cleaned}
    _refuse_contradictions(found)
    return found


def _double(act: AppropriationsAct) -> Invalid:
    return refused(Refusal.DOUBLE, f"{act.number} has this line already.", "title")


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


def _refuse_contradictions(line: Mapping[str, Any]) -> None:
    if line["organization_id"] is None and line["cost_structure"] is not CostStructure.SPF:
        told = "The line names no office; only a special purpose fund has none."
        raise refused(Refusal.INPUT, told, "organization")
    if (line["validity"] is LineValidity.OWN_DAY) != (line["last_day"] is not None):
        raise refused(Refusal.INPUT, OWN_DAY.message, OWN_DAY.pointer)
