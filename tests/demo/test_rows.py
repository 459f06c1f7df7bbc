"""After a day on the demonstration, by screens, API and jobs, no row differs from the trail."""

import json

from flask import Flask
from sqlalchemy import func, select

from obcms.alerts.models import Alert
from obcms.alerts.rules.choices import AlertState
from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from obcms.kernel.jobs.runner import run_slot
from obcms.kernel.jobs.schedule import SCHEDULE
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem
from tests.support.html_form import opened_form, send_form


def by_screens(client, alert_id: int, ppa_id: int) -> None:  # type: ignore[no-untyped-def]
    """An alert is acknowledged, a threshold and a PPA are changed."""
    sent = client.post(f"/admin/alerts/{alert_id}/acknowledge", data={"note": "We void it."})
    assert sent.status_code == 302
    page = "/admin/thresholds/"
    form = opened_form(client, page)
    assert send_form(client, page, form, overspent_high="8").status_code == 302
    page = f"/admin/ppa/edit/?id={ppa_id}"
    form = opened_form(client, page)
    assert send_form(client, page, form, remarks="Seen").status_code == 302


def by_api(client, alert_id: int, item_id: int) -> None:  # type: ignore[no-untyped-def]
    """Another alert is acknowledged, and an item's progress reported, which goes up the tree."""
    sent = client.post(f"/api/alerts/{alert_id}/acknowledge/", json={"note": "Seen."})
    assert sent.json["state"] == AlertState.ACKNOWLEDGED.value
    address = f"/api/work-items/{item_id}/"
    tag = {"If-Match": client.get(address).headers["ETag"]}
    assert client.patch(address, json={"progress": "40"}, headers=tag).status_code == 200


def test_no_row_differs_from_the_trail(demo: Flask, people, sign_in_as, call_as) -> None:
    first, second = db.session.scalars(select(Alert.id).order_by(Alert.id)).all()[:2]
    ppa_id = db.session.scalars(select(PPA.id).order_by(PPA.id)).first()
    leaf = select(WorkItem.id).where(~WorkItem.children.any(), WorkItem.progress == 0)
    item_id = db.session.scalars(leaf.order_by(WorkItem.id)).first()
    db.session.rollback()
    before = db.session.scalar(select(func.count(AuditEntry.id)))
    by_screens(sign_in_as(people.administrator), first, ppa_id)
    by_api(call_as(people.administrator), second, item_id)
    for name in SCHEDULE:
        run_slot(name, "manual-of-the-day")
    assert db.session.scalar(select(func.count(AuditEntry.id))) > before + 5
    db.session.remove()
    told = demo.test_cli_runner().invoke(args=["audit", "verify", "--rows", "--json"])
    verdict = json.loads(told.output)
    assert (told.exit_code, verdict["problem"], verdict["rows"]) == (0, None, [])
