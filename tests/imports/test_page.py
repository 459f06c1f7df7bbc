"""Importing in the browser: a preview first, and nothing else than what it showed."""

from csv import DictReader
from decimal import Decimal
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from obcms.demo.load import SOURCE
from obcms.imports.models import ImportUpload
from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from obcms.ppas.models import PPA
from tests.imports.waiting import apply, upload, upload_and_read
from tests.imports.workbooks import messy_workbook


@pytest.fixture
def workbook(tmp_path: Path) -> bytes:
    ppas = [row for row in DictReader(SOURCE.read_text().splitlines()) if row["moa"] == "MOH"]
    return messy_workbook(tmp_path / "moh.xlsx", ppas).read_bytes()


@pytest.fixture
def staff(demo, people, sign_in_as) -> FlaskClient:
    return sign_in_as(people.moa_staff)


def test_the_preview_tells_row_by_row_and_writes_nothing(staff, workbook: bytes) -> None:
    entries = db.session.scalar(select(func.count(AuditEntry.id)))
    page = staff.get(upload_and_read(staff, workbook)).text
    assert "Duplicate of row 5 (MOH-2025-001)." in page
    assert "The end date “TBD” cannot be read and is left unset." in page
    assert "<b>Start date</b> — → 6 Jan 2025" in page
    assert "Import valid rows only" in page
    assert "Import all rows" not in page
    assert "<a href" not in page.split("HYPERLINK")[1][:80]  # the hostile cell is plain text
    assert db.session.scalar(select(func.count(AuditEntry.id))) == entries


def test_the_import_does_what_the_preview_showed(staff, workbook: bytes) -> None:
    address = upload_and_read(staff, workbook)
    answer = apply(staff, address)
    assert answer.status_code == 302
    assert "0 new, 60 changed, 0 unchanged, 5 refused." in staff.get("/admin/ppa/").text
    total = select(func.sum(PPA.budget_allocation)).where(PPA.code.startswith("MOH-"))
    assert db.session.scalar(total) == Decimal("6772589230.00")
    assert db.session.scalar(select(func.count(ImportUpload.id))) == 0
    again = staff.get(upload_and_read(staff, workbook)).text
    assert "There is nothing to import" in again


def test_refused_rows_stop_an_import_of_all_rows(staff, workbook: bytes) -> None:
    address = upload_and_read(staff, workbook)
    answer = apply(staff, address, "all_or_nothing")
    assert answer.status_code == 422
    assert "nothing was imported" in answer.text


def test_a_ministrys_staff_import_for_their_own_ministry_alone(staff, workbook: bytes) -> None:
    assert upload(staff, workbook, moa="1").status_code == 200  # not among the choices
    text = b"Code,Title,Budget\nMAFAR-2025-001,Mine now,5\nMOH-2025-001,Tiyakap,259680000\n"
    page = staff.get(upload_and_read(staff, text)).text
    assert "one of MAFAR, not of MOH" in page
    assert "Basic Integration" not in page


def test_an_unreadable_file_says_why_on_the_page(staff) -> None:
    answer = staff.get(upload_and_read(staff, b"nothing of use"))
    assert answer.status_code == 200
    assert "No header row was found" in answer.text
