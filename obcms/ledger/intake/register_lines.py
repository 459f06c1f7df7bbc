"""Which budget line a row of a register means (SPEC 6, "Import")."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from obcms.imports.declared import ImportDefaults
from obcms.imports.ministries import of_another
from obcms.imports.table.columns import Said
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, can_see
from obcms.kernel.rules.folding import code_key, name_key
from obcms.ledger.intake.structures import STRUCTURES
from obcms.ledger.models import AppropriationsAct, BudgetLine
from obcms.ledger.refusals import no_such_line, refused
from obcms.ledger.rules.choices import Refusal
from obcms.organizations.models import Organization
from obcms.ppas.models import PPA


class RegisterLines:
    """The lines of all acts and PPAs that the rows name, read in a constant number of queries."""

    def __init__(self, actor: Actor, rows: Sequence[Said], given: ImportDefaults) -> None:
        query = select(Organization.acronym_key, Organization.acronym, Organization.id)
        offices = db.session.execute(query).all()
        self._offices = {one.acronym_key: one.id for one in offices}
        self._year = given.fiscal_year
        self._given = next((one for one in offices if one.id == given.organization_id), None)
        acts = {code_key(row["act"]) for row in rows if row["act"]}
        ppas = {code_key(row["ppa_code"]) for row in rows if row["ppa_code"]}
        of_acts = select(AppropriationsAct.id).where(AppropriationsAct.code_key.in_(acts))
        of_ppas = select(PPA.id).where(PPA.code_key.in_(ppas))
        query = (
            select(BudgetLine)
            .where(or_(BudgetLine.act_id.in_(of_acts), BudgetLine.ppa_id.in_(of_ppas)))
            .options(
                joinedload(BudgetLine.act).selectinload(AppropriationsAct.extensions),
                joinedload(BudgetLine.ppa),
            )
            .order_by(BudgetLine.id)
            .execution_options(populate_existing=True)
        )
        self._lines = [one for one in db.session.scalars(query) if can_see(actor, one)]
        self._found: dict[tuple, list[BudgetLine]] = {}

    def named_by(self, row: Said) -> BudgetLine:
        """The one line that the row names. Raises NotFound, or Invalid where it names several."""
        if not row["ppa_code"] and not (row["act"] and row["cost_structure"] and row["title"]):
            raise refused(
                Refusal.INPUT,
                "The row names no line: give the PPA's code, or act, office, cost structure and "
                "title.",
            )
        structure = name_key(row["cost_structure"])
        wanted = (
            code_key(row["ppa_code"]),
            code_key(row["act"]),
            self._office_of(row),
            STRUCTURES.get(structure, structure),
            name_key(row["title"]),
        )
        if wanted not in self._found:
            self._found[wanted] = [one for one in self._lines if self._is_meant(one, *wanted)]
        found = self._found[wanted]
        if not found:
            raise no_such_line()
        if len(found) > 1:
            named = "; ".join(f"{one.act.number}, {one.title}" for one in found[:5])
            raise refused(
                Refusal.INPUT,
                f"The row may mean several lines ({named}): give act, office, cost structure and "
                "title.",
            )
        self._refuse_year(found[0])
        return found[0]

    def _refuse_year(self, line: BudgetLine) -> None:
        year = self._year
        if year is not None and line.act.fiscal_year != year:
            message = f"The line is of FY {line.act.fiscal_year}, but the import is for FY {year}."
            raise refused(Refusal.INPUT, message)

    def _office_of(self, row: Said) -> str:
        """That of the row, else the one that the file was given for. Raises Invalid for another."""
        said, given = code_key(row["office"]), self._given
        if given is None:
            return said
        if said not in ("", given.acronym_key):
            raise refused(Refusal.INPUT, of_another(row["office"], given))
        # A PPA says enough, whatever line funds it.
        return said if row["ppa_code"] else given.acronym_key

    def _is_meant(
        self, line: BudgetLine, ppa: str, act: str, office: str, structure: str, title: str
    ) -> bool:
        """Each thing named is the line's; without a PPA, one without an office has none."""
        if ppa and (line.ppa is None or line.ppa.code_key != ppa):
            return False
        if (office or not ppa) and line.organization_id != self._offices.get(office):
            return False
        if office and office not in self._offices:
            return False
        return (
            (not act or line.act.code_key == act)
            and (not structure or line.cost_structure.value == structure)
            and (not title or line.title_key == title)
        )
