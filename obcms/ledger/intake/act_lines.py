"""The lines that an act's rows are compared with, and what each row adds (SPEC 6, "Import")."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from sqlalchemy import func, or_, select

from obcms.imports.declared import ImportDefaults, Records
from obcms.imports.outcome import PlannedRow, RowKind
from obcms.imports.reading.parsed import RowNote
from obcms.imports.table.columns import Said
from obcms.imports.table.parsed import ParsedTable, TableRow
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor
from obcms.kernel.rules.folding import code_key
from obcms.kernel.rules.money import format_peso
from obcms.ledger.acts import has_entries
from obcms.ledger.hold import closed_through
from obcms.ledger.intake.act_table import CLASSES
from obcms.ledger.intake.act_target import find_target
from obcms.ledger.lines import clean_line, line_key, lines_of
from obcms.ledger.models import AppropriationsAct, BudgetLine, FundBalance, FundTotal
from obcms.ledger.rules.choices import CostStructure
from obcms.ledger.rules.validity import usual_validity
from obcms.organizations.models import Organization
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import AppropriationClass

ClassAmounts = dict[AppropriationClass, Decimal]
SHOWN = {"ps": "PS", "mooe": "MOOE", "finex": "FinEx", "co": "CO", "total": "Total"}
_ZERO = Decimal("0.00")


class ActRecords(Records):
    """Offices, PPAs and the act's lines with what they are appropriated.

    Raises Invalid where the rows are of no one act.
    """

    def __init__(self, _actor: Actor, parsed: ParsedTable, given: ImportDefaults) -> None:
        self.warned: list[RowNote] = []
        if not parsed.rows:
            return
        self.target = find_target(parsed.rows, given.options.get("act"), given.fiscal_year)
        offices = select(Organization.acronym_key, Organization.acronym, Organization.id)
        self.offices = {one.acronym_key: one for one in db.session.execute(offices)}
        ppas = select(PPA.code_key, PPA.id, PPA.implementing_moa_id)
        self.ppas = {one.code_key: one for one in db.session.execute(ppas)}
        act = self.target.act_id and db.session.get(AppropriationsAct, self.target.act_id)
        self.lines = lines_of(act) if act else {}
        self.amounts = _appropriated(act) if act else {}
        self.used = _used_lines(act) if act else set()
        self.is_late = bool(act) and has_entries(act) and _is_closed(act)
        self.seen: dict[tuple, int] = {}

    def plan(self, row: TableRow) -> PlannedRow:
        """The row's line with its amounts, where the act does not have them. Raises Invalid."""
        said = row.said
        line = self._line(said)
        key = line_key(line["organization_id"], line["cost_structure"], line["title"])
        if key in self.seen:
            raise Invalid(f"Row {self.seen[key]} is the same line.")
        self.seen[key] = row.row
        amounts = {of: Decimal(said[of.value]) for of in AppropriationClass if _has(said, of.value)}
        there = self.lines.get(key)
        kind = self._kind(there, amounts)
        if kind is RowKind.NEW:
            line["ppa_id"] = self._ppa(row, line["organization_id"])
        shown = {name: amounts.get(AppropriationClass(name)) for name in CLASSES}
        return PlannedRow(
            row.row,
            kind,
            f"{said['moa_acronym']} {line['cost_structure'].name}".strip(),
            line["title"],
            shown | {"total": sum(amounts.values(), _ZERO)},
            record_id=there.id if there else None,
            values={"target": self.target, "line": line, "amounts": amounts},
        )

    def warnings(self) -> list[RowNote]:
        """PPAs that the rows name and are not joined."""
        return self.warned

    def _line(self, said: Said) -> dict[str, Any]:
        """What is known of the line besides its PPA. Raises Invalid."""
        if said["fiscal_year"] and said["fiscal_year"] != str(self.target.year):
            raise Invalid(f"The row is of {said['fiscal_year']}, not of {self.target.year}.")
        try:
            structure = CostStructure(said["cost_structure"] or "")
        except ValueError:
            raise Invalid(_no_structure(said["cost_structure"])) from None
        office = self._office(said["moa_acronym"])
        line = {
            "organization_id": office,
            "cost_structure": structure,
            "title": said["title"],
            "uacs_code": said["uacs_code"],
            "for_later_release": said["later_release"],
            "validity": usual_validity(structure, said["title"]),
        }
        return clean_line(line)

    def _office(self, acronym: str) -> int | None:
        if not acronym:
            return None
        if (found := self.offices.get(code_key(acronym))) is None:
            raise Invalid(f"There is no office with the acronym “{acronym}”.")
        return found.id

    def _kind(self, line: BudgetLine | None, amounts: ClassAmounts) -> RowKind:
        """A line without any money, as an undone import leaves it, gets its amounts anew."""
        there = self.amounts.get(line.id, {}) if line else {}
        is_empty = line is None or (line.id not in self.used and not any(there.values()))
        if line is not None and (not is_empty or not any(amounts.values())):
            _refuse_other_amounts(there, amounts)
            return RowKind.UNCHANGED
        if self.is_late:
            raise Invalid(
                "The quarter in which the act takes effect is closed, and takes no entry but the "
                "act's first import."
            )
        return RowKind.NEW

    def _ppa(self, row: TableRow, office: int | None) -> int | None:
        if not (code := row.said["ppa_code"]):
            return None
        found = self.ppas.get(code_key(code))
        if found is not None and found.implementing_moa_id in (office, None):
            return found.id
        told = "is another office's" if found else "is not there"
        reason = f"The PPA {code} {told}; the line is kept without a PPA."
        self.warned.append(RowNote(row.row, reason))
        return None


def _has(said: Said, name: str) -> bool:
    return said[name] is not None and Decimal(said[name]) != 0


def _no_structure(said: str | None) -> str:
    known = "GAS, STO, OPS or SPF"
    return f"“{said}” is no cost structure: {known}." if said else f"Say {known} of the line."


def _refuse_other_amounts(there: ClassAmounts, amounts: ClassAmounts) -> None:
    for of_class in AppropriationClass:
        old, new = there.get(of_class, _ZERO), amounts.get(of_class, _ZERO)
        if old != new:
            raise Invalid(
                f"The act has this line with {format_peso(old)} of {of_class.label}, not "
                f"{format_peso(new)}. A document adjusts it, not an import."
            )


def _appropriated(act: AppropriationsAct) -> dict[int, ClassAmounts]:
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
    found: defaultdict[int, ClassAmounts] = defaultdict(dict)
    for line_id, of_class, amount in db.session.execute(query):
        found[line_id][of_class] = amount
    return found


def _is_closed(act: AppropriationsAct) -> bool:
    closed = closed_through()
    return closed is not None and act.effectivity <= closed


def _used_lines(act: AppropriationsAct) -> set[int]:
    """Lines that have money at present, wherever it came from."""
    has_money = or_(FundBalance.appropriated != 0, FundBalance.allotted != 0)
    query = select(FundBalance.line_id).join(FundBalance.line)
    return set(db.session.scalars(query.where(BudgetLine.act_id == act.id, has_money)))
