"""What the database itself refuses (SPEC 2), whoever asks."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from obcms.kernel.extensions import db
from tests.services.factories import make_ppa, track

VALUES = "work_type, title, status, priority, created_at, updated_at"
COLUMNS = f"({VALUES}, parent_id, ppa_id)"


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
    "statement",
    [
        "UPDATE ppa SET progress = 100.01 WHERE id = :ppa",
        "UPDATE ppa SET progress = -1 WHERE id = :ppa",
        "UPDATE work_item SET progress = 101 WHERE id = :item",
        "UPDATE ppa SET budget_allocation = -1 WHERE id = :ppa",
        "UPDATE ppa SET budget_ceiling = -1 WHERE id = :ppa",
        "UPDATE ppa SET budget_ceiling = budget_allocation - 1 WHERE id = :ppa",
        "UPDATE ppa SET obc_share = budget_allocation + 1 WHERE id = :ppa",
        "UPDATE ppa SET total_slots = 5, obc_slots = 6 WHERE id = :ppa",
        "UPDATE ppa SET target_end_date = '2020-01-01' WHERE id = :ppa",
        "UPDATE ppa SET actual_end_date = '2020-01-01' WHERE id = :ppa",
        "UPDATE ppa SET implementing_moa_id = NULL WHERE id = :ppa",
        "UPDATE ppa SET implementing_moa_id = 9999 WHERE id = :ppa",
        "UPDATE ppa SET status = 'someday' WHERE id = :ppa",
        "UPDATE ppa SET execution_project_id = :root WHERE id = :other",
        "UPDATE ppa SET execution_project_id = NULL, approval_status = 'approved' WHERE id = :ppa",
        "UPDATE ppa SET code = (SELECT code FROM ppa WHERE id = :other) WHERE id = :ppa",
        "UPDATE work_item SET allocated_budget = -1 WHERE id = :item",
        "UPDATE work_item SET end_date = '2020-01-01' WHERE id = :item",
        "UPDATE work_item SET parent_id = :item WHERE id = :item",
        "UPDATE work_item SET parent_id = :foreign WHERE id = :item",
        "UPDATE work_item SET ppa_id = :other WHERE id = :item",
        "UPDATE work_item SET ppa_id = NULL WHERE id = :item",
        "UPDATE work_item SET ppa_id = 9999 WHERE parent_id IS NULL",
        f"INSERT INTO work_item {COLUMNS} SELECT {VALUES}, NULL, 9999 FROM work_item",
        f"INSERT INTO work_item {COLUMNS} SELECT {VALUES}, :root, 9999 FROM work_item",
        "DELETE FROM work_item WHERE id = :root",
        "DELETE FROM ppa WHERE id = :ppa",
        "INSERT INTO expenditure (work_item_id, spent_on, amount, description, posted_at) "
        "VALUES (:item, '2025-01-06', 0, 'Nothing', '2025-01-06')",
    ],
)
def test_the_database_refuses(records: dict[str, int], statement: str) -> None:
    used = {name: value for name, value in records.items() if f":{name}" in statement}
    with pytest.raises(DatabaseError):
        db.session.execute(text(statement), used)
