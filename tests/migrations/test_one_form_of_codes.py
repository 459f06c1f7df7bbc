"""The revision lists what collides, and goes on once each has another name."""

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade

from obcms.kernel.extensions import db
from tests.migrations.test_history import NOW, app, rows, run, to
from tests.migrations.test_people import add_users, heard, refused

__all__ = ["app", "heard"]
BEFORE, HERE = "0032_digest_of_approved", "0033_one_form"


def add_ppas(*codes: str) -> None:
    """Of MOH, whose number the seeded data has."""
    [(moh,)] = rows("SELECT id FROM organization WHERE acronym = 'MOH'")
    run(
        *(
            "INSERT INTO ppa (id, code, title, category, implementing_moa_id, fiscal_year, status,"
            f" priority, approval_status, created_at, updated_at) VALUES ({number}, '{code}',"
            f" 'Ñandu  farm', 'moa_ppa', {moh}, 2025, 'ongoing', 'low', 'draft', '{NOW}', '{NOW}')"
            for number, code in enumerate(codes, 1)
        )
    )


def told(caplog) -> str:
    [message] = [r.getMessage() for r in caplog.records if "same to a reader" in r.getMessage()]
    return message


@pytest.mark.parametrize(
    "other", ["moh-ac-1", "MOH-AC-\u200b1", "М\u041eН-AC-1", "MOH \u2013 AC-1", "ＭＯＨ-AC-1"]
)
def test_colliding_codes_stop_it_and_the_command_goes_on(app, caplog, other: str) -> None:
    to(upgrade, BEFORE)
    add_ppas("MOH-AC-1", other, "moh-other")
    refused()
    assert "flask ppa rename number:2 NEW-CODE" in told(caplog)
    assert "number:3" not in told(caplog)
    assert rows("SELECT version_num FROM alembic_version") == [(BEFORE,)]
    runner = app.test_cli_runner()
    wrong = runner.invoke(args=["ppa", "rename", "number:2", "MAFAR-AC-2"])
    assert wrong.exit_code != 0
    renamed = runner.invoke(args=["ppa", "rename", "number:2", "moh-ac-2"])
    assert renamed.exit_code == 0, renamed.output
    entry = "SELECT row_key, ppa_id FROM audit_entry WHERE actor_name LIKE 'cli%'"
    assert rows(entry) == [("2", 2)]
    to(upgrade, "head")
    assert rows("SELECT code, code_key, version FROM ppa ORDER BY id") == [
        ("MOH-AC-1", "MOH-AC-1", 1),
        ("MOH-AC-2", "MOH-AC-2", 2),
        ("moh-other", "MOH-OTHER", 1),  # merely of another form
    ]
    assert rows(entry) == [("2", 2)]


def test_colliding_organizations_and_templates_are_told_too(app: Flask, caplog) -> None:
    to(upgrade, BEFORE)
    run(
        "INSERT INTO organization (id, acronym, name) VALUES (901, 'moh', 'Other')",
        "INSERT INTO organization (id, acronym, name) VALUES (902, 'XYZ', 'MINISTRY of  Health')",
        "INSERT INTO organization (id, acronym, name) VALUES (903, 'a&b', 'Of another form')",
        "INSERT INTO structure_template (id, name, title, kind, created_at, updated_at) VALUES"
        f" (901, 'Program', 'Other', 'milestones', '{NOW}', '{NOW}')",
    )
    refused()
    commands = [
        ["organization", "rename", "number:901", "moh2"],
        ["organization", "rename", "--name", "number:902", "Ministry of Healing"],
        ["structure-template", "rename", "number:901", "Program 2"],
    ]
    for command in commands:
        assert f"flask {' '.join(command[:-1])} NEW-" in told(caplog)
        renamed = app.test_cli_runner().invoke(args=command)
        assert renamed.exit_code == 0, renamed.output
    assert "number:903" not in told(caplog)
    to(upgrade, "head")
    found = rows(
        "SELECT acronym, acronym_key FROM organization WHERE id IN (901, 902, 903) ORDER BY id"
    )
    assert found == [("MOH2", "MOH2"), ("XYZ", "XYZ"), ("a&b", "A&B")]


def test_what_is_there_can_be_searched(app: Flask) -> None:
    to(upgrade, BEFORE)
    add_ppas("MOH-AC-1")
    add_users("maría")
    run(
        "INSERT INTO work_item (id, ppa_id, work_type, title, status, priority, created_at,"
        f" updated_at) VALUES (1, 1, 'task', 'Ünder', 'in_progress', 'low', '{NOW}', '{NOW}')"
    )
    to(upgrade, "head")
    assert rows("SELECT search_text FROM ppa") == [("moh-ac-1 nandu farm",)]
    assert rows("SELECT search_text FROM user_account") == [("maria",)]
    assert rows("SELECT search_text FROM work_item") == [("under",)]
    found = "SELECT search_text FROM organization WHERE acronym = 'MOH'"
    assert rows(found) == [("moh ministry of health",)]
    to(downgrade, BEFORE)
    assert rows("SELECT code, title FROM ppa") == [("MOH-AC-1", "Ñandu  farm")]
    to(upgrade, "head")
    assert rows(found) == [("moh ministry of health",)]


def test_a_code_that_would_be_cut_stops_the_step_back(app: Flask) -> None:
    to(upgrade, BEFORE)
    add_ppas("MOH-1")
    to(upgrade, HERE)
    run(f"UPDATE ppa SET code = 'MOH-{'A' * 36}'")
    db.session.remove()
    with pytest.raises(SystemExit):
        to(downgrade, BEFORE)
    assert rows("SELECT length(code) FROM ppa") == [(40,)]
