"""A preview's button imports what that preview showed, or nothing (SPEC 13)."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from obcms.imports.overtaken import changed_ppas
from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from obcms.ppas.models import PPA
from tests.imports.waiting import apply, shown_by, upload_and_read
from tests.support.factories import make_ppa

OWN_KEYS = {"audit_seal", "ledger_period", "second_factor"}  # given, not counted
TRAIL = {"audit_entry", "audit_archive"}  # nothing but an archive takes rows away
ONE = b"Code,Title,Budget\nMOH-2025-901,Water,5\n"
OTHER = b"Code,Title,Budget\nMOH-2025-901,Water,6000\n"


@pytest.fixture
def staff(people, sign_in_as) -> FlaskClient:
    return sign_in_as(people.moa_staff)


def budgets() -> list[str]:
    db.session.rollback()
    found = db.session.scalars(select(PPA.budget_allocation).where(PPA.code == "MOH-2025-901"))
    return [str(budget) for budget in found]


def test_an_old_previews_button_imports_no_other_file(staff) -> None:
    address = upload_and_read(staff, ONE)
    shown = shown_by(staff.get(address).text)
    db.session.execute(text("DELETE FROM import_upload"))
    db.session.commit()
    later = upload_and_read(staff, OTHER)
    assert later != address
    assert staff.post(address, data=shown | {"valid_rows": "1"}).status_code == 404
    assert budgets() == []


def test_a_button_carries_what_its_page_showed(staff) -> None:
    address, other = upload_and_read(staff, ONE), upload_and_read(staff, OTHER)
    shown = shown_by(staff.get(address).text)
    for forged in (shown, {}, shown | {"shown": "", "shown_at": "yesterday"}):
        answer = staff.post(other, data=forged | {"valid_rows": "1"})
        assert answer.status_code == 409
        assert "changed since this preview" in answer.text
    assert budgets() == []
    assert apply(staff, other).status_code == 302
    assert budgets() == ["6000.00"]


def test_an_older_page_of_the_same_upload_imports_only_what_it_showed(staff) -> None:
    address = upload_and_read(staff, ONE)
    old = shown_by(staff.get(address).text)
    apply(staff, upload_and_read(staff, OTHER))
    staff.get(address)  # another tab shows the preview anew; the old page stays on its screen
    answer = staff.post(address, data=old | {"valid_rows": "1"})
    assert (answer.status_code, budgets()) == (409, ["6000.00"])
    assert "MOH-2025-901: " in answer.text


def test_no_table_gives_a_number_twice(app: Flask) -> None:
    """On SQLite; PostgreSQL's sequences never do."""
    counted = [
        mapper.local_table
        for mapper in db.Model.registry.mappers
        if [column.type.python_type for column in mapper.local_table.primary_key] == [int]
        and mapper.local_table.name not in OWN_KEYS | TRAIL
    ]
    assert len(counted) > 15
    if db.engine.dialect.name == "sqlite":
        assert [table.name for table in counted if not _keys_used_once(table.name)] == []
    assert [
        table.name for table in counted if not table.dialect_options["sqlite"]["autoincrement"]
    ] == []


def _keys_used_once(table: str) -> bool:
    query = text("SELECT sql LIKE '%AUTOINCREMENT%' FROM sqlite_master WHERE name = :table")
    return bool(db.session.scalar(query, {"table": table}))


def test_what_was_changed_by_the_moment_of_the_preview_was_shown(app: Flask) -> None:
    code = make_ppa().code
    db.session.commit()
    at = db.session.scalars(select(AuditEntry.at).where(AuditEntry.table_name == "ppa")).one()
    assert changed_ppas([code], at) == []
    [told] = changed_ppas([code], at - timedelta(microseconds=1))
    assert told.startswith(f"{code}: ")
