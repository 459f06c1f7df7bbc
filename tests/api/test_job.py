"""The main job from the token to the synced PPA, and who may not."""

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from tests.api.conftest import ENTRIES
from tests.support.factories import make_ppa, track

PPA = {
    "code": "MOH-2031-901",
    "title": "Barangay health workers",
    "fiscal_year": 2031,
    "budget_allocation": "1000000.00",
    "start_date": "2031-01-06",
    "target_end_date": "2031-12-19",
}


def test_another_ministrys_ppa_does_not_exist(app, people, call_as) -> None:
    ppa = make_ppa()
    item = track(ppa)["Resources"].id
    key = ppa.id
    db.session.commit()
    outsider = call_as(people.outsider)
    assert outsider.get(ENTRIES).json["count"] == 0
    assert outsider.get("/api/work-items/").json["count"] == 0
    for path in (f"{ENTRIES}{key}/", f"{ENTRIES}{key}/budget-allocation-tree/"):
        assert outsider.get(path).status_code == 404
    assert outsider.patch(f"/api/work-items/{item}/", json={"title": "x"}).status_code == 404
    assert outsider.delete(f"{ENTRIES}{key}/").status_code == 404


def test_the_main_job(app, people, call_as) -> None:
    client = call_as(people.moa_staff)
    made = client.post(ENTRIES, json=PPA)
    assert made.status_code == 201, made.text
    entry = f"{ENTRIES}{made.json['id']}/"
    enabled = client.post(f"{entry}enable-workitem-tracking/", json={})
    assert enabled.status_code == 201, enabled.text
    assert enabled.json["structure_template"] == "activity"
    assert enabled.json["work_items_created"] == sum(enabled.json["structure_summary"].values())
    assert client.post(f"{entry}enable-workitem-tracking/").status_code == 409
    tree = client.get(f"{entry}budget-allocation-tree/").json
    assert (tree["total_budget"], tree["unallocated_budget"]) == ("1000000.00", "0.00")
    equal = {"method": "equal", "cascade": True, "preview": True}
    preview = client.post(f"{entry}distribute-budget/", json=equal)
    assert preview.status_code == 200, preview.text
    assert preview.json["version"] == tree["version"]
    apply = equal | {"preview": False, "version": tree["version"]}
    applied = client.post(f"{entry}distribute-budget/", json=apply)
    assert applied.status_code == 200, applied.text
    assert applied.json["total_allocated"] == "1000000.00"
    assert client.post(f"{entry}distribute-budget/", json=apply).status_code == 409
    leaf = tree["tree"]["children"][0]["children"][0]["id"]
    changed = client.patch(f"/api/work-items/{leaf}/", json={"progress": "50.00"})
    assert changed.json["status"] == "in_progress", changed.text
    spent = {"spent_on": "2025-02-03", "amount": "1250.00", "description": "Supplies"}
    posted = client.post(f"/api/work-items/{leaf}/expenditures/", json=spent)
    assert posted.status_code == 201, posted.text
    void = f"/api/work-items/{leaf}/expenditures/{posted.json['id']}/void/"
    assert client.post(void, json={"reason": "Twice"}).json["void_reason"] == "Twice"
    synced = client.post(f"{entry}sync-from-workitem/")
    assert synced.status_code == 200, synced.text
    assert synced.json["updated_status"] == "ongoing"
    step = client.post(f"{entry}approval/", json={"action": "submit"})
    assert step.json["to_status"] == "technical_review", step.text
    names = set(db.session.scalars(db.select(AuditEntry.actor_name)))
    assert "moa_staff" in names
    last = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (last.actor_name, last.ip_address) == ("moa_staff", "127.0.0.1")


def test_deleting(app, people, call_as) -> None:
    ppa = make_ppa()
    track(ppa)
    key = ppa.id
    db.session.commit()
    answer = call_as(people.administrator).delete(f"{ENTRIES}{key}/")
    assert answer.status_code == 204, answer.text
    assert call_as(people.administrator).get(f"{ENTRIES}{key}/").status_code == 404
