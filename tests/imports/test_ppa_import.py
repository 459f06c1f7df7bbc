"""A ministry's list of PPAs, by the tests of every import."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from obcms.imports.declared import ImportDefaults
from obcms.imports.ppa_list import PPA_LIST
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.organizations.reads import find_moa
from obcms.ppas.edit import edit_ppa
from obcms.ppas.models import PPA
from tests.support.factories import make_ppa
from tests.support.import_case import ImportTests

STANDS = "MOH-2025-903"  # a PPA that a list changes


class TestPPAs(ImportTests):
    declared = PPA_LIST
    address = "/admin/import/"
    sender, other = "moa_staff", "outsider"
    asked = "Which column is the PPA’s budget?"
    answers: Mapping[str, str] = {"answer-amount": "D"}
    overtaking = (f"{STANDS}: shell:", "to “Renamed meanwhile” on")
    touching = (f"{STANDS}: ", "to “Explained” on")
    commands = (("ppa", "import", "--moa", "MOH", "--fiscal-year", "2025"), ("ppa", "undo-import"))

    def prepare(self) -> None:
        make_ppa(code=STANDS, title="Roads", budget="500000.00", fiscal_year=2025)

    def file(self, size: int, change: int = 0) -> bytes:
        """One of them is there already."""
        new = [
            f"{self.code(f'{size}{n:03}')},Title {size} {n},{1000 + change * 500 + n},"
            f"{'2025-02-01' if n % 2 else ''},{'2025-11-30' if n % 3 else ''}"
            for n in range(size)
        ]
        rows = ["Code,Title,Budget,Start,End", *new]
        if size == 3:
            rows.append(f"{STANDS},Wells,700000,,")
        return "\n".join(rows).encode()

    def code(self, number: str) -> str:
        return f"MOH-2025-{number}"

    def doubtful(self, number: int, renamed: bool = False) -> bytes:
        first = "Revised" if renamed else "Original"
        head = f"Code,Title,{first} Appropriation,Adjusted Appropriation"
        return f"{head}\nMOH-2025-95{number},Boats,100,150\n".encode()

    def state(self) -> Any:
        query = select(PPA.code, PPA.title, PPA.budget_allocation).order_by(PPA.code)
        return db.session.execute(query).all()

    def given(self) -> ImportDefaults:
        return ImportDefaults(find_moa("MOH").id, 2025)

    def overtake(self) -> None:
        stands = db.session.scalars(select(PPA).where(PPA.code == STANDS)).one()
        stands.title = "Renamed meanwhile"

    touched = STANDS

    def touch(self) -> None:
        ppa = db.session.scalars(select(PPA).where(PPA.code == self.touched)).one()
        edit_ppa(SYSTEM, ppa, {"summary": "Explained"})


class TestPPAsWithoutCodes(TestPPAs):
    """They are found by their titles; one that was added is touched later."""

    touched = "MOH-2025-904"
    touching = (f"{touched}: ", "to “Explained” on")

    def code(self, number: str) -> str:
        return ""
