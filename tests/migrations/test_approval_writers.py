"""Who wrote any of what is approved is read once from the trail, and kept from then on (SPEC 7)."""

import json

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade

from tests.migrations.test_history import NOW, app, rows, run, to

__all__ = ["app"]
BEFORE, AFTER = "0037_calendar", "0038_approval_writers"


def entry(actor: int | str, action: str, **changes: object) -> str:
    return (
        "INSERT INTO audit_entry (at, table_name, row_key, ppa_id, action, changes, actor_id,"
        f" actor_name) VALUES ('{NOW}', 'ppa', '1', 1, '{action}', '{json.dumps(changes)}',"
        f" {actor}, 'somebody')"
    )


@pytest.fixture
def written(app: Flask) -> None:
    """One PPA, of which several people wrote something."""
    to(upgrade, BEFORE)
    run(
        "INSERT INTO organization (id, acronym, name, acronym_key, name_key)"
        " VALUES (9001, 'XYZ', 'Xyz', 'XYZ', 'xyz')",
        *(
            "INSERT INTO user_account (id, username, role, password_hash, stamp, created_at,"
            f" updated_at) VALUES ({number}, 'user{number}', 'viewer', '', '', '{NOW}', '{NOW}')"
            for number in range(1, 6)
        ),
        "INSERT INTO ppa (id, code, title, code_key, category, implementing_moa_id, fiscal_year,"
        " status, priority, approval_status, created_at, updated_at) VALUES (1, 'XYZ-1', 'Wells',"
        f" 'XYZ-1', 'moa_ppa', 9001, 2025, 'planning', 'medium', 'draft', '{NOW}', '{NOW}')",
        entry(1, "insert", code=[None, "XYZ-1"], title=[None, "Roads"]),
        entry(2, "update", title=["Roads", "Wells"]),
        entry(3, "update", remarks=["", "Fine"], updated_by_id=[None, 3]),
        entry("NULL", "update", obc_share=[None, "5.00"], updated_by_id=[3, 4]),
        entry("NULL", "update", obc_share=["5.00", "6.00"], updated_by_id=[4, None]),
        entry(99, "update", title=["Wells", "Wells 2"]),
    )


def test_the_writers_are_read_from_the_trail(written) -> None:
    to(upgrade, AFTER)
    found = rows("SELECT ppa_id, user_id FROM approval_writer ORDER BY user_id")
    assert found == [(1, 1), (1, 2), (1, 4)]


def test_going_back_refuses_while_it_would_lose_them(written, caplog) -> None:
    to(upgrade, AFTER)
    with pytest.raises(SystemExit):
        to(downgrade, BEFORE)
    assert "approval_writer: 3 rows" in caplog.text
    to(downgrade, BEFORE, lose="0038")
    to(upgrade, AFTER)
    assert len(rows("SELECT * FROM approval_writer")) == 3
