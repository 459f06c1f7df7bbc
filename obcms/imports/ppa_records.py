"""The PPAs that a ministry's rows are compared with, and what each row does to them (SPEC 13)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select

from obcms.imports.declared import ImportDefaults, Records
from obcms.imports.headed_rows import HeadedRows
from obcms.imports.ministries import Ministries, of_another
from obcms.imports.outcome import PlannedRow, RowKind
from obcms.imports.reading.parsed import ParsedFile, ParsedRow
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.intake.cells import quote
from obcms.kernel.permissions import Actor, can_see
from obcms.kernel.rules.folding import code_key, search_form
from obcms.organizations.models import Organization
from obcms.organizations.reads import no_such_moa
from obcms.ppas.checks import JUDGED, PPAChecks
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import FundingSource
from obcms.ppas.rules.codes import NextCodes, prefix_of

CODE = re.compile(r"(?P<moa>[A-Z0-9]{1,16})-(?P<year>20[0-9]{2})-[0-9]{1,6}", re.ASCII)
# What the preview shows of each row.
SHOWN = {
    "budget_allocation": "Budget",
    "appropriation_class": "Class",
    "start_date": "Start",
    "target_end_date": "End",
    "fiscal_year": "Year",
}
READ = {*JUDGED, *SHOWN, "id", "code_key", "remarks", "approval_status"}
COLUMNS = [column for column in PPA.__table__.c if column.name in READ]
MoaAndYear = tuple[Organization, int]


class PPARecords(Records):
    """Plain rows instead of objects: thousands of them are read for a preview."""

    def __init__(self, actor: Actor, parsed: ParsedFile, given: ImportDefaults) -> None:
        self.actor, self.given = actor, given
        organizations = db.session.scalars(select(Organization)).all()
        self.ministries = Ministries(organizations)
        self.moas = self.ministries.by_acronym
        self.headed = HeadedRows(self.ministries, parsed)
        self.moa = next((one for one in organizations if one.id == given.organization_id), None)
        codes = {row.code for row in parsed.rows if row.code}
        places = self._places(row for row in parsed.rows if not row.code)
        self.by_code = _by_code(codes)
        self.by_title = _by_title(places)
        known = [*self.by_code.values(), *(one for same in self.by_title.values() for one in same)]
        self.checks = PPAChecks(actor, codes, {ppa.id for ppa in known})
        self.codes = _new_codes(places, codes)
        self.taken: dict[int, int] = {}

    def plan(self, row: ParsedRow) -> PlannedRow:
        """The row's PPA and what becomes of it. Raises Invalid and Forbidden."""
        moa, year = self._moa_of(row), self._year_of(row)
        ppa = self._match(row, moa, year)
        if ppa is None:
            return self._new(row, moa, year)
        if ppa.id in self.taken:
            raise Invalid(f"Row {self.taken[ppa.id]} is about {ppa.code} already.")
        changed = self.checks.changes(ppa, _values(row))
        self.taken[ppa.id] = row.row
        return PlannedRow(
            row.row,
            RowKind.CHANGED if changed else RowKind.UNCHANGED,
            ppa.code,
            changed.get("title", ppa.title),
            {name: changed.get(name, getattr(ppa, name)) for name in SHOWN},
            {name: (getattr(ppa, name), value) for name, value in changed.items()},
            ppa.id,
        )

    def _new(self, row: ParsedRow, moa: Organization, year: int) -> PlannedRow:
        if not row.code and self.ministries.in_line(row.title):
            raise Invalid("The title is a ministry’s name. A list of sums by ministry has no PPAs.")
        named = CODE.fullmatch(row.code or "")
        if named and named["moa"] == moa.acronym_key and int(named["year"]) != year:
            raise Invalid(f"The code {row.code} is of FY {named['year']}, not of FY {year}.")
        cleaned = self.checks.new(
            {
                "code": row.code or self.codes[moa.id, year].take(),
                "implementing_moa_id": moa.id,
                "fiscal_year": year,
                "appropriation_year": year,
                "funding_source": FundingSource.GAAB,
                **_values(row),
            }
        )
        shown = {name: cleaned.get(name) for name in SHOWN}
        kind, code, title = RowKind.NEW, cleaned["code"], cleaned["title"]
        return PlannedRow(row.row, kind, code, title, shown, values=cleaned)

    def _places(self, rows: Iterable[ParsedRow]) -> dict[tuple[int, int], MoaAndYear]:
        """The ministries and years of the rows, where these say them rightly."""
        found = {}
        for row in rows:
            try:
                moa, year = self._moa_of(row), self._year_of(row)
            except Invalid:
                continue  # said when the row is planned
            found[moa.id, year] = (moa, year)
        return found

    def _moa_of(self, row: ParsedRow) -> Organization:
        said = self._said_moa(row)
        if said and self.moa is not None and said != self.moa.acronym_key:
            raise Invalid(of_another(said, self.moa))
        named = CODE.fullmatch(row.code or "")
        # What the row says itself outweighs a title, which may be left from another's form.
        is_said = said or (named and named["moa"] in self.moas)
        over = [] if is_said else self.headed.over(row)
        if over and self.moa is not None and self.moa not in [one.moa for one in over]:
            raise Invalid(
                f"The row stands under “{quote(over[-1].text)}”, which is {over[-1].moa.acronym}, "
                f"but the import is for {self.moa.acronym}."
            )
        acronym = said or (self.moa.acronym_key if self.moa else named and named["moa"])
        if not acronym and len({one.moa.id for one in over}) == 1:
            acronym = over[0].moa.acronym_key
        if not acronym:
            raise Invalid("The row does not say which ministry it belongs to.")
        if acronym not in self.moas:
            raise no_such_moa(acronym)
        if named and named["moa"] in self.moas and named["moa"] != acronym:
            raise Invalid(f"The code {row.code} is one of {named['moa']}, not of {acronym}.")
        return self.moas[acronym]

    def _said_moa(self, row: ParsedRow) -> str | None:
        """The acronym that the row itself names, by its full name too."""
        named = self.ministries.in_cell(row.moa) if row.moa else None
        return named.acronym_key if named else code_key(row.moa or "") or None

    def _year_of(self, row: ParsedRow) -> int:
        named = CODE.fullmatch(row.code or "")
        asked = self.given.fiscal_year
        year = row.fiscal_year or asked or (int(named["year"]) if named else None)
        if year is None:
            raise Invalid("The row does not say which fiscal year it belongs to.")
        if asked is not None and year != asked:
            raise Invalid(f"The row is of FY {year}, but the import is for FY {asked}.")
        return year

    def _match(self, row: ParsedRow, moa: Organization, year: int) -> Any | None:
        """By code, else by title in the ministry and year; None for a new one."""
        if row.code:
            ppa = self.by_code.get(code_key(row.code))
        else:
            same = self.by_title.get((moa.id, year, search_form(row.title)), [])
            if len(same) > 1:
                codes = ", ".join(ppa.code for ppa in same)
                raise Invalid(f"Several PPAs have this title ({codes}); give the row its code.")
            ppa = same[0] if same else None
        if ppa is not None:
            self._refuse_foreign(ppa, moa, year)
        return ppa

    def _refuse_foreign(self, ppa: Any, moa: Organization, year: int) -> None:
        # To a ministry's own staff another ministry's PPA does not exist, so it is not described.
        if not can_see(self.actor, ppa):
            raise Invalid(f"The code {ppa.code} cannot be used here.")
        if ppa.implementing_moa_id != moa.id:
            raise Invalid(f"{ppa.code} belongs to another ministry than {moa.acronym}.")
        if ppa.fiscal_year != year:
            raise Invalid(f"{ppa.code} is of FY {ppa.fiscal_year}, not of FY {year}.")


def _by_code(codes: Iterable[str]) -> dict[str, Any]:
    query = select(*COLUMNS).where(PPA.code_key.in_({code_key(code) for code in codes}))
    return {ppa.code_key: ppa for ppa in db.session.execute(query)}


def _by_title(
    places: Mapping[tuple[int, int], MoaAndYear],
) -> dict[tuple[int, int, str], list[Any]]:
    """All PPAs of these ministries and years, by both and by their titles as compared."""
    if not places:
        return {}
    moa_ids, years = zip(*places, strict=True)
    query = select(*COLUMNS).where(
        PPA.implementing_moa_id.in_(set(moa_ids)), PPA.fiscal_year.in_(set(years))
    )
    found: dict[tuple[int, int, str], list[Any]] = {}
    for ppa in db.session.execute(query.order_by(PPA.id)):
        key = (ppa.implementing_moa_id, ppa.fiscal_year, search_form(ppa.title))
        found.setdefault(key, []).append(ppa)
    return found


def _new_codes(
    places: Mapping[tuple[int, int], MoaAndYear], in_file: Iterable[str]
) -> dict[tuple[int, int], NextCodes]:
    """What gives new PPAs of each ministry and year a code that nothing else has."""
    if not places:
        return {}
    prefixes = {prefix_of(moa.acronym) for moa, _ in places.values()}
    same = [PPA.code_key.startswith(prefix, autoescape=True) for prefix in prefixes]
    used = {*db.session.scalars(select(PPA.code_key).where(or_(*same))), *in_file}
    return {key: NextCodes(moa.acronym, year, used) for key, (moa, year) in places.items()}


def _values(row: ParsedRow) -> dict[str, Any]:
    """The PPA's columns that the row fills; an empty cell leaves what is there."""
    given: Sequence[tuple[str, Any]] = (
        ("title", row.title),
        ("budget_allocation", row.amount),
        ("appropriation_class", row.appropriation_class),
        ("start_date", row.start),
        ("target_end_date", row.end),
        ("remarks", row.remarks),
    )
    return {name: value for name, value in given if value not in (None, "")}
