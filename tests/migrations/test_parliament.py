"""Every database gets the office of Parliament, and what somebody entered for it stays."""

import pytest
from flask import Flask
from flask_migrate import upgrade

from tests.migrations.test_history import app, rows, run, to
from tests.migrations.test_people import heard, refused

__all__ = ["app", "heard"]
BEFORE = "0043_ledger"
NAME = "Bangsamoro Transition Authority (Parliament)"


def parliament() -> list[tuple]:
    return rows("SELECT acronym, name FROM organization WHERE acronym_key = 'BTA'")


def test_it_is_added_with_its_entry_and_the_trail_agrees(app: Flask) -> None:
    to(upgrade, BEFORE)
    assert parliament() == []
    to(upgrade, "head")
    assert parliament() == [("BTA", NAME)]
    [(number,)] = rows("SELECT id FROM organization WHERE acronym = 'BTA'")
    entries = rows(
        "SELECT action, actor_name FROM audit_entry"
        f" WHERE table_name = 'organization' AND row_key = '{number}'"
    )
    assert entries == [("insert", "revision 0044_parliament")]
    verified = app.test_cli_runner().invoke(args=["audit", "verify", "--rows"])
    assert verified.exit_code == 0, verified.output


def test_one_that_came_with_its_number_is_not_in_the_way(app: Flask) -> None:
    to(upgrade, BEFORE)
    run(
        "INSERT INTO organization (id, acronym, name, acronym_key, name_key)"
        " SELECT MAX(id) + 1, 'COPY', 'Copy', 'COPY', 'copy' FROM organization"
    )
    to(upgrade, "head")
    assert parliament() == [("BTA", NAME)]


@pytest.mark.parametrize(("acronym", "name"), [("BTA", "Parliament"), ("Bta", NAME)])
def test_one_that_was_entered_by_hand_stays(app: Flask, acronym: str, name: str) -> None:
    to(upgrade, BEFORE)
    run(
        "INSERT INTO organization (acronym, name, acronym_key, name_key)"
        f" VALUES ('{acronym}', '{name}', 'BTA', '{name.casefold()}')"
    )
    to(upgrade, "head")
    assert parliament() == [(acronym, name)]


def test_under_another_acronym_it_is_renamed_first(app: Flask, caplog) -> None:
    to(upgrade, BEFORE)
    run(
        "INSERT INTO organization (id, acronym, name, acronym_key, name_key)"
        f" VALUES (77, 'PARL', '{NAME}', 'PARL', '{NAME.casefold()}')"
    )
    refused()
    told = "flask organization rename number:77 BTA"
    assert any(told in record.getMessage() for record in caplog.records)
    renamed = app.test_cli_runner().invoke(args=["organization", "rename", "number:77", "BTA"])
    assert renamed.exit_code == 0, renamed.output
    to(upgrade, "head")
    assert parliament() == [("BTA", NAME)]
