"""Sixteen writers at once take no centavo too many (SPEC 6); the drill does it 2,000 times."""

from pathlib import Path

from flask import Flask

from obcms.kernel.extensions import db
from tests.drills.ledger_writers import faults, overdrawn, run
from tests.ledger.plain_rows import plain_rows


def test_sixteen_writers_from_two_processes(app: Flask, database: str, tmp_path: Path) -> None:
    db.session.remove()
    db.engine.dispose()
    outcomes = run(database, tmp_path, 240, "8000.00")
    assert faults(outcomes) == []
    assert {one.status for one in outcomes} == {201, 422}
    assert overdrawn(plain_rows()) == []
