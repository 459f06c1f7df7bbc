"""Whatever a superuser does to a sealed entry or to a seal is found and named."""

import json

import pytest
from flask import Flask
from sqlalchemy import select, text

from obcms.history.reads.trail import check_trail, trail_folder
from obcms.kernel.audit import seal as sealing
from obcms.kernel.audit.models import AuditSeal
from obcms.kernel.audit.noted import FILE
from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun
from obcms.kernel.jobs.runner import JobFailed, run_slot
from tests.kernel.audit.tampering import add_entries, forget_trail, seal_all, tamper

COPY = (
    "INSERT INTO audit_entry (id, at, table_name, row_key, action, changes, actor_name) "
    "SELECT {}, at, table_name, row_key, action, changes, actor_name FROM audit_entry WHERE id = 3"
)
SEAL = (
    "INSERT INTO audit_seal (position, entry_id, hash, sealed_at) "
    "SELECT {}, {}, 'x', sealed_at FROM audit_seal WHERE position = 1"
)
MOVE = "UPDATE audit_entry SET id = {} WHERE id = {}"
RESEAL = "UPDATE audit_seal SET entry_id = {} WHERE entry_id = {}"
TAMPERINGS = {
    "actor": (["UPDATE audit_entry SET actor_name = 'x' WHERE id = 8"], "entry 8 was changed"),
    "last": (["UPDATE audit_entry SET row_key = 'x' WHERE id = 20"], "entry 20 was changed"),
    "first": (["UPDATE audit_entry SET row_key = 'x' WHERE id = 1"], "entry 1 was changed"),
    "values": (
        ['UPDATE audit_entry SET changes = \'{"title": [null, "x"]}\' WHERE id = 8'],
        "entry 8 was changed",
    ),
    "a null": (["UPDATE audit_entry SET actor_id = 1 WHERE id = 8"], "entry 8 was changed"),
    "deleted": (["DELETE FROM audit_entry WHERE id = 8"], "entry 8 is missing"),
    "deleted with its seal": (
        ["DELETE FROM audit_entry WHERE id = 8", "DELETE FROM audit_seal WHERE entry_id = 8"],
        "the seal at position 8 is missing",
    ),
    "seal deleted": (
        ["DELETE FROM audit_seal WHERE entry_id = 8"],
        "entry 8 was put in between sealed entries",
    ),
    "put in": (
        [COPY.format(22)],
        "entry 22 was put in between sealed entries",
    ),
    "put in at 0": ([COPY.format(0)], "entry 0 stands outside the sealed order"),
    "put in below 0": ([COPY.format(-7)], "entry -7 stands outside the sealed order"),
    "put in below 0 with a seal": (
        [COPY.format(-7), SEAL.format(-1, -7)],
        "the seal at position -1 is outside the chain",
    ),
    "put in at 0 with a seal": (
        [COPY.format(0), SEAL.format(0, 0)],
        "the seal at position 0 is outside the chain",
    ),
    "swapped entries": (
        [MOVE.format(99, 8), MOVE.format(8, 9), MOVE.format(9, 99)],
        "entry 8 was changed",
    ),
    "swapped seals": (
        [RESEAL.format(99, 8), RESEAL.format(8, 9), RESEAL.format(9, 99)],
        "the order was changed at position 8",
    ),
    "seal's hash": (
        ["UPDATE audit_seal SET hash = 'x' WHERE position = 8"],
        "the seal of entry 8 at position 8 was changed",
    ),
    "cut by one": (
        ["DELETE FROM audit_entry WHERE id = 23", "DELETE FROM audit_seal WHERE entry_id = 23"],
        "the chain was cut: it ends at position 20, and was sealed up to 21",
    ),
    "cut": (
        ["DELETE FROM audit_entry WHERE id >= 18", "DELETE FROM audit_seal WHERE entry_id >= 18"],
        "the chain was cut: it ends at position 17, and was sealed up to 21",
    ),
}


@pytest.fixture
def app(app: Flask) -> Flask:
    """With an empty trail, so that positions and ids begin at 1."""
    forget_trail()
    return app


@pytest.fixture
def sealed(app: Flask) -> Flask:
    """Twenty sealed entries, a gap at 21 and 22 as a rollback leaves it, and one more sealed."""
    add_entries(20)
    tamper(COPY.format(23))
    run_slot("seal_audit", "20250106T1800Z")
    return app


@pytest.mark.parametrize("name", TAMPERINGS)
def test_it_is_found_and_named(sealed: Flask, name: str) -> None:
    assert check_trail().holds
    statements, problem = TAMPERINGS[name]
    tamper(*statements)
    assert check_trail().problem == problem


def test_a_chain_made_anew_is_found_by_the_recorded_and_by_the_noted_head(sealed: Flask) -> None:
    noted = check_trail().head
    tamper("UPDATE audit_entry SET actor_name = 'x' WHERE id = 8", "DELETE FROM audit_seal")
    seal_all()
    assert "made anew: position 21" in check_trail().problem
    db.session.execute(text("DELETE FROM job_run"))
    db.session.commit()
    assert "made anew: position 21" in check_trail().problem
    run_slot("seal_audit", "20250106T1805Z")  # which leaves the head alone that it contradicts
    assert "made anew: position 21" in check_trail().problem
    (trail_folder() / FILE).unlink()
    assert check_trail().holds
    assert check_trail(noted).problem == f"the chain holds no seal {noted}"


def test_entries_after_the_last_seal_are_not_yet_its_business(sealed: Flask) -> None:
    tamper(COPY.format(24))
    verdict = check_trail()
    assert (verdict.holds, verdict.checked, verdict.position) == (True, 21, 21)


def test_only_the_latest_links_are_checked_when_asked(sealed: Flask) -> None:
    tamper("UPDATE audit_entry SET actor_name = 'x' WHERE id = 8")
    assert check_trail(latest=13).checked == 13
    assert check_trail(latest=13).holds
    assert check_trail(latest=14).problem == "entry 8 was changed"
    assert check_trail(latest=100).problem == "entry 8 was changed"


def test_the_latest_links_are_in_order_with_the_one_before_them(sealed: Flask) -> None:
    statements, _ = TAMPERINGS["swapped seals"]
    tamper(*statements)
    assert check_trail(latest=13).problem == "the order was changed at position 9"


def test_the_job_fails_loudly(sealed: Flask) -> None:
    tamper("UPDATE audit_entry SET actor_name = 'x' WHERE id = 8")
    with pytest.raises(JobFailed, match="entry 8 was changed"):
        run_slot("verify_audit", "20250106T1930Z")
    run = db.session.scalars(select(JobRun).where(JobRun.job == "verify_audit")).one()
    assert "entry 8 was changed" in run.error


def test_the_command_ends_with_0_or_1(sealed: Flask) -> None:
    runner = sealed.test_cli_runner()
    good = runner.invoke(args=["audit", "verify", "--json"])
    assert good.exit_code == 0
    head = json.loads(good.output)["head"]
    assert runner.invoke(args=["audit", "verify", "--head", head.upper()]).exit_code == 0
    assert runner.invoke(args=["audit", "verify", "--head", "0" * 63 + "1"]).exit_code == 1
    tamper("UPDATE audit_entry SET actor_name = 'x' WHERE id = 8")
    bad = runner.invoke(args=["audit", "verify"])
    assert (bad.exit_code, bad.output) == (1, "The audit trail is broken: entry 8 was changed.\n")


def test_the_command_seals(app: Flask) -> None:
    add_entries(2)
    result = app.test_cli_runner().invoke(args=["audit", "seal"])
    assert json.loads(result.output)["position"] == 2
    assert len(db.session.scalars(select(AuditSeal)).all()) == 2
    assert sealing.read_head(db.session()).hash == json.loads(result.output)["head"]
    db.session.commit()


def test_an_entry_outside_the_sealed_order_is_found_without_any_seal(app: Flask) -> None:
    add_entries(3)
    tamper(COPY.format(-1))
    assert check_trail().problem == "entry -1 stands outside the sealed order"


def test_it_is_found_by_a_check_of_the_latest_links_too(sealed: Flask) -> None:
    tamper(COPY.format(0))
    assert check_trail(latest=5).problem == "entry 0 stands outside the sealed order"


def test_a_file_of_noted_heads_that_cannot_be_read_is_told(sealed: Flask) -> None:
    for content in ("", "{", "[]", '{"sealed": 1}', '{"sealed": {"position": "x"}}', "\xff"):
        (trail_folder() / FILE).write_text(content)
        assert check_trail().problem == "the file heads.json of noted heads cannot be read"
        assert run_slot("seal_audit", f"manual-{content}") is not None
    assert not check_trail().holds
