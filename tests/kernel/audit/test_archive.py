"""Old parts of the trail move to a file with the chain intact; nothing else deletes (SPEC 9)."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from obcms.history.reads.trail import check_trail, trail_folder
from obcms.kernel.audit import archive as archiving
from obcms.kernel.audit.archive import ArchiveBroken, archive, check_file
from obcms.kernel.audit.models import AuditArchive, AuditEntry, AuditSeal
from obcms.kernel.audit.noted import NotedHead, Occasion, note
from obcms.kernel.audit.verify import verify
from obcms.kernel.config import BadSettings, load_settings
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.jobs.runner import JobFailed, run_slot
from tests.kernel.audit.tampering import add_entries, enter_rows, forget_trail, seal_all, tamper

LONG_AGO = datetime(2022, 1, 1, tzinfo=UTC)


@pytest.fixture
def cutoff(app: Flask) -> datetime:
    """Ten entries of 2022 and five of today, sealed; what is older than the cutoff may go."""
    forget_trail()
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


def reseal_file(app: Flask, content: bytes) -> None:
    """Another file in the place of the archive, and its hash in the record, as a superuser can."""
    record = db.session.scalars(select(AuditArchive)).one()
    (Path(app.instance_path) / "audit" / record.file_name).write_bytes(content)
    tamper(f"UPDATE audit_archive SET sha256 = '{sha256(content).hexdigest()}'")


def lines(*links: object) -> bytes:
    return gzip.compress("\n".join(json.dumps(link) for link in links).encode())


DAMAGED = {
    "no gzip": b"nothing of the kind",
    "cut off": lines({"position": 1, "hash": "x", "entry": "y" * 5_000})[:-20],
    "a bit turned": lines({"position": 1, "hash": "x", "entry": "{}"})[:-12] + b"\0" * 12,
    "no JSON": gzip.compress(b"position 1"),
    "no text": gzip.compress(b"\xff\xfe"),
    "no link": lines([1, 2]),
    "without entry": lines({"position": 1, "hash": "x"}),
    "an odd entry": lines({"position": 1, "hash": "x", "entry": 7}),
    "nothing": b"",
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_archive_ends_in_a_verdict(app: Flask, cutoff: datetime, name: str) -> None:
    flask = app.test_cli_runner().invoke
    assert flask(args=["audit", "archive"]).exit_code == 0
    reseal_file(app, DAMAGED[name])
    for arguments in (["--archives"], ["--head", "0" * 63 + "1"]):
        answer = flask(args=["audit", "verify", *arguments])
        assert (answer.exit_code, type(answer.exception)) == (1, SystemExit), arguments
        assert answer.output.startswith("The audit trail is broken: ")
        assert "Traceback" not in answer.output
    with pytest.raises(JobFailed, match=r"The audit trail is broken: .*audit-0"):
        run_slot("verify_audit", "20310101T0000Z")


def test_an_archive_that_cannot_be_opened_ends_in_a_verdict(app: Flask, cutoff: datetime) -> None:
    flask = app.test_cli_runner().invoke
    flask(args=["audit", "archive"])
    [path] = (Path(app.instance_path) / "audit").glob("*.gz")
    path.unlink()
    path.mkdir()
    assert "is missing" in flask(args=["audit", "verify", "--archives"]).output


def test_the_nightly_check_reads_the_archives(app: Flask, cutoff: datetime) -> None:
    enter_rows()
    run_slot("archive_audit", "20310101T0000Z")
    assert run_slot("verify_audit", "20310101T0100Z")["checked"] > 0
    [path] = (Path(app.instance_path) / "audit").glob("*.gz")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(JobFailed, match="was changed"):
        run_slot("verify_audit", "20310102T0100Z")


def test_an_entry_put_in_where_others_were_archived_is_found(
    app: Flask, cutoff: datetime, tmp_path: Path
) -> None:
    made = archive(db.session(), tmp_path, cutoff)
    db.session.commit()
    db.session.execute(
        text(
            "INSERT INTO audit_entry (id, at, table_name, row_key, action, changes, actor_name) "
            f"SELECT {made.last_entry_id - 1}, at, table_name, row_key, action, changes, 'x' "
            f"FROM audit_entry WHERE id = {made.last_entry_id + 1}"
        )
    )
    db.session.commit()
    problem = f"entry {made.last_entry_id - 1} stands outside the sealed order"
    assert check_trail().problem == problem


def test_a_head_that_was_noted_and_then_archived_is_looked_up_there(
    app: Flask, cutoff: datetime
) -> None:
    archived = db.session.scalars(select(AuditSeal.hash).where(AuditSeal.position == 3)).one()
    note(trail_folder(), NotedHead(Occasion.MAILED, 3, archived))
    run_slot("archive_audit", "20310101T0000Z")
    assert check_trail(archives=True).holds
    note(trail_folder(), NotedHead(Occasion.MAILED, 3, "f" * 64))
    assert "position 3 has another hash than when it was mailed" in check_trail().problem
