"""An import asks as many questions of 400 rows as of 20, and what follows is what the verb does."""

from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from obcms.approval.models import ApprovalWriter
from obcms.imports.apply import Source, apply_import
from obcms.imports.compare import compare
from obcms.imports.declared import ImportDefaults
from obcms.imports.models import ImportBatch
from obcms.imports.outcome import RowKind
from obcms.imports.ppa_list import PPA_LIST
from obcms.imports.reading.parsed import ParsedFile
from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.organizations.reads import find_moa
from obcms.people.models import User
from obcms.ppas.edit import edit_ppa
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus
from obcms.work.models import WorkItem
from tests.support.factories import make_ppa, track
from tests.support.imports import parse_file

YEAR = 2031


def listed(*rows: str, head: str = "Code,Title,Budget,Start,End") -> ParsedFile:
    return parse_file(BytesIO("\n".join((head, *rows)).encode()), "list.csv")


def given() -> ImportDefaults:
    return ImportDefaults(find_moa("MOH").id, YEAR)


def apply(parsed: ParsedFile, actor=SYSTEM, valid_rows_only: bool = False) -> ImportBatch | None:
    source = Source("list.csv", "0" * 64)
    done = apply_import(PPA_LIST, actor, parsed, given(), source, valid_rows_only=valid_rows_only)
    return done[1]


def entries_of(ppa: PPA, after: int) -> list[tuple[str, object]]:
    """What the trail says of the PPA and its execution project after a position."""
    query = select(AuditEntry).where(AuditEntry.ppa_id == ppa.id, AuditEntry.id > after)
    return sorted(
        (entry.table_name, name, old, new)
        for entry in db.session.scalars(query)
        for name, (old, new) in entry.changes.items()
        if name not in ("updated_at", "version", "ppa_id", "completed_at")
    )


def last_entry() -> int:
    return max(db.session.scalars(select(AuditEntry.id)), default=0)


def test_what_follows_from_a_row_is_what_follows_from_the_verb(app: Flask, people) -> None:
    staff = db.session.get_one(User, people.moa_staff)
    values = {"title": "Wells", "budget_allocation": "700000.00", "target_end_date": "2031-11-30"}
    both = []
    for code in ("MOH-2031-001", "MOH-2031-002"):
        ppa = make_ppa(code=code, title="Roads", budget="500000.00")
        track(ppa, "minimal")
        db.session.commit()
        both.append(ppa)
    told = []
    for ppa, through_verb in zip(both, (True, False), strict=True):
        before, version = last_entry(), ppa.version
        if through_verb:
            edit_ppa(staff, ppa, values)
        else:
            apply(listed(f"{ppa.code},Wells,700000,,2031-11-30"), staff)
        db.session.commit()
        db.session.expire_all()
        told.append(entries_of(ppa, before))
        root = db.session.get_one(WorkItem, ppa.execution_project_id)
        assert (root.title, str(root.end_date), root.allocated_budget) == (
            "Wells",
            "2031-11-30",
            700_000,
        )
        assert (ppa.version, ppa.updated_by_id) == (version + 1, staff.id)
        assert "wells" in ppa.search_text
        writers = select(ApprovalWriter.user_id).where(ApprovalWriter.ppa_id == ppa.id)
        assert db.session.scalars(writers).all() == [staff.id]
    assert [
        (table, name, str(old), str(new)) for table, name, old, new in told[0] if name != "user_id"
    ] == [
        (table, name, str(old).replace("002", "001"), str(new))
        for table, name, old, new in told[1]
        if name != "user_id"
    ]


def refused(parsed: ParsedFile) -> list[str]:
    """The reasons of the preview, which the import repeats without writing anything."""
    outcome = compare(PPA_LIST, SYSTEM, parsed, given())
    with pytest.raises(Invalid, match="Some rows are refused"):
        apply(parsed)
    before = last_entry()
    assert apply(parsed, valid_rows_only=True) is None
    assert last_entry() == before
    return [note.reason for note in outcome.refused]


def test_a_frozen_ppa_is_refused_with_its_fields(app: Flask) -> None:
    ppa = make_ppa(code="MOH-2031-001", title="Roads")
    ppa.approval_status = ApprovalStatus.TECHNICAL_REVIEW
    db.session.flush()
    [reason] = refused(listed("MOH-2031-001,Wells,700000"))
    assert "under review, so its title cannot change" in reason
    assert "under review, so its budget allocation cannot change" in reason


def test_what_bounds_a_budget_is_said_before_the_import(app: Flask) -> None:
    ppa = make_ppa(code="MOH-2031-001", title="Roads", budget="500000.00")
    edit_ppa(SYSTEM, ppa, {"budget_ceiling": "600000.00"})
    assert refused(listed("MOH-2031-001,Roads,600001")) == [
        "The budget allocation is above the budget ceiling."
    ]


def test_no_less_than_is_distributed_is_said_before_the_import(app: Flask) -> None:
    ppa = make_ppa(code="MOH-2031-001", title="Roads", budget="500000.00")
    track(ppa, "minimal")  # all of it is distributed
    db.session.commit()
    [reason] = refused(listed("MOH-2031-001,Roads,300000"))
    assert reason == (
        "The items under “Roads” would hold ₱500,000.00, which is ₱200,000.00 more than its "
        "₱300,000.00."
    )
    with pytest.raises(Invalid) as error:
        edit_ppa(SYSTEM, ppa, {"budget_allocation": "300000.00"})
    assert str(error.value) == reason


def test_a_second_row_about_the_same_ppa_is_refused(app: Flask) -> None:
    make_ppa(code="MOH-2031-001", title="Roads")
    parsed = listed("MOH-2031-001,Wells,5", ",Roads,6")
    outcome = compare(PPA_LIST, SYSTEM, parsed, given())
    assert [note.reason for note in outcome.refused] == ["Row 2 is about MOH-2031-001 already."]
    assert [note.amount for note in outcome.refused] == [6]
    assert [row.kind for row in outcome.rows] == [RowKind.CHANGED]
