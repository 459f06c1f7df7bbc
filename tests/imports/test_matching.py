"""Which PPA a row means, and the rows that would write over another one's."""

from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import func, select

from obcms.imports.outcome import ImportOutcome, RowKind
from obcms.kernel.errors import Forbidden
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM, Actor
from obcms.organizations.reads import find_moa
from obcms.people.models import User
from obcms.ppas.models import PPA
from tests.support.factories import make_ppa
from tests.support.imports import import_ppas, parse_file


def imported(
    *rows: str,
    head: str = "Code,Title,Budget",
    actor: Actor = SYSTEM,
    moa: str | None = "MOH",
    year: int | None = 2031,
) -> ImportOutcome:
    """What importing a CSV file of these rows does."""
    text = "\n".join((head, *rows)).encode()
    parsed = parse_file(BytesIO(text), "list.csv")
    return import_ppas(actor, parsed, find_moa(moa) if moa else None, year)


def reasons(outcome: ImportOutcome) -> list[str]:
    assert outcome.rows == []
    return [note.reason for note in outcome.refused]


def test_who_may_not_import_writes_nothing(people) -> None:
    executive = db.session.get_one(User, people.executive)
    with pytest.raises(Forbidden, match="Your role does not allow this"):
        imported("MOH-2031-001,Nurses,5", actor=executive)
    assert db.session.scalar(select(func.count(PPA.id))) == 0


def test_a_row_does_not_write_over_a_ppa_of_another_year(app: Flask) -> None:
    ppa = make_ppa(code="MOH-2030-001", title="Nurses", fiscal_year=2030)
    said = reasons(imported("MOH-2030-001,Doctors,5"))
    assert said == ["MOH-2030-001 is of FY 2030, not of FY 2031."]
    assert (ppa.title, ppa.budget_allocation) == ("Nurses", 1_000_000)


def test_nor_over_one_of_another_ministry(app: Flask) -> None:
    ppa = make_ppa(code="MAFAR-1", moa="MAFAR", title="Seeds")
    said = reasons(imported("MAFAR-1,Doctors,5"))
    assert said == ["MAFAR-1 belongs to another ministry than MOH."]
    assert ppa.title == "Seeds"


def test_staff_learn_nothing_of_another_ministrys_ppa(people) -> None:
    make_ppa(code="MAFAR-1", moa="MAFAR", title="Seeds")
    staff = db.session.get_one(User, people.moa_staff)
    said = reasons(imported("MAFAR-1,Doctors,5", actor=staff))
    assert said == ["The code MAFAR-1 cannot be used here."]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("MOH-2031-001,Nurses,5,MOH,2030", "The row is of FY 2030, but the import is for FY 2031."),
        ("MOH-2031-001,Nurses,5,MAFAR,2031", "The row says MAFAR, but the import is for MOH."),
        ("MAFAR-2031-001,Nurses,5,MOH,2031", "The code MAFAR-2031-001 is one of MAFAR, not of MOH"),
    ],
)
def test_a_row_that_says_something_else_than_the_import_is_refused(
    app: Flask, row: str, said: str
) -> None:
    [reason] = reasons(imported(row, head="Code,Title,Budget,Ministry,Fiscal year"))
    assert reason.startswith(said)
    assert db.session.scalar(select(func.count(PPA.id))) == 0


def test_a_title_means_the_ppa_of_its_own_year_and_ministry(app: Flask) -> None:
    older = make_ppa(code="MOH-2030-001", title="Nurses", fiscal_year=2030)
    other = make_ppa(code="MAFAR-2031-001", title="Nurses", moa="MAFAR")
    meant = make_ppa(code="MOH-2031-900", title="Nurses")
    [row] = imported(" NURSES ,5", head="Title,Budget").rows
    assert (row.code, row.kind) == ("MOH-2031-900", RowKind.CHANGED)
    assert [one.budget_allocation for one in (older, other, meant)] == [1_000_000, 1_000_000, 5]


def test_a_title_that_several_ppas_have_needs_a_code(app: Flask) -> None:
    make_ppa(code="MOH-2031-001", title="Nurses")
    make_ppa(code="MOH-2031-002", title="nurses")
    said = reasons(imported("Nurses,5", head="Title,Budget"))
    assert said == [
        "Several PPAs have this title (MOH-2031-001, MOH-2031-002); give the row its code."
    ]


def test_a_new_code_is_none_that_a_later_row_of_the_file_has(app: Flask) -> None:
    make_ppa(code="MOH-2031-007")
    outcome = imported(",Doctors,5", "MOH-2031-008,Nurses,5")
    assert [row.code for row in outcome.rows] == ["MOH-2031-009", "MOH-2031-008"]
