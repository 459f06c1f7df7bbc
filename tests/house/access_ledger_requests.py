"""What is sent to the routes of the budget ledger that change something."""

from typing import Any

from flask.testing import FlaskClient

from obcms.kernel.extensions import db
from obcms.ledger.hold import closed_through
from obcms.ledger.quarters import next_to_close
from tests.house.access_sent import Sent
from tests.house.access_subjects import Ids


def _moved_between_classes(_client: FlaskClient, ids: Ids) -> dict[str, Any]:
    part = {"line": ids["budget_line_id"]}
    return {
        "entries": [
            part | {"kind": kind, "appropriation_class": of_class, "amount": amount}
            for kind in ("appropriation_adjustment", "allotment_adjustment")
            for of_class, amount in (("mooe", "-1.00"), ("co", "1.00"))
        ]
    }


def _next_quarter(_client: FlaskClient, _ids: Ids) -> dict[str, int]:
    quarter = next_to_close(closed_through())
    db.session.rollback()
    return {"year": quarter.year, "quarter": quarter.number}


SENT_TO_LEDGER: dict[tuple[str, str], Sent] = {
    ("api_acts.change_act", "PATCH"): Sent("ledger"),
    ("api_acts.post_act_extension", "POST"): Sent("ledger"),
    ("api_budget_lines.post_fund_entry", "POST"): Sent("ledger"),
    ("api_fund_entries.void_fund_entry", "POST"): Sent("ledger"),
    ("api_fund_movements.post_fund_movement", "POST"): Sent(
        "ledger", prepare=_moved_between_classes
    ),
    ("api_fund_quarters.post_fund_quarter", "POST"): Sent("ledger", prepare=_next_quarter),
}
