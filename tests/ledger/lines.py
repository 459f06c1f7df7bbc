"""An act, a line of MOH under it, and who posts there, for tests; flushed."""

from datetime import date
from decimal import Decimal
from itertools import count
from types import SimpleNamespace

from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Role, SystemActor
from obcms.ledger.acts import Appropriated, appropriate, create_act
from obcms.ledger.lines import add_line
from obcms.ledger.models import AppropriationsAct, BudgetLine
from obcms.organizations.models import Organization
from obcms.people.models import User
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import AppropriationClass

MFBM = SystemActor(role=Role.MFBM_ANALYST)
EXECUTIVE = SystemActor(role=Role.EXECUTIVE)
_numbers = count(1)


def make_act(year: int = 2025, **values: object) -> AppropriationsAct:
    """A regular act of the year, in effect from 1 January."""
    given = {"number": f"BAA {700 + next(_numbers)}", "fiscal_year": year}
    return create_act(MFBM, given | {"effectivity": date(year, 1, 1)} | values)


def make_line(
    act: AppropriationsAct, moa: str | None = "MOH", ppa: PPA | None = None, **values: object
) -> BudgetLine:
    """A line with ₱1,000.00 of MOOE, appropriated and allotted, unless `mooe` says otherwise."""
    amount = Decimal(str(values.pop("mooe", "1000.00")))
    office = (
        moa and db.session.scalars(select(Organization.id).where(Organization.acronym == moa)).one()
    )
    said = {
        "organization_id": office,
        "cost_structure": "ops",
        "title": f"Line {next(_numbers)}",
        "ppa_id": ppa and ppa.id,
    }
    line = add_line(MFBM, act, said | values)
    appropriate(MFBM, act, [Appropriated(line, {AppropriationClass.MOOE: amount})])
    return line


def staff(people: SimpleNamespace, name: str = "moa_staff") -> User:
    """One of the people of the tests."""
    return db.session.get_one(User, getattr(people, name))


def entry(kind: str, amount: str, **values: object) -> dict[str, object]:
    """What is said of an entry of MOOE."""
    usual = {
        "kind": kind,
        "appropriation_class": "mooe",
        "amount": amount,
        "entry_date": date(2025, 3, 3),
        "reference": f"N-{next(_numbers)}",
    }
    return usual | values
