"""Every example in the OpenAPI document is sent as it stands, and succeeds."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.notifications.models import Notification
from obcms.notifications.notify import notify
from obcms.people.models import User
from obcms.ppas.rules.choices import ApprovalStatus
from obcms.spending.models import Expenditure
from tests.api.conftest import ENTRIES
from tests.notifications.told import news
from tests.support.factories import make_alert, make_ppa, spend, track
from tests.support.ledger import make_act, make_line, obligate

ON_A_DRAFT = ("approval", "enable-workitem-tracking")
ON_AN_APPROVED = tuple(f"entries/{{ppa_id}}/{one}/" for one in ("amend", "cancel", "resume"))


@pytest.fixture
def numbers(app: Flask, people) -> dict[str, int]:
    """What stands for {item_id} and the like: a tracked PPA with posted money, a draft, and one
    that is approved."""
    tracked, draft = make_ppa(), make_ppa()
    approved = make_ppa(approval_status=ApprovalStatus.APPROVED)
    item = track(tracked)["Resources"]
    spend(item, "100.00")
    line = make_line(make_act(effectivity=date(2025, 1, 1)))
    administrator = db.session.get_one(User, people.administrator)
    administrator.username = "administrator"
    notify(news(), [administrator])
    told_id = db.session.scalars(select(Notification.id)).one()
    numbers = {
        "ppa_id": tracked.id,
        "draft_id": draft.id,
        "approved_id": approved.id,
        "item_id": item.id,
        "alert_id": make_alert(draft).id,
        "record_id": 1,
        "act_id": line.act_id,
        "budget_line_id": line.id,
        "fund_entry_id": obligate(line).id,
        "notification_id": told_id,
        "line_id": db.session.scalars(select(Expenditure.id)).one(),
    }
    db.session.commit()
    return numbers


def examples(document: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """(method, path, body) of each operation that takes a body."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method in ("post", "patch") and "requestBody" in operation:
                body = operation["requestBody"]["content"]["application/json"]
                yield method, path, body["example"]


def test_every_example_succeeds(app: Flask, numbers, call_as, people) -> None:
    administrator, head = call_as(people.administrator), call_as(people.moa_head)
    analyst = call_as(people.mfbm_analyst)
    document = administrator.get("/api/docs/openapi.json").json
    refresh = None
    for method, path, body in examples(document):
        if any(action in path for action in ON_A_DRAFT):
            path = path.replace("{ppa_id}", "{draft_id}")
        # An administrator takes no approval step, and cancels nothing that was approved.
        client = head if path.endswith("/approval/") else administrator
        if "fund" in path or "/acts/" in path:
            client = analyst
        if path.endswith(ON_AN_APPROVED):
            path, client = path.replace("{ppa_id}", "{approved_id}"), analyst
        if "refresh" in body:  # the one example that cannot be known beforehand
            body = {"refresh": refresh}
        answer = client.open(path.format(**numbers), method=method.upper(), json=body)
        assert answer.status_code in (200, 201), (method, path, answer.text)
        refresh = answer.json.get("refresh", refresh)


def test_the_example_of_a_distribution_is_applied_with_the_version_it_answers(
    app: Flask, numbers, call_as, people
) -> None:
    client = call_as(people.administrator)
    path = f"{ENTRIES}{numbers['ppa_id']}/distribute-budget/"
    preview = client.post(path, json={"method": "equal", "cascade": True, "preview": True}).json
    asked = {"method": "equal", "cascade": True, "version": preview["version"]}
    applied = client.post(path, json=asked)
    assert applied.status_code == 200, applied.text
    assert [item["after"] for item in applied.json["items"]] == [
        item["after"] for item in preview["items"]
    ]
