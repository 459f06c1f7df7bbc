"""What an act's table would add to the ledger, and adding it: the same rows for both (SPEC 6)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.kernel.rules.folding import code_key, name_key
from obcms.kernel.rules.money import format_peso
from obcms.ledger.acts import Appropriated, appropriate_table, create_act
from obcms.ledger.lines import add_lines, line_key, lines_of
from obcms.ledger.models import AppropriationsAct, BudgetLine, FundBalance, FundTotal
from obcms.ledger.rules.choices import ActKind, CostStructure
from obcms.ledger.rules.validity import usual_validity
from obcms.organizations.models import Organization
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import AppropriationClass

Row = Mapping[str, Any]
Amounts = dict[AppropriationClass, Decimal]
_YES, _NO = frozenset({"yes", "y", "true", "1", "x"}), frozenset({"no", "n", "false", "0"})


@dataclass
class ActOutcome:
    """`new` are values and amounts of lines to add; `totals` of these and the unchanged, pesos."""

    new: list[tuple[dict[str, Any], Amounts]] = field(default_factory=list)
    unchanged: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    totals: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    @property
    def accepted(self) -> int:
        """How many rows bring something."""
        return len(self.new)


@dataclass(frozen=True)
class Target:
    """The act of the rows, or the number and kind of the one to be made."""

    year: int
    number: str
    kind: ActKind
    act: AppropriationsAct | None


def find_target(rows: Sequence[Row], number: str | None, year: int | None) -> Target:
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
        return Target(year, number, kind, found)
    if len(regular) > 1:
        named = ", ".join(one.number for one in regular)
        raise Invalid(f"There are several regular acts of {year}: {named}. Name one.", "act")
    to_be_filled_in = f"Act of {year} (number to be filled in)"
    return Target(year, to_be_filled_in, ActKind.REGULAR, regular[0] if regular else None)


def plan_lines(actor: Actor, target: Target, rows: Sequence[Row]) -> ActOutcome:
    """Judges each row with what was read beforehand, in queries that do not grow with rows."""
    require(actor, Permission.FUND_RELEASE)
    known = _Known(target)
    outcome = ActOutcome()
    for row in rows:
        try:
            values, amounts = known.line(row, outcome)
        except ValueError as error:
            outcome.refused.append({"row": row["row"], "reason": str(error)})
            continue
        if values is None:
            outcome.unchanged += 1
        else:
            outcome.new.append((values, amounts))
        for of_class, amount in amounts.items():
            outcome.totals[of_class.value] += amount
    return outcome


def add_planned(actor: Actor, target: Target, outcome: ActOutcome) -> AppropriationsAct | None:
    """Adds the new lines with what they are appropriated and allotted; makes a missing act."""
    if not outcome.new:
        return target.act
    act = target.act or create_act(
        actor,
        {
            "number": target.number,
            "fiscal_year": target.year,
            "kind": target.kind,
            "effectivity": date(target.year, 1, 1),
        },
    )
    lines = add_lines(actor, act, (values for values, _ in outcome.new))
    given = zip(lines, (amounts for _, amounts in outcome.new), strict=True)
    appropriate_table(actor, act, [Appropriated(line, amounts) for line, amounts in given])
    return act


class _Known:
    """Offices, PPAs and the act's lines with what they are appropriated."""

    def __init__(self, target: Target) -> None:
        self.year = target.year
        self.offices = {
            one.acronym_key: one.id
            for one in db.session.execute(select(Organization.acronym_key, Organization.id))
        }
        ppas = select(PPA.code_key, PPA.id, PPA.implementing_moa_id)
        self.ppas = {one.code_key: one for one in db.session.execute(ppas)}
        self.lines = lines_of(target.act) if target.act else {}
        self.amounts = _appropriated(target.act) if target.act else {}
        self.seen: dict[tuple, int] = {}

    def line(self, row: Row, outcome: ActOutcome) -> tuple[dict[str, Any] | None, Amounts]:
        """The values of a new line, None for one that is there. Raises ValueError."""
        if row["fiscal_year"] and row["fiscal_year"] != str(self.year):
            raise ValueError(f"The row is of {row['fiscal_year']}, not of {self.year}.")
        try:
            structure = CostStructure(row["cost_structure"])
        except ValueError:
            told = "GAS, STO, OPS or SPF"
            raise ValueError(f"“{row['cost_structure']}” is no cost structure: {told}.") from None
        office = self._office(row, structure)
        if not row["title"]:
            raise ValueError("The line has no title.")
        later = _later(row["later_release"], structure)
        amounts = {of: Decimal(row[of.value]) for of in AppropriationClass if of.value in row}
        key = line_key(office, structure, row["title"])
        if key in self.seen:
            raise ValueError(f"Row {self.seen[key]} is the same line.")
        self.seen[key] = row["row"]
        if (line := self.lines.get(key)) is not None:
            self._refuse_other_amounts(line, amounts)
            return None, amounts
        return {
            "organization_id": office,
            "cost_structure": structure,
            "title": row["title"],
            "uacs_code": row["uacs_code"],
            "for_later_release": later,
            "validity": usual_validity(structure, row["title"]),
            "ppa_id": self._ppa(row, office, outcome),
        }, amounts

    def _office(self, row: Row, structure: CostStructure) -> int | None:
        acronym = row["moa_acronym"]
        if not acronym:
            if structure is CostStructure.SPF:
                return None
            raise ValueError("The line names no office; only a special purpose fund has none.")
        if (found := self.offices.get(code_key(acronym))) is None:
            raise ValueError(f"There is no office with the acronym “{acronym}”.")
        return found

    def _refuse_other_amounts(self, line: BudgetLine, amounts: Amounts) -> None:
        there = self.amounts.get(line.id, {})
        for of_class in AppropriationClass:
            old, new = there.get(of_class, Decimal(0)), amounts.get(of_class, Decimal(0))
            if old != new:
                raise ValueError(
                    f"The act has this line with {format_peso(old)} of {of_class.label}, not "
                    f"{format_peso(new)}. A document adjusts it, not an import."
                )

    def _ppa(self, row: Row, office: int | None, outcome: ActOutcome) -> int | None:
        if not (code := row["ppa_code"]):
            return None
        found = self.ppas.get(code_key(code))
        if found is not None and found.implementing_moa_id in (office, None):
            return found.id
        told = "is another office's" if found else "is not there"
        reason = f"The PPA {code} {told}; the line is kept without a PPA."
        outcome.warnings.append({"row": row["row"], "reason": reason})
        return None


def _later(said: str, structure: CostStructure) -> bool:
    text = name_key(said)
    if text and text not in _YES | _NO:
        raise ValueError(f"“{said}” says neither yes nor no to later release.")
    return text in _YES if text else structure is CostStructure.SPF


def _by_number(number: str) -> AppropriationsAct | None:
    same = AppropriationsAct.code_key == code_key(number)
    return db.session.scalar(select(AppropriationsAct).where(same))


def _year_of(rows: Sequence[Row]) -> int:
    years = sorted({row["fiscal_year"] for row in rows if row["fiscal_year"]})
    if len(years) != 1 or not years[0].isdigit():
        told = f"The rows are of {', '.join(years)}. " if years else ""
        raise Invalid(f"{told}Give the fiscal year of the act.", "fiscal_year")
    return int(years[0])


def _appropriated(act: AppropriationsAct) -> dict[int, Amounts]:
    """What the act's own entries come to, by line and class."""
    query = (
        select(
            FundBalance.line_id,
            FundBalance.appropriation_class,
            func.sum(FundTotal.appropriations),
        )
        .join(FundTotal, FundTotal.balance_id == FundBalance.id)
        .join(FundBalance.line)
        .where(BudgetLine.act_id == act.id)
        .group_by(FundBalance.line_id, FundBalance.appropriation_class)
    )
    found: defaultdict[int, Amounts] = defaultdict(dict)
    for line_id, of_class, amount in db.session.execute(query):
        found[line_id][of_class] = amount
    return found
