"""What the database itself refuses (SPEC 2), whoever asks."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from obcms.kernel.extensions import db
from tests.support.factories import make_ppa, track

VALUES = "work_type, title, status, priority, created_at, updated_at"
COLUMNS = f"({VALUES}, parent_id, ppa_id)"
# SQLite names a CHECK that fails, but neither a foreign key nor a unique index.
FOREIGN_KEY = "FOREIGN KEY constraint failed|violates foreign key constraint"
UNIQUE_CODE = r"UNIQUE constraint failed: ppa\.code|uq_ppa_code"
UNIQUE_PROJECT = r"UNIQUE constraint failed: ppa\.execution_project_id|ix_ppa_execution_project_id"


@pytest.fixture
def records(app: Flask) -> Iterator[dict[str, int]]:
    ppa, other = make_ppa(), make_ppa()
    items, others = track(ppa), track(other)
    ids = {
        "ppa": ppa.id,
        "other": other.id,
        "item": items["Resources"].id,
        "foreign": others["Preparation"].id,
        "root": items["root"].id,
    }
    db.session.commit()
    yield ids
    db.session.rollback()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE ppa SET progress = 100.01 WHERE id = :ppa", "ck_ppa_progress_range"),
        ("UPDATE ppa SET progress = -1 WHERE id = :ppa", "ck_ppa_progress_range"),
        ("UPDATE work_item SET progress = 101 WHERE id = :item", "ck_work_item_progress_range"),
        (
            "UPDATE ppa SET budget_allocation = -1 WHERE id = :ppa",
            "ck_ppa_budget_allocation_positive",
        ),
        (
            "UPDATE ppa SET budget_allocation = NULL, budget_ceiling = -1 WHERE id = :ppa",
            "ck_ppa_budget_ceiling_positive",
        ),
        (
            "UPDATE ppa SET budget_ceiling = budget_allocation - 1 WHERE id = :ppa",
            "ck_ppa_allocation_within_ceiling",
        ),
        (
            "UPDATE ppa SET obc_share = budget_allocation + 1 WHERE id = :ppa",
            "ck_ppa_obc_share_within_allocation",
        ),
        (
            "UPDATE ppa SET total_slots = 5, obc_slots = 6 WHERE id = :ppa",
            "ck_ppa_obc_slots_within_total",
        ),
        (
            "UPDATE ppa SET target_end_date = '2020-01-01' WHERE id = :ppa",
            "ck_ppa_target_end_after_start",
        ),
        (
            "UPDATE ppa SET actual_end_date = '2020-01-01' WHERE id = :ppa",
            "ck_ppa_actual_end_after_start",
        ),
        ("UPDATE ppa SET implementing_moa_id = NULL WHERE id = :ppa", "ck_ppa_moa_ppa_has_moa"),
        ("UPDATE ppa SET implementing_moa_id = 9999 WHERE id = :ppa", FOREIGN_KEY),
        ("UPDATE ppa SET status = 'someday' WHERE id = :ppa", "ck_ppa_status"),
        ("UPDATE ppa SET execution_project_id = :root WHERE id = :other", UNIQUE_PROJECT),
        (
            "UPDATE ppa SET execution_project_id = NULL, approval_status = 'approved' "
            "WHERE id = :ppa",
            "ck_ppa_tracked_has_project",
        ),
        (
            "UPDATE ppa SET code = (SELECT code FROM ppa WHERE id = :other) WHERE id = :ppa",
            UNIQUE_CODE,
        ),
        (
            "UPDATE work_item SET allocated_budget = -1 WHERE id = :item",
            "ck_work_item_allocated_budget_positive",
        ),
        (
            "UPDATE work_item SET end_date = '2020-01-01' WHERE id = :item",
            "ck_work_item_end_after_start",
        ),
        ("UPDATE work_item SET parent_id = :item WHERE id = :item", "ck_work_item_not_own_parent"),
        ("UPDATE work_item SET parent_id = :foreign WHERE id = :item", FOREIGN_KEY),
        ("UPDATE work_item SET ppa_id = :other WHERE id = :item", FOREIGN_KEY),
        ("UPDATE work_item SET ppa_id = NULL WHERE id = :item", FOREIGN_KEY),
        ("UPDATE work_item SET ppa_id = 9999 WHERE parent_id IS NULL", FOREIGN_KEY),
        (
            f"INSERT INTO work_item {COLUMNS} SELECT {VALUES}, NULL, 9999 FROM work_item",
            FOREIGN_KEY,
        ),
        (
            f"INSERT INTO work_item {COLUMNS} SELECT {VALUES}, :root, 9999 FROM work_item",
            FOREIGN_KEY,
        ),
        ("DELETE FROM work_item WHERE id = :root", FOREIGN_KEY),
        ("DELETE FROM ppa WHERE id = :ppa", FOREIGN_KEY),
        (
            "INSERT INTO expenditure (work_item_id, spent_on, amount, description, posted_at) "
            "VALUES (:item, '2025-01-06', 0, 'Nothing', '2025-01-06')",
            "ck_expenditure_amount_positive",
        ),
    ],
)
def test_the_database_refuses(records: dict[str, int], statement: str, said: str) -> None:
    used = {name: value for name, value in records.items() if f":{name}" in statement}
    with pytest.raises(DatabaseError, match=said):
        db.session.execute(text(statement), used)
