"""A downgrade keeps everything or refuses; what would be lost can be written to files first."""

import csv
import random
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade

from tests.drills.down_and_up import KEPT, REFUSED, walk
from tests.drills.office import work
from tests.drills.rows_against_trail import hire
from tests.migrations.test_history import NOW, app, rows, run, to
from tests.migrations.test_people import heard

__all__ = ["app", "heard"]
OUTLINE = "UPDATE structure_template SET outline = 'Our own', version = 2 WHERE name = 'program'"


def test_every_revision_down_and_up_keeps_the_contents_or_refuses(app: Flask) -> None:
    to(upgrade, "head")
    hire()
    work(random.Random(3), 60)
    run(
        "INSERT INTO job_run (job, slot, state, queued_at, due_at) VALUES"
        f" ('sync', '20250106T1800Z', 'succeeded', '{NOW}', '2025-01-06 18:00:00.000000')"
    )
    outcomes = dict(walk())
    assert set(outcomes.values()) == {KEPT, REFUSED}
    for revision in ("0014_sign_in", "0008_jobs_and_uploads", "0007_audit_trail"):
        assert outcomes[revision] == REFUSED, revision
    for revision in ("0026_security_events", "0022_slots_with_verdicts", "0018_lighter_work_items"):
        assert outcomes[revision] == KEPT, revision


LOSSES: dict[str, tuple[str, str, str]] = {
    "an edited template": (
        "0006_distribution_and_templates",
        OUTLINE,
        "structure_template: 4 rows",
    ),
    "a job's run": (
        "0008_jobs_and_uploads",
        f"INSERT INTO job_run (job, slot, state, queued_at) VALUES ('a', 'b', 'failed', '{NOW}')",
        "job_run: 1 row",
    ),
    "an edited organization": (
        "0021_organization_version",
        "UPDATE organization SET version = 2 WHERE acronym = 'MOH'",
        "organization: 1 row",
    ),
    "an entry of the trail": (
        "0007_audit_trail",
        "INSERT INTO audit_entry (at, table_name, row_key, action, changes, actor_name)"
        f" VALUES ('{NOW}', 'ppa', '1', 'update', '{{}}', 'amina')",
        "audit_entry: 1 row",
    ),
}
BELOW = {
    "0006_distribution_and_templates": "0005_expenditures",
    "0007_audit_trail": "0006_distribution_and_templates",
    "0008_jobs_and_uploads": "0007_audit_trail",
    "0021_organization_version": "0020_audit_order",
}


@pytest.mark.parametrize("name", LOSSES)
def test_what_would_be_lost_is_counted_and_stays(app: Flask, caplog, name: str) -> None:
    revision, statement, told = LOSSES[name]
    to(upgrade, max(revision, "0009_reference_data") if "template" in name else revision)
    run(statement)
    table = told.split(":")[0]
    before = rows(f"SELECT * FROM {table}")
    with pytest.raises(SystemExit):
        to(downgrade, BELOW[revision])
    assert told in caplog.text
    assert f"flask db-export --to FOLDER {table}" in caplog.text
    assert f"-x lose={revision[:4]}" in caplog.text
    assert rows(f"SELECT * FROM {table}") == before


def test_naming_one_revision_allows_no_other_its_losses(app: Flask) -> None:
    to(upgrade, "0014_sign_in")
    run(f"INSERT INTO job_run (job, slot, state, queued_at) VALUES ('a', 'b', 'failed', '{NOW}')")
    with pytest.raises(SystemExit):
        to(downgrade, "0006_distribution_and_templates", lose="0014,0007")
    assert rows("SELECT job FROM job_run") == [("a",)]


def test_tables_are_exported_at_any_revision(app: Flask, tmp_path: Path) -> None:
    to(upgrade, "0010_approval")
    run(OUTLINE)
    done = app.test_cli_runner().invoke(
        args=["db-export", "--to", str(tmp_path / "kept"), "structure_template", "receipt"]
    )
    assert done.exit_code == 0, done.output
    path = tmp_path / "kept" / "structure_template.csv"
    assert path.stat().st_mode & 0o077 == 0
    with path.open(newline="") as file:
        kept = {row["name"]: row for row in csv.DictReader(file)}
    assert (len(kept), kept["program"]["outline"]) == (4, "Our own")
    assert (
        "There is no table"
        in app.test_cli_runner().invoke(args=["db-export", "--to", str(tmp_path), "nothing"]).output
    )
