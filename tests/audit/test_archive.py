"""Old parts of the trail move to a file with the chain intact; nothing else deletes (SPEC 9)."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from obcms.kernel.audit import archive as archiving
from obcms.kernel.audit.archive import ArchiveBroken, archive, check_file
from obcms.kernel.audit.models import AuditArchive, AuditEntry, AuditSeal
from obcms.kernel.audit.verify import verify
from obcms.kernel.config import BadSettings, load_settings
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.jobs.runner import run_slot
from tests.audit.tampering import add_entries, seal_all, tamper

LONG_AGO = datetime(2022, 1, 1, tzinfo=UTC)


@pytest.fixture
def cutoff(app: Flask) -> datetime:
    """Ten entries of 2022 and five of today, sealed; what is older than the cutoff may go."""
    with time_machine.travel(LONG_AGO, tick=False):
        add_entries(10)
    add_entries(5)
    seal_all()
    return utc_now() - timedelta(days=730)


def count(model: type[db.Model]) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_the_oldest_part_moves_and_the_chain_holds(cutoff: datetime, tmp_path: Path) -> None:
    before = count(AuditEntry)
    made = archive(db.session(), tmp_path, cutoff)
    db.session.commit()
    assert (made.first_position, made.last_position) == (1, before - 5)
    assert (count(AuditEntry), count(AuditSeal)) == (5, 5)
    check_file(tmp_path / "audit", made)
    verdict = verify(db.engine)
    assert (verdict.problem, verdict.checked) == (None, 5)
    with gzip.open(tmp_path / "audit" / made.file_name, "rt") as file:
        lines = [json.loads(line) for line in file]
    assert len(lines) == before - 5
    assert json.loads(lines[-1]["entry"])["actor_name"] == "amina"
    add_entries(3)
    assert seal_all().head.position == before + 3
    assert verify(db.engine).holds


def test_the_database_still_refuses_an_ordinary_delete(cutoff: datetime, tmp_path: Path) -> None:
    archive(db.session(), tmp_path, cutoff)
    db.session.commit()
    for table in ("audit_entry", "audit_seal", "audit_archive"):
        with pytest.raises(DatabaseError, match="cannot be changed"):
            db.session.execute(text(f"DELETE FROM {table}"))
        db.session.rollback()


def test_a_second_archive_follows_the_first(cutoff: datetime, tmp_path: Path) -> None:
    first = archive(db.session(), tmp_path, cutoff)
    assert archive(db.session(), tmp_path, cutoff) is None
    second = archive(db.session(), tmp_path, utc_now() + timedelta(days=1))
    db.session.commit()
    assert second.previous_hash == first.head
    assert (second.first_position, count(AuditEntry)) == (first.last_position + 1, 1)
    assert verify(db.engine).holds


def test_what_is_not_sealed_or_young_stays(app: Flask, tmp_path: Path) -> None:
    with time_machine.travel(LONG_AGO, tick=False):
        add_entries(3)
    assert archive(db.session(), tmp_path, utc_now()) is None
    seal_all()
    assert archive(db.session(), tmp_path, LONG_AGO - timedelta(days=1)) is None


def test_a_broken_chain_is_not_archived(cutoff: datetime, tmp_path: Path) -> None:
    first = db.session.scalar(select(func.min(AuditEntry.id)))
    tamper(f"UPDATE audit_entry SET actor_name = 'x' WHERE id = {first}")
    before = count(AuditEntry)
    with pytest.raises(ArchiveBroken, match="breaks at position 1"):
        archive(db.session(), tmp_path, cutoff)
    db.session.rollback()
    assert count(AuditEntry) == before


@pytest.mark.parametrize("point", ["check_file", "_lift_guard"])
def test_a_crash_on_the_way_loses_nothing(
    cutoff: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    before = count(AuditEntry)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(archiving, point, crash)
        with pytest.raises(KeyboardInterrupt):
            archive(db.session(), tmp_path, cutoff)
    db.session.rollback()
    assert (count(AuditEntry), count(AuditArchive)) == (before, 0)
    assert archive(db.session(), tmp_path, cutoff) is not None
    db.session.commit()
    assert verify(db.engine).holds


def test_the_commands_archive_and_check_the_files(app: Flask, cutoff: datetime) -> None:
    flask = app.test_cli_runner().invoke
    head = seal_all().head.hash
    first = db.session.scalars(select(AuditSeal.hash).order_by(AuditSeal.position)).first()
    db.session.rollback()
    made = json.loads(flask(args=["audit", "archive"]).output)
    assert made["archived"] > 0
    for arguments in (["--archives"], ["--head", head], ["--head", first], ["--json"]):
        assert flask(args=["audit", "verify", *arguments]).exit_code == 0, arguments
    path = Path(app.instance_path) / "audit" / made["file"]
    path.write_bytes(path.read_bytes()[:-1])
    answer = flask(args=["audit", "verify", "--archives"])
    assert answer.exit_code == 1
    assert f"the archive {made['file']} was changed" in answer.output
    path.unlink()
    assert "is missing" in flask(args=["audit", "verify", "--archives"]).output


def test_the_job_keeps_two_years(app: Flask, cutoff: datetime) -> None:
    summary = run_slot("archive_audit", "20310101T0000Z")
    assert summary["archived"] > 0
    kept = db.session.scalar(select(func.min(AuditEntry.at)))
    assert kept > cutoff


def test_less_than_two_years_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_KEEP_DAYS", "729")
    with pytest.raises(BadSettings, match="AUDIT_KEEP_DAYS is wrong"):
        load_settings()
