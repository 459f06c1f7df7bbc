"""Whatever is posted in whatever order, the ledger is as its rows recompute it (SPEC 6)."""

import os
from collections import Counter

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.ledger.random_ledger import RandomLedger

# More examples, and others at each run, on demand: LEDGER_EXAMPLES=500 pytest tests/ledger
EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "0"))
OUTCOMES = {
    ("allotment", "allotments_over_appropriations"),
    ("appropriation_adjustment", "allotments_over_appropriations"),
    ("obligation", ""),
    ("obligation", "obligations_over_allotments"),
    ("obligation", "validity"),
    ("obligation", "closed_quarter"),
    ("override obligation", ""),
    ("payable", ""),
    ("payable", "payables_over_obligation"),
    ("disbursement", ""),
    ("disbursement", "disbursements_over_payables"),
    ("disbursement_adjustment", ""),
    ("disbursement_adjustment", "refund_over_disbursements"),
    ("void", ""),
    ("void", "voided"),
    ("transfer", ""),
    ("modification", ""),
    ("modification", "obligations_over_allotments"),
    ("close", ""),
    ("reopen", ""),
}


def test_the_ledger_is_as_its_rows_recompute_it(app: Flask) -> None:
    RandomLedger.reach = Counter()
    run_state_machine_as_test(
        RandomLedger,
        settings=settings(
            max_examples=EXAMPLES or 12,
            stateful_step_count=40,
            derandomize=not EXAMPLES,  # the same run each time, so that what it reaches is sure
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert RandomLedger.reach.keys() >= OUTCOMES, OUTCOMES - RandomLedger.reach.keys()
