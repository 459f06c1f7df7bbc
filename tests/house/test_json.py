"""What answers look like as JSON, also where the fast writer gives up."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask


def test_money_has_two_decimals_and_days_are_iso(app: Flask) -> None:
    given = {"amount": Decimal("1E+3"), "day": date(2031, 1, 6), "none": None, "text": "₱ <b>"}
    at = datetime(2031, 1, 6, 8, 30, tzinfo=UTC)
    assert json.loads(app.json.dumps(given | {"at": at})) == {
        "amount": "1000.00",
        "day": "2031-01-06",
        "none": None,
        "text": "₱ <b>",
        "at": "2031-01-06T08:30:00+00:00",
    }


@pytest.mark.parametrize("odd", ["\ud800", 2**70])
def test_what_the_fast_writer_refuses_is_written_all_the_same(app: Flask, odd: object) -> None:
    given = {"odd": odd, "amount": Decimal("1E+3"), "day": date(2031, 1, 6)}
    wanted = {"odd": odd, "amount": "1000.00", "day": "2031-01-06"}
    assert json.loads(app.json.dumps(given)) == wanted
