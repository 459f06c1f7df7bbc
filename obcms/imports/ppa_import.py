"""Importing a ministry's own list of PPAs (SPEC 13).

A preview is the import itself, row by row in savepoints, rolled back at the end by the caller: so
it refuses exactly what the import would refuse, and importing the same file again changes nothing.
"""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from obcms.imports.matching import KnownPPAs
from obcms.imports.reading.parsed import ParsedFile, ParsedRow, RowNote
from obcms.kernel.db.constraints import explain
from obcms.kernel.errors import Invalid, ObcmsError
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.kernel.rules.choice import Choice
from obcms.kernel.rules.folding import code_key, search_form
from obcms.organizations.models import Organization
from obcms.ppas.edit import create_ppa, edit_ppa
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import AppropriationClass, FundingSource
from obcms.ppas.rules.codes import next_code, prefix_of

CODE = re.compile(r"(?P<moa>[A-Z0-9]{1,16})-(?P<year>20[0-9]{2})-[0-9]{1,6}", re.ASCII)


class RowKind(Choice):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """What one accepted row does; `changes` maps a field to its old and new value.

    Amount (pesos), class, days and year are what the PPA then has.
    """

    row: int
    kind: RowKind
    code: str
    title: str
    changes: dict[str, tuple[Any, Any]]
    amount: Decimal | None
    appropriation_class: AppropriationClass | None
    start: date | None
    end: date | None
    fiscal_year: int


@dataclass(slots=True)
class Outcome:
    """What an import did, or what a preview would do."""

    rows: list[ImportedRow] = field(default_factory=list)
    refused: list[RowNote] = field(default_factory=list)
    warnings: list[RowNote] = field(default_factory=list)

    def count(self, kind: RowKind) -> int:
        """How many accepted rows are of this kind."""
        return sum(row.kind is kind for row in self.rows)

    def summary(self) -> dict[str, Any]:
        """The JSON of `flask ppa import --json`."""
        return {
            **{kind.value: self.count(kind) for kind in RowKind},
            "refused": [{"row": note.row, "reason": note.reason} for note in self.refused],
            "warnings": [{"row": note.row, "reason": note.reason} for note in self.warnings],
        }

    def fingerprint(self) -> str:
        """Equal for two previews that would do the same."""
        return hashlib.sha256(repr((self.rows, self.refused)).encode()).hexdigest()


def import_ppas(
    actor: Actor, parsed: ParsedFile, moa: Organization | None, fiscal_year: int | None
) -> Outcome:
    """Writes every acceptable row and reports the others; the caller commits or rolls back.

    `moa` and `fiscal_year` hold for rows that do not say. Raises Forbidden.
    """
    require(actor, Permission.PPA_IMPORT)
    importer = _Importer(actor, parsed, moa, fiscal_year)
    outcome = Outcome(refused=list(parsed.refused), warnings=list(parsed.warnings))
    for row in parsed.rows:
        try:
            with db.session.begin_nested():
                outcome.rows.append(importer.take(row))
        except IntegrityError as error:
            outcome.refused.append(RowNote(row.row, str(explain(error))))
        except ObcmsError as error:
            outcome.refused.append(RowNote(row.row, str(error)))
    outcome.refused.sort(key=lambda note: note.row)
    return outcome


class _Importer:
    """The records that the rows are matched with, read once."""

    def __init__(
        self,
        actor: Actor,
        parsed: ParsedFile,
        moa: Organization | None,
        fiscal_year: int | None,
    ) -> None:
        self.actor, self.moa, self.fiscal_year = actor, moa, fiscal_year
        organizations = db.session.scalars(select(Organization)).all()
        self.moas = {one.acronym_key: one for one in organizations}
        self.moas_by_name = {search_form(one.name): one for one in organizations}
        self.file_codes = {row.code for row in parsed.rows if row.code}
        self.known = KnownPPAs(actor, self.file_codes)

    def take(self, row: ParsedRow) -> ImportedRow:
        moa, year = self._moa_of(row), self._year_of(row)
        ppa = self.known.match(row, moa, year)
        if ppa is None:
            ppa = self._create(row, moa, year)
            return _imported(row, RowKind.NEW, ppa, {})
        changes = {
            name: (getattr(ppa, name), value)
            for name, value in _values(row).items()
            if getattr(ppa, name) != value
        }
        if not changes:
            return _imported(row, RowKind.UNCHANGED, ppa, {})
        edit_ppa(self.actor, ppa, {name: value for name, (_, value) in changes.items()})
        return _imported(row, RowKind.CHANGED, ppa, changes)

    def _moa_of(self, row: ParsedRow) -> Organization:
        said = self._said_moa(row)
        if said and self.moa is not None and said != self.moa.acronym_key:
            raise Invalid(f"The row says {said}, but the import is for {self.moa.acronym}.")
        named = CODE.fullmatch(row.code or "")
        acronym = said or (self.moa.acronym_key if self.moa else named and named["moa"])
        if not acronym:
            raise Invalid("The row does not say which ministry it belongs to.")
        if acronym not in self.moas:
            raise Invalid(f"There is no ministry with the acronym “{acronym}”.")
        if named and named["moa"] in self.moas and named["moa"] != acronym:
            raise Invalid(f"The code {row.code} is one of {named['moa']}, not of {acronym}.")
        return self.moas[acronym]

    def _said_moa(self, row: ParsedRow) -> str | None:
        """The acronym that the row names, by its full name too, or else its sheet."""
        named = self.moas_by_name.get(search_form(row.moa or ""))
        if named is not None:
            return named.acronym_key
        if row.moa:
            return code_key(row.moa)
        sheet = code_key(row.sheet)
        return sheet if sheet in self.moas else None

    def _year_of(self, row: ParsedRow) -> int:
        named = CODE.fullmatch(row.code or "")
        year = row.fiscal_year or self.fiscal_year or (int(named["year"]) if named else None)
        if year is None:
            raise Invalid("The row does not say which fiscal year it belongs to.")
        if self.fiscal_year is not None and year != self.fiscal_year:
            raise Invalid(f"The row is of FY {year}, but the import is for FY {self.fiscal_year}.")
        return year

    def _create(self, row: ParsedRow, moa: Organization, year: int) -> PPA:
        named = CODE.fullmatch(row.code or "")
        if named and named["moa"] == moa.acronym_key and int(named["year"]) != year:
            raise Invalid(f"The code {row.code} is of FY {named['year']}, not of FY {year}.")
        given = {
            "code": row.code or self._next_code(moa, year),
            "implementing_moa_id": moa.id,
            "fiscal_year": year,
            "appropriation_year": year,
            "funding_source": FundingSource.GAAB,
            **_values(row),
        }
        ppa = create_ppa(self.actor, given)
        self.known.add(ppa)
        return ppa

    def _next_code(self, moa: Organization, year: int) -> str:
        same = PPA.code_key.startswith(prefix_of(moa.acronym), autoescape=True)
        used = {*db.session.scalars(select(PPA.code_key).where(same)), *self.file_codes}
        return next_code(moa.acronym, year, used)


def _imported(
    row: ParsedRow, kind: RowKind, ppa: PPA, changes: dict[str, tuple[Any, Any]]
) -> ImportedRow:
    return ImportedRow(
        row.row,
        kind,
        ppa.code,
        ppa.title,
        changes,
        ppa.budget_allocation,
        ppa.appropriation_class,
        ppa.start_date,
        ppa.target_end_date,
        ppa.fiscal_year,
    )


def _values(row: ParsedRow) -> dict[str, Any]:
    """The PPA's columns that the row fills; an empty cell leaves what is there."""
    given = {
        "title": row.title,
        "budget_allocation": row.amount,
        "appropriation_class": row.appropriation_class,
        "start_date": row.start,
        "target_end_date": row.end,
        "remarks": row.remarks,
    }
    return {name: value for name, value in given.items() if value not in (None, "")}
