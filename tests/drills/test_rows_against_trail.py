"""A short form of the drill on both databases; `rows_against_trail` has the long one."""

import random

from flask import Flask

from tests.drills.rows_against_trail import check_changes, check_work, hire


def test_after_a_day_of_work_no_row_differs_and_changes_by_sql_are_named(app: Flask) -> None:
    hire()
    dice = random.Random(5)
    done, refused = check_work(dice, 250)
    assert len(done) > 15
    assert sum(refused.values()) > 50
    assert len(check_changes(dice, 12)) >= 10
