"""What a reader takes for one code is one, at every door."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select, update

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.db.relations import loaded
from obcms.kernel.errors import Forbidden, Invalid
from obcms.kernel.extensions import db, unit_of_work
from obcms.kernel.permissions import SYSTEM
from obcms.kernel.records.rename import Renamed
from obcms.organizations.models import Organization
from obcms.organizations.record import ORGANIZATIONS
from obcms.people.models import User
from obcms.ppas.edit import create_ppa, edit_ppa
from obcms.ppas.models import PPA
from obcms.ppas.rename import rename_ppa
from obcms.ppas.rules.codes import NextCodes, code_problem
from tests.api.conftest import ENTRIES
from tests.support.factories import make_ppa
from tests.support.html_form import opened_form, send_form

SAME = [
    "moh-ac-1",
    " MOH - AC - 1 ",
    "MOH\u2013AC\u20111",
    "ＭＯＨ-ＡＣ-１",
    "MOH-AC\u200b-1",
    "MOH-\u00adAC-1\ufeff",
]
FOREIGN_LETTERS = ["М\u041eН-AC-1", "MOH-\u0391C-1", "MOH-AC-\u0661", "MOH-AC-ñ", "MOH-AC_1"]
NOT_OF_MOH = [
    "MAFAR-2026-001",
    "mafar-2026-001",
    "OOBC-2026-001",
    "MOH2-2026-001",
    "MOH",
    "MOH-",
    "AMOH-2026-001",
    "MOH-" + "A" * 21,
    "MOH-2026-1234567",
    "MOH-" + "9" * 20,
]


def given(code: str) -> dict[str, object]:
    moa = db.session.scalars(select(Organization.id).filter_by(acronym="MOH")).one()
    values = {"code": code, "title": "Wells", "fiscal_year": 2026, "category": "moa_ppa"}
    return values | {"implementing_moa_id": moa}


def codes() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(PPA.code).order_by(PPA.id)))


def refused(values: dict[str, object]) -> str:
    with pytest.raises(Invalid) as caught:
        create_ppa(SYSTEM, values)
    db.session.rollback()
    [problem] = caught.value.problems
    assert problem.pointer == "code"
    return problem.message


@pytest.mark.parametrize("typed", SAME)
def test_another_form_is_the_same_code(app, people, call_as, sign_in_as, typed) -> None:
    values = given("MOH-AC-1")
    create_ppa(SYSTEM, values)
    db.session.commit()
    assert refused(values | {"code": typed}) == "There is already a PPA with this code."
    sent = {key.removesuffix("_id"): value for key, value in values.items()} | {"code": typed}
    assert call_as(people.oobc_staff).post(ENTRIES, json=sent).status_code == 422
    client = sign_in_as(people.oobc_staff)
    form = opened_form(client, "/admin/ppa/new/")
    page = send_form(client, "/admin/ppa/new/", form, **sent)
    assert "There is already a PPA with this code." in page.text
    assert codes() == ["MOH-AC-1"]


@pytest.mark.parametrize("typed", SAME)
def test_it_is_kept_in_one_form(app, typed: str) -> None:
    assert create_ppa(SYSTEM, given(typed)).code == "MOH-AC-1"


@pytest.mark.parametrize("typed", FOREIGN_LETTERS)
def test_other_letters_are_no_code(app, typed: str) -> None:
    assert "is made of A–Z, 0–9 and -" in refused(given(typed))


@pytest.mark.parametrize("typed", NOT_OF_MOH)
def test_a_code_begins_with_its_own_ministry(
    app, people, call_as, sign_in_as, tmp_path: Path, typed: str
) -> None:
    values = given(typed)
    said = refused(values)
    sent = {key.removesuffix("_id"): value for key, value in values.items()}
    answer = call_as(people.moa_staff).post(ENTRIES, json=sent)
    assert [one["pointer"] for one in answer.json["problems"]] == ["/code"]
    client = sign_in_as(people.moa_staff)
    form = opened_form(client, "/admin/ppa/new/")
    page = send_form(client, "/admin/ppa/new/", form, **sent)
    assert said in page.text.replace("&#34;", '"')
    file = tmp_path / "moh.csv"
    file.write_text(f"Code,Title,Budget\n{typed},Wells,1000\n")
    command = ["ppa", "import", str(file), "--moa", "MOH", "--fiscal-year", "2026", "--json"]
    outcome = json.loads(app.test_cli_runner().invoke(args=command).stdout)
    assert [note["row"] for note in outcome["refused"]] == [2]
    assert codes() == []


def test_a_ppa_without_a_moa_is_of_the_office(app) -> None:
    values = {"title": "Own", "fiscal_year": 2026, "category": "oobc_ppa"}
    assert "begins with “OOBC-”" in refused(values | {"code": "MOH-2026-001"})
    assert create_ppa(SYSTEM, values | {"code": "OOBC-2026-001"}).code == "OOBC-2026-001"


def test_the_longest_code_fits(app) -> None:
    moa = ORGANIZATIONS.create(SYSTEM, {"acronym": "M" * 16, "name": "Longest"})
    code = f"{'M' * 16}-{'A' * 20}"
    ppa = create_ppa(SYSTEM, given(code) | {"implementing_moa_id": moa.id})
    db.session.commit()
    assert codes() == [ppa.code] == [code]


def test_renaming_a_ministry_touches_no_code(app) -> None:
    ppa = create_ppa(SYSTEM, given("MOH-2026-001"))
    ORGANIZATIONS.edit(SYSTEM, loaded(ppa, "implementing_moa"), {"acronym": "MHEALTH"})
    edit_ppa(SYSTEM, ppa, {"title": "Renamed", "code": "MOH-2026-001"})
    assert ppa.code == "MOH-2026-001"
    with pytest.raises(Invalid, match="begins with “MHEALTH-”"):
        edit_ppa(SYSTEM, ppa, {"code": "MOH-2026-002"})


def test_moving_a_ppa_asks_for_a_code_of_its_new_ministry(app) -> None:
    ppa = create_ppa(SYSTEM, given("MOH-2026-001"))
    db.session.commit()
    other = db.session.scalars(select(Organization.id).filter_by(acronym="MAFAR")).one()
    with pytest.raises(Invalid, match="begins with “MAFAR-”"):
        edit_ppa(SYSTEM, ppa, {"implementing_moa_id": other})
    db.session.rollback()
    edit_ppa(SYSTEM, ppa, {"implementing_moa_id": other, "code": "MAFAR-2026-001"})
    assert ppa.code == "MAFAR-2026-001"


def old_form(ppa: PPA, code: str) -> None:
    """As a database has it that was filled before the rule."""
    with unit_of_work():
        db.session.execute(update(PPA).where(PPA.id == ppa.id).values(code=code))
    db.session.commit()


def test_a_code_of_another_form_stays(app, people, sign_in_as) -> None:
    ppa = make_ppa(code="MOH-AC-1")
    old_form(ppa, "moh-ac-1")
    entries = select(AuditEntry.id)
    before = db.session.scalars(entries).all()
    for typed in ("moh-ac-1", "MOH-AC-1"):
        edit_ppa(SYSTEM, ppa, {"code": typed})
    db.session.commit()
    client = sign_in_as(people.oobc_staff)
    address = f"/admin/ppa/edit/?id={ppa.id}"
    form = opened_form(client, address)
    assert send_form(client, address, form).status_code == 302
    assert codes() == ["moh-ac-1"]
    assert db.session.scalars(entries).all() == before


def test_an_import_finds_the_code_in_whatever_form(app, tmp_path: Path) -> None:
    ppa = make_ppa(code="MOH-AC-1", title="Wells", fiscal_year=2026, budget="1000.00")
    old_form(ppa, "moh-ac-1")
    file = tmp_path / "moh.csv"
    file.write_text("Code,Title,Budget\nMOH\u2013AC\u200b-1,Wells,1000\n", encoding="utf-8")
    command = ["ppa", "import", str(file), "--moa", "moh", "--fiscal-year", "2026", "--json"]
    outcome = json.loads(app.test_cli_runner().invoke(args=command).stdout)
    assert (outcome["unchanged"], outcome["new"], outcome["refused"]) == (1, 0, [])
    [note] = outcome["warnings"]
    assert note["reason"] == "Invisible characters in the code are left out."


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        (set(), "MOH-2026-001"),
        ({"MOH-2026-001", "MOH-2026-009"}, "MOH-2026-010"),
        ({"MOH-2026-" + "9" * 20, "MOH-2026-004"}, "MOH-2026-005"),
        ({"MOH-2026-999999", "MOH-2026-001"}, "MOH-2026-002"),
        ({"MOH-2026-0000000001", "MOH-2026-٣", "MOH-2025-007", "MOH-2026-A7"}, "MOH-2026-001"),
    ],
)
def test_the_next_number_never_overflows(used: set[str], expected: str) -> None:
    assert NextCodes("MOH", 2026, used).take() == expected


def test_an_acronym_of_another_form_has_codes_of_the_one_form() -> None:
    assert code_problem("MOH2-2026-001", "moh2") is None
    assert NextCodes("moh2", 2026, {"MOH2-2026-004"}).take() == "MOH2-2026-005"


def test_an_import_goes_on_beside_twenty_nines(app, tmp_path: Path) -> None:
    ppa = make_ppa(fiscal_year=2026)
    old_form(ppa, f"MOH-2026-{'9' * 20}")
    file = tmp_path / "moh.csv"
    file.write_text("Title,Budget\nWells,1000\n")
    command = ["ppa", "import", str(file), "--moa", "MOH", "--fiscal-year", "2026"]
    assert app.test_cli_runner().invoke(args=command).exit_code == 0
    assert codes()[1:] == ["MOH-2026-001"]


def test_the_command_renames_with_an_entry(app, people) -> None:
    ppa = make_ppa(code="MOH-2026-001")
    make_ppa(code="MOH-2026-002")
    db.session.commit()
    for wrong, said in (
        ("MAFAR-2026-001", "begins with “MOH-”"),
        ("moh-2026-002", "would be taken for “MOH-2026-002”"),
        ("MOH-2026-1234567", "at most 6 digits"),
    ):
        with pytest.raises(Invalid, match=said):
            rename_ppa(SYSTEM, "MOH-2026-001", wrong)
    assert rename_ppa(SYSTEM, f"number:{ppa.id}", "moh-2026-003") == Renamed(
        "MOH-2026-001", "MOH-2026-003"
    )
    db.session.commit()
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert last.changes["code"] == ["MOH-2026-001", "MOH-2026-003"]
    assert last.ppa_id == ppa.id
    assert ppa.code_key == "MOH-2026-003"
    assert ppa.search_text == "moh-2026-003 barangay health workers"
    viewer = db.session.get_one(User, people.viewer)
    with pytest.raises(Forbidden, match="Your role does not allow this"):
        rename_ppa(viewer, "MOH-2026-003", "MOH-2026-004")
