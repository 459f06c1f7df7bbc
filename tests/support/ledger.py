"""Acts, lines and entries of the budget ledger for tests, made through the verbs."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Role, SystemActor
from obcms.ledger.acts import Appropriated, appropriate, create_act
from obcms.ledger.lines import add_line
from obcms.ledger.models import (
    AppropriationsAct,
    BudgetLine,
    FundEntry,
    FundMovement,
    PreparedMovement,
)
from obcms.ledger.move import move_funds
from obcms.ledger.post import post_entry
from obcms.ledger.prepare import prepare_augmentation
from obcms.organizations.models import Organization
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import AppropriationClass

MFBM = SystemActor(role=Role.MFBM_ANALYST)
EFFECTIVITY = date(2015, 1, 1)
_numbers = count(1)


def make_act(**values: Any) -> AppropriationsAct:
    """An act in force since 2015, whose money lapses late; `values` of its own besides."""
    usual = {
        "number": f"BAA {1000 + next(_numbers)}",
        "fiscal_year": 2031,
        "effectivity": EFFECTIVITY,
    }
    return create_act(MFBM, usual | values)


def make_line(
    act: AppropriationsAct | None = None,
    moa: str | None = "MOH",
    ppa: PPA | None = None,
    amounts: Mapping[str, str] | None = None,
    **values: Any,
) -> BudgetLine:
    """A line of an office, or of none, with pesos by class: a million of MOOE by default."""
    query = select(Organization.id).where(Organization.acronym == moa)
    usual = {
        "organization_id": db.session.scalar(query) if moa else None,
        "cost_structure": "ops" if moa else "spf",
        "title": f"Item {next(_numbers)}",
        "ppa_id": ppa.id if ppa else None,
    }
    act = act or make_act()
    line = add_line(MFBM, act, usual | values)
    given = {"mooe": "1000000.00"} if amounts is None else amounts
    by_class = {AppropriationClass(name): Decimal(amount) for name, amount in given.items()}
    appropriate(MFBM, act, [Appropriated(line, by_class)])
    return line


def entry(line: BudgetLine, kind: str, amount: str, **values: Any) -> FundEntry:
    """Posts an entry of MOOE by MFBM."""
    usual = {
        "kind": kind,
        "appropriation_class": "mooe",
        "amount": amount,
        "reference": f"N-{next(_numbers)}",
    }
    return post_entry(MFBM, line, usual | values)


def obligate(line: BudgetLine, amount: str = "1000.00", **values: Any) -> FundEntry:
    """An obligation on the line's MOOE."""
    return entry(line, "obligation", amount, **({"payee": "Kalilintad Catering"} | values))


def modify(line: BudgetLine, amount: str = "10.00", **values: Any) -> FundMovement:
    """A document that moves pesos from the line's MOOE to its CO."""
    part = {"line": line.id}
    entries = [
        part | {"kind": kind, "appropriation_class": of_class, "amount": sign + amount}
        for kind in ("appropriation_adjustment", "allotment_adjustment")
        for of_class, sign in (("mooe", "-"), ("co", ""))
    ]
    usual = {"kind": "modification", "reference": f"MOD-{next(_numbers)}", "entries": entries}
    return move_funds(MFBM, usual | values)


def prepare(
    source: BudgetLine, target: BudgetLine, amount: str = "10.00", **values: Any
) -> PreparedMovement:
    """An augmentation of the MOOE that MFBM prepared; nothing of it is posted."""
    entries = [
        {"line": line.id, "kind": kind, "appropriation_class": "mooe", "amount": sign + amount}
        for kind in ("appropriation_adjustment", "allotment_adjustment")
        for line, sign in ((source, "-"), (target, ""))
    ]
    usual = {"kind": "augmentation", "reference": f"PREP-{next(_numbers)}", "entries": entries}
    return prepare_augmentation(MFBM, usual | {"ground": "completed"} | values)


def prepared() -> PreparedMovement:
    """The same between two lines of a new act, also where its effectivity is closed already."""
    act = make_act()
    lines = [make_line(act, amounts={}) for _ in range(2)]
    given = {AppropriationClass.MOOE: Decimal(1_000)}
    appropriate(MFBM, act, [Appropriated(line, given) for line in lines])
    return prepare(*lines)
