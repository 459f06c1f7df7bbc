"""Which PPA a row of a ministry's file is about."""

from collections.abc import Iterable

from sqlalchemy import select

from obcms.imports.reading.parsed import ParsedRow
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, can_see
from obcms.kernel.rules.folding import code_key, search_form
from obcms.organizations.models import Organization
from obcms.ppas.models import PPA


class KnownPPAs:
    """The PPAs that rows are matched with, read once."""

    def __init__(self, actor: Actor, codes: Iterable[str]) -> None:
        self.actor = actor
        keys = [code_key(code) for code in codes]
        known = db.session.scalars(select(PPA).where(PPA.code_key.in_(keys)))
        self.by_code = {ppa.code_key: ppa for ppa in known}
        self.by_title: dict[tuple[int, int], dict[str, list[PPA]]] = {}

    def match(self, row: ParsedRow, moa: Organization, year: int) -> PPA | None:
        """The PPA that the row is about: by code, else by title in its ministry and year.

        None for a new one. Raises Invalid where it may not be this one, or could be several.
        """
        ppa = self._find(row, moa, year)
        if ppa is not None:
            self._refuse_foreign(ppa, moa, year)
        return ppa

    def add(self, ppa: PPA) -> None:
        """One that an earlier row has made."""
        self.by_code[ppa.code_key] = ppa

    def _find(self, row: ParsedRow, moa: Organization, year: int) -> PPA | None:
        if row.code:
            return self.by_code.get(code_key(row.code))
        same = self._titles(moa.id, year).get(search_form(row.title), [])
        if len(same) > 1:
            codes = ", ".join(ppa.code for ppa in same)
            raise Invalid(f"Several PPAs have this title ({codes}); give the row its code.")
        return same[0] if same else None

    def _titles(self, moa_id: int, year: int) -> dict[str, list[PPA]]:
        if (moa_id, year) not in self.by_title:
            query = select(PPA).where(PPA.implementing_moa_id == moa_id, PPA.fiscal_year == year)
            titles: dict[str, list[PPA]] = {}
            for ppa in db.session.scalars(query):
                titles.setdefault(search_form(ppa.title), []).append(ppa)
            self.by_title[moa_id, year] = titles
        return self.by_title[moa_id, year]

    def _refuse_foreign(self, ppa: PPA, moa: Organization, year: int) -> None:
        # To a ministry's own staff another ministry's PPA does not exist, so it is not described.
        if not can_see(self.actor, ppa):
            raise Invalid(f"The code {ppa.code} cannot be used here.")
        if ppa.implementing_moa_id != moa.id:
            raise Invalid(f"{ppa.code} belongs to another ministry than {moa.acronym}.")
        if ppa.fiscal_year != year:
            raise Invalid(f"{ppa.code} is of FY {ppa.fiscal_year}, not of FY {year}.")
