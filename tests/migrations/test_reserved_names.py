"""A template with the name of a distribution method stops the revision until it is renamed."""

import pytest
from flask import Flask
from flask_migrate import upgrade

from tests.migrations.test_history import NOW, app, rows, run, to
from tests.migrations.test_people import heard, refused

__all__ = ["app", "heard"]
BEFORE = "0038_approval_writers"


@pytest.mark.parametrize("name", ["equal", "Manual", "PROPORTIONAL", "template", "ｗeighted"])
def test_it_is_told_and_the_command_goes_on(app: Flask, caplog, name: str) -> None:
    to(upgrade, BEFORE)
    [(moh,)] = rows("SELECT id FROM organization WHERE acronym = 'MOH'")
    run(
        "INSERT INTO structure_template (id, name, title, kind, outline, name_key, created_at,"
        f" updated_at) VALUES (90, '{name}', 'Ours', 'outline', 'task Work 100/100', 'n', '{NOW}',"
        f" '{NOW}')",
        "INSERT INTO ppa (id, code, title, code_key, category, implementing_moa_id, fiscal_year,"
        " status, priority, approval_status, budget_distribution_policy, created_at, updated_at)"
        f" VALUES (1, 'MOH-1', 'Wells', 'MOH-1', 'moa_ppa', {moh}, 2025, 'planning', 'medium',"
        f" 'draft', 'equal', '{NOW}', '{NOW}')",
    )
    refused()
    told = "flask structure-template rename number:90 NEW-NAME"
    assert any(told in record.getMessage() for record in caplog.records)
    runner = app.test_cli_runner()
    rename = ["structure-template", "rename", "number:90"]
    assert runner.invoke(args=[*rename, "Weighted"]).exit_code != 0
    renamed = runner.invoke(args=[*rename, "Equal parts"])
    assert renamed.exit_code == 0, renamed.output
    to(upgrade, "head")
    # Its policy means the method.
    assert rows("SELECT budget_distribution_policy FROM ppa") == [("equal",)]
