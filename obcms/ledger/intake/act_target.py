"""Which act an imported table is of (SPEC 6, "Import")."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from obcms.imports.table.parsed import TableRow
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.rules.folding import code_key
from obcms.ledger.models import AppropriationsAct
from obcms.ledger.models.act import UNNUMBERED
from obcms.ledger.rules.choices import ActKind


@dataclass(frozen=True)
class Target:
    """The act of the rows by its id, or the number and kind of the one to be made."""

    year: int
    number: str
    kind: ActKind
    act_id: int | None


def find_target(rows: Sequence[TableRow], number: str | None, year: int | None) -> Target:
    """The act by its number, else the year's regular one. Raises Invalid naming several."""
    found = _by_number(number) if number else None
    year = year or (found.fiscal_year if found else _year_of(rows))
    if found is not None and found.fiscal_year != year:
        raise Invalid(f"{found.number} is an act of {found.fiscal_year}, not of {year}.", "act")
    query = select(AppropriationsAct).where(AppropriationsAct.fiscal_year == year)
    query = query.where(AppropriationsAct.kind == ActKind.REGULAR)
    regular = db.session.scalars(query.order_by(AppropriationsAct.id)).all()
    if number:
        kind = ActKind.SUPPLEMENTAL if regular else ActKind.REGULAR
        return Target(year, number, kind, found.id if found else None)
    if len(regular) > 1:
        named = ", ".join(one.number for one in regular)
        raise Invalid(f"There are several regular acts of {year}: {named}. Name one.", "act")
    to_be_filled_in = f"Act of {year} {UNNUMBERED}"
    return Target(year, to_be_filled_in, ActKind.REGULAR, regular[0].id if regular else None)


def _by_number(number: str) -> AppropriationsAct | None:
    same = AppropriationsAct.code_key == code_key(number)
    return db.session.scalar(select(AppropriationsAct).where(same))


def _year_of(rows: Sequence[TableRow]) -> int:
    years = sorted({row.said["fiscal_year"] for row in rows if row.said["fiscal_year"]})
    if len(years) != 1 or not years[0].isdecimal():
        told = f"The rows are of {', '.join(years)}. " if years else ""
        raise Invalid(f"{told}Give the fiscal year of the act.", "fiscal_year")
    return int(years[0])
