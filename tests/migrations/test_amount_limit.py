"""A database with an amount at the new limit is not upgraded before that is lowered."""

import pytest
from flask import Flask
from flask_migrate import upgrade

from obcms.kernel.extensions import db
from tests.migrations.test_history import NOW, app, rows, run, to
from tests.migrations.test_people import heard, refused

__all__ = ["app", "heard"]
BEFORE = "0029_roots_follow"


@pytest.mark.parametrize("column", ["budget_ceiling", "budget_allocation"])
def test_amounts_at_the_limit_are_listed_and_stop_it(app: Flask, caplog, column: str) -> None:
    to(upgrade, BEFORE)
    one = 100 if db.engine.dialect.name == "sqlite" else 1
    run(
        *(
            f"INSERT INTO ppa (id, code, title, {column}, category, fiscal_year, status, priority,"
            " approval_status, created_at, updated_at) VALUES"
            f" ({number}, 'H-{number}', 'x', {pesos * one}, 'oobc_ppa', 2025, 'planning', 'low',"
            f" 'draft', '{NOW}', '{NOW}')"
            for number, pesos in enumerate((10**12 - 1, 10**12, 3 * 10**12), 1)
        )
    )
    refused()
    [told] = [r.getMessage() for r in caplog.records if "These amounts are" in r.getMessage()]
    assert f"ppa 2, {column}: ₱1,000,000,000,000" in told
    assert f"ppa 3, {column}: ₱3,000,000,000,000" in told
    assert "ppa 1," not in told
    assert rows("SELECT version_num FROM alembic_version") == [(BEFORE,)]
    run(f"UPDATE ppa SET {column} = 1 WHERE id > 1")
    to(upgrade, "head")
