"""Execution projects that were left behind by their PPAs are brought along (SPEC 3)."""

import pytest
from flask import Flask
from flask_migrate import upgrade

from tests.migrations.test_history import NOW, app, rows, run, to

__all__ = ["app"]
BEFORE = "0028_tracking_note"


@pytest.fixture
def left_behind(app: Flask) -> None:
    """Two PPAs: one was renamed and re-dated, the other stands as its project does."""
    to(upgrade, BEFORE)
    run(
        "INSERT INTO organization (id, acronym, name) VALUES (9001, 'XYZ', 'Xyz')",
        *(
            "INSERT INTO ppa (id, code, title, category, implementing_moa_id, fiscal_year, status,"
            " priority, approval_status, start_date, target_end_date, created_at, updated_at)"
            f" VALUES ({number}, 'X-{number}', '{title}', 'moa_ppa', 9001, 2025, 'planning',"
            f" 'medium', 'draft', '2025-01-06', '2025-12-19', '{NOW}', '{NOW}')"
            for number, title in ((1, "New name"), (2, "Same"))
        ),
        *(
            "INSERT INTO work_item (id, ppa_id, work_type, title, status, priority, start_date,"
            f" end_date, created_at, updated_at) VALUES ({number}, {number}, 'project',"
            f" '{title}', 'not_started', 'medium', {start}, '2025-12-19', '{NOW}', '{NOW}')"
            for number, title, start in ((1, "Old name", "NULL"), (2, "Same", "'2025-01-06'"))
        ),
        "UPDATE ppa SET execution_project_id = id",
    )


def test_what_was_left_behind_follows_and_the_rest_stays(left_behind) -> None:
    to(upgrade, "0029_roots_follow")
    items = rows("SELECT id, title, version FROM work_item ORDER BY id")
    assert items == [(1, "New name", 2), (2, "Same", 1)]
    assert str(rows("SELECT start_date FROM work_item WHERE id = 1")[0][0]) == "2025-01-06"


def test_the_trail_says_so(left_behind) -> None:
    to(upgrade, "0029_roots_follow")
    [entry] = rows(
        "SELECT row_key, ppa_id, actor_name, changes FROM audit_entry"
        " WHERE table_name = 'work_item' AND actor_name LIKE 'revision%'"
    )
    assert entry[:3] == ("1", 1, "revision 0029_roots_follow")
    assert "Old name" in str(entry[3])
    assert "2025-01-06" in str(entry[3])
