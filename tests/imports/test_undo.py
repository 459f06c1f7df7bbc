"""An import is taken back as one, while nothing later touched it."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from obcms.imports.models import ImportBatch
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.people.models import User
from obcms.ppas.edit import edit_ppa
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem
from obcms.work.work_items import edit_item
from tests.imports.waiting import apply, upload_and_read
from tests.support.factories import make_ppa, track

LIST = b"Code,Title,Budget\nMOH-2025-901,Wells,700000\nMOH-2025-902,Boats,5\n"


@pytest.fixture
def staff(people, sign_in_as) -> FlaskClient:
    make_ppa(code="MOH-2025-901", title="Roads", budget="500000.00", fiscal_year=2025)
    db.session.commit()
    return sign_in_as(people.moa_staff)


def imported(client: FlaskClient) -> str:
    """The address of the page of the import."""
    return apply(client, upload_and_read(client, LIST, "l.csv")).headers["Location"]


def stored() -> dict[str, tuple[str, Decimal | None]]:
    db.session.rollback()
    db.session.expire_all()
    return {ppa.code: (ppa.title, ppa.budget_allocation) for ppa in db.session.scalars(select(PPA))}


BEFORE = {"MOH-2025-901": ("Roads", Decimal(500_000))}
AFTER = {"MOH-2025-901": ("Wells", Decimal(700_000)), "MOH-2025-902": ("Boats", Decimal(5))}


def test_whoever_imported_takes_it_back_on_the_page(staff, people) -> None:
    page = imported(staff)
    assert stored() == AFTER
    assert "Undo this import" in staff.get(page).text
    assert page in staff.get("/admin/import/").text
    assert staff.post(f"{page}undo").status_code == 302
    assert stored() == BEFORE
    shown = staff.get(page).text
    assert "Undone on" in shown
    assert "Undo this import" not in shown
    batch = db.session.scalars(select(ImportBatch)).one()
    assert (batch.undone_by_id, batch.undone_at is not None) == (people.moa_staff, True)


def test_what_was_undone_is_not_undone_again(staff) -> None:
    page = imported(staff)
    staff.post(f"{page}undo")
    answer = staff.post(f"{page}undo")
    assert answer.status_code == 409
    assert "undone already" in answer.text


@pytest.mark.parametrize("code", ["MOH-2025-901", "MOH-2025-902"])
def test_what_was_changed_later_is_named_and_nothing_is_undone(staff, people, code) -> None:
    page = imported(staff)
    head = db.session.get_one(User, people.moa_head)
    ppa = db.session.scalars(select(PPA).where(PPA.code == code)).one()
    edit_ppa(head, ppa, {"summary": "Explained"})
    db.session.commit()
    answer = staff.post(f"{page}undo")
    assert answer.status_code == 409
    assert f"{code}: " in answer.text
    assert "to “Explained” on" in answer.text
    assert stored() == AFTER


def test_a_ppa_that_was_deleted_later_keeps_the_rest(staff, people) -> None:
    page = imported(staff)
    db.session.delete(db.session.scalars(select(PPA).where(PPA.code == "MOH-2025-902")).one())
    db.session.commit()
    assert staff.post(f"{page}undo").status_code == 409
    assert stored() == {"MOH-2025-901": AFTER["MOH-2025-901"]}


def test_progress_that_is_carried_up_touches_nothing(staff, people) -> None:
    ppa = db.session.scalars(select(PPA)).one()
    root_id = track(ppa, "minimal")["root"].id
    db.session.commit()
    page = imported(staff)
    leaves = select(WorkItem).where(WorkItem.parent_id == root_id)
    leaf = db.session.scalars(leaves.options(joinedload(WorkItem.ppa))).first()
    edit_item(SYSTEM, leaf, {"progress": Decimal(40)})
    db.session.commit()
    assert staff.post(f"{page}undo").status_code == 302
    assert stored() == BEFORE


def test_another_ministrys_import_does_not_exist(staff, people, sign_in_as) -> None:
    page = imported(staff)
    stranger = sign_in_as(people.outsider)
    assert stranger.get(page).status_code == 404
    assert stranger.post(f"{page}undo").status_code == 404
    assert page not in stranger.get("/admin/import/").text
    assert stored() == AFTER


def test_a_command_undoes_what_a_command_imported(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "l.csv"
    file.write_bytes(LIST)
    run = app.test_cli_runner().invoke
    done = json.loads(run(args=["ppa", "import", str(file), "--json"]).stdout)
    assert (done["new"], stored()) == (2, AFTER)
    undone = run(args=["ppa", "undo-import", str(done["import"])])
    assert (undone.exit_code, stored()) == (0, {})
    assert run(args=["ppa", "undo-import", "99"]).exit_code != 0
