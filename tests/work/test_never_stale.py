"""Whatever path changes take, stored figures equal a recomputation from scratch (SPEC 4, 5)."""

import os

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from obcms.work.rules.choices import DistributionMethod
from tests.work.random_money import WorkTree
from tests.work.reach import Reach

KINDS = {
    "create",
    "dig",
    "report_progress",
    "set_status",
    "set_budget",
    "set_dates",
    "switch_calculation",
    "move",
    "cancel",
    "delete",
    "duplicate",
    "spend",
    "void",
    "undo",
    "hide_and_bring_back",
    "edit_in_the_admin_form",
    "weigh_otherwise",
    *(f"distribute {method}" for method in DistributionMethod),
}
# More examples, and others at each run, on demand: TREE_EXAMPLES=500 pytest tests/work
EXAMPLES = int(os.environ.get("TREE_EXAMPLES", "0"))


def test_stored_figures_equal_a_recomputation(app: Flask, people, sign_in_as) -> None:
    WorkTree.app, WorkTree.reach = app, Reach()
    WorkTree.sign_in = sign_in_as(people.administrator)
    run_state_machine_as_test(
        WorkTree,
        settings=settings(
            max_examples=EXAMPLES or 70,
            stateful_step_count=25,
            derandomize=not EXAMPLES,  # the same run each time, so that what it reaches is sure
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert WorkTree.reach.missed(KINDS) == set()
