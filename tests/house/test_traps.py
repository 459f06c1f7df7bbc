"""The traps of SPEC 16 that this system has already been led past, one test each."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from obcms.budget import distribution
from obcms.budget.models import DistributionBatch
from obcms.budget.proposal import Request
from obcms.kernel.audit.hook import BulkWriteRefused
from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.errors import Conflict, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.kernel.records.opened import fingerprints
from obcms.ppas.models import PPA
from obcms.work import work_items
from obcms.work.fields import WORK_ITEM_FIELDS
from obcms.work.models import WorkItem
from obcms.work.move import move_item
from obcms.work.rules.choices import DistributionMethod, WorkStatus
from obcms.work.sync import sync_all_ppas
from obcms.work.tracking import enable_tracking
from tests.support.factories import make_ppa, spend, track
from tests.support.html_form import opened_form, send_form

pytestmark = pytest.mark.usefixtures("app")


def apply(ppa: PPA, request: Request) -> DistributionBatch:
    version = distribution.preview(SYSTEM, ppa, request).version
    return distribution.apply(SYSTEM, ppa, request, version).batch


def amounts(ppa: PPA, parent: WorkItem) -> list[Decimal | None]:
    query = select(WorkItem.allocated_budget).where(WorkItem.parent_id == parent.id)
    return list(db.session.scalars(query.order_by(WorkItem.position)))


def test_equal_split_does_not_count_the_root_and_inner_nodes_as_peers() -> None:
    ppa = make_ppa("100.00")
    items = track(ppa)
    apply(ppa, Request(DistributionMethod.EQUAL, cascade=True))
    assert amounts(ppa, items["root"]) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert amounts(ppa, items["Preparation"]) == [Decimal("16.67"), Decimal("16.67")]


def test_weights_off_by_a_little_never_pay_the_rest_to_the_last_item() -> None:
    ppa = make_ppa("100000000.00")
    items = track(ppa)
    children = [items[name] for name in ("Preparation", "Execution", "Completion")]
    weights = dict(zip((c.id for c in children), ("0.33333", "0.33333", "0.33333"), strict=True))
    apply(ppa, Request(DistributionMethod.WEIGHTED, weights, cascade=True))
    assert amounts(ppa, items["root"]) == [
        Decimal("33333333.34"),
        Decimal("33333333.33"),
        Decimal("33333333.33"),
    ]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (("-400000.00", "900000.00", "500000.00"), "“-400000.00” is negative"),
        (("NaN", "500000.00", "500000.00"), "“NaN” is not an amount"),
        (("Infinity", "0", "0"), "“Infinity” is not an amount"),
        (("333333.335", "333333.335", "333333.33"), "“Execution”: “333333.335” has more than two"),
        (("1000000.01", "0", "0"), r"₱0\.01 too much"),
    ],
)
def test_manual_amounts_that_are_not_money_are_refused(values: tuple[str, ...], said: str) -> None:
    ppa = make_ppa()
    items = track(ppa)
    before = amounts(ppa, items["root"])
    ids = [items[name].id for name in ("Preparation", "Execution", "Completion")]
    with pytest.raises(Invalid, match=said):
        distribution.preview(
            SYSTEM, ppa, Request(DistributionMethod.MANUAL, dict(zip(ids, values, strict=True)))
        )
    assert amounts(ppa, items["root"]) == before


def test_amounts_for_an_item_of_another_ppa_are_refused() -> None:
    ppa, other = make_ppa(), make_ppa()
    track(ppa)
    foreign = track(other)["Preparation"]
    request = Request(DistributionMethod.MANUAL, {foreign.id: "1000000.00"})
    with pytest.raises(Invalid, match=f"Item {foreign.id} is not one of the items"):
        distribution.preview(SYSTEM, ppa, request)
    with pytest.raises(Invalid, match="to distribute from is not part of this PPA"):
        distribution.preview(SYSTEM, ppa, Request(DistributionMethod.EQUAL, None, foreign.id))


def test_deleting_reopening_or_moving_an_item_never_leaves_parents_stale() -> None:
    ppa = make_ppa()
    items = track(ppa)
    for title in ("Planning and coordination", "Resources"):
        work_items.edit_item(SYSTEM, items[title], {"status": WorkStatus.COMPLETED})
    assert (items["Preparation"].progress, ppa.progress) == (100, Decimal("33.33"))
    work_items.edit_item(SYSTEM, items["Resources"], {"progress": Decimal(50)})
    assert items["Resources"].status is WorkStatus.IN_PROGRESS
    assert items["Preparation"].progress == 75
    work_items.delete_item(SYSTEM, items["Resources"])
    assert items["Preparation"].progress == 100
    work_items.edit_item(SYSTEM, items["Planning and coordination"], {"allocated_budget": None})
    move_item(SYSTEM, items["Planning and coordination"], items["Completion"], 0)
    assert items["Preparation"].progress == 100  # no child left, so its own value stays
    assert items["Completion"].progress == Decimal("33.33")
    assert ppa.progress == Decimal("44.44")


def test_cancelled_items_do_not_block_a_hundred_percent() -> None:
    ppa = make_ppa()
    items = track(ppa)
    work_items.cancel_item(SYSTEM, items["Execution"])
    work_items.cancel_item(SYSTEM, items["Completion"])
    for title in ("Planning and coordination", "Resources"):
        work_items.edit_item(SYSTEM, items[title], {"progress": Decimal(100)})
    assert (ppa.progress, ppa.status.value) == (100, "completed")


def test_a_job_does_not_report_completed_while_every_record_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ppa = make_ppa()
    track(ppa)
    db.session.commit()

    def fail(*_args: object) -> None:
        raise Invalid("The tree cannot be read.")

    monkeypatch.setattr("obcms.work.sync.recompute", fail)
    summary = sync_all_ppas(db.session())
    assert summary == {
        "processed": 1,
        "updated": 0,
        "unchanged": 0,
        "errors": [{"code": ppa.code, "error": "The tree cannot be read."}],
    }


def test_bulk_updates_cannot_slip_past_the_audit_trail() -> None:
    ppa = make_ppa()
    items = track(ppa)
    db.session.commit()
    leaf_id, before = items["Resources"].id, items["Resources"].progress
    statement = update(WorkItem).where(WorkItem.id == leaf_id).values(progress=Decimal(70))
    for attempt in (
        lambda: db.session.execute(statement),
        lambda: db.session.query(WorkItem).update({"progress": Decimal(70)}),
        lambda: db.session.query(WorkItem).filter_by(id=leaf_id).delete(),
        lambda: db.session.connection().execute(statement),
        lambda: db.session.bulk_update_mappings(WorkItem, [{"id": leaf_id, "version": 1}]),
        lambda: db.session.bulk_insert_mappings(PPA, [{"code": "X", "title": "Y"}]),
    ):
        with pytest.raises(BulkWriteRefused):
            attempt()
        db.session.rollback()
    assert db.session.get_one(WorkItem, leaf_id).progress == before


def test_every_change_has_an_actor_and_is_undone_with_its_transaction() -> None:
    ppa = make_ppa()
    db.session.commit()
    count = select(func.count(AuditEntry.id))
    known = db.session.scalar(count)
    track(ppa)
    assert db.session.scalar(count) > known
    db.session.rollback()
    assert db.session.scalar(count) == known
    nameless = select(AuditEntry.id).where(AuditEntry.actor_name == "")
    assert db.session.scalars(nameless).all() == []


def test_two_clicks_make_one_execution_project() -> None:
    ppa = make_ppa()
    root = track(ppa)["root"]
    db.session.commit()
    with pytest.raises(Conflict, match="is enabled already"):
        enable_tracking(SYSTEM, ppa)
    db.session.rollback()
    roots = select(WorkItem.id).where(WorkItem.ppa_id == ppa.id, WorkItem.parent_id.is_(None))
    assert db.session.scalars(roots).all() == [root.id]


def test_a_stale_form_does_not_undo_another_users_change() -> None:
    ppa = make_ppa()
    item = track(ppa)["Resources"]
    db.session.commit()
    opened = fingerprints(item, WORK_ITEM_FIELDS)
    work_items.edit_item(SYSTEM, item, {"progress": Decimal(40)}, opened)
    db.session.commit()
    with pytest.raises(Conflict, match="changed Progress from “0%” to “40%”"):
        work_items.edit_item(SYSTEM, item, {"progress": Decimal(10)}, opened)
    db.session.rollback()
    assert item.progress == 40


def test_a_stale_admin_form_shows_the_other_change(app: Flask, people, sign_in_as) -> None:
    ppa = make_ppa()
    item = track(ppa)["Resources"]
    db.session.commit()
    item_id = item.id
    client = sign_in_as(people.administrator)
    address = f"/admin/work-item/edit/?id={item_id}"
    form = opened_form(client, address)
    work_items.edit_item(SYSTEM, db.session.get_one(WorkItem, item_id), {"progress": Decimal(40)})
    db.session.commit()
    assert send_form(client, address, form, title="Means").status_code == 302
    answer = send_form(client, address, form, progress="10")
    assert answer.status_code == 200
    assert "changed after you opened it" in answer.text
    assert "0%” to “40%" in answer.text
    item = db.session.get_one(WorkItem, item_id, populate_existing=True)
    assert (item.progress, item.title) == (40, "Means")


def test_money_below_a_cancelled_item_is_free_again_but_for_what_was_spent() -> None:
    ppa = make_ppa()
    items = track(ppa)
    spend(items["Core work"], "1234.56")
    work_items.cancel_item(SYSTEM, items["Execution"])
    assert items["root"].distributed == Decimal("251234.56")
    apply(ppa, Request(DistributionMethod.EQUAL, cascade=True))
    # The children's parts and what the cancelled one keeps make up the whole.
    kept = Decimal("1234.56")
    open_parts = [items[name].allocated_budget for name in ("Preparation", "Completion")]
    assert sum(open_parts) + kept == Decimal("1000000.00")
    with pytest.raises(Invalid, match="more than its"):
        work_items.edit_item(SYSTEM, items["Execution"], {"status": WorkStatus.IN_PROGRESS})


def test_the_trail_itself_cannot_be_rewritten() -> None:
    make_ppa()
    db.session.commit()
    for statement in ("UPDATE audit_entry SET actor_name = 'x'", "DELETE FROM audit_entry"):
        with pytest.raises(Exception, match="audit"):
            db.session.execute(text(statement))
        db.session.rollback()


def test_cascading_gives_nothing_below_an_item_that_gets_nothing() -> None:
    ppa = make_ppa("0.02")
    items = track(ppa)
    apply(ppa, Request(DistributionMethod.EQUAL, cascade=True))
    assert amounts(ppa, items["root"]) == [Decimal("0.01"), Decimal("0.01"), Decimal("0.00")]
    assert amounts(ppa, items["Completion"]) == [Decimal("0.00"), Decimal("0.00")]
