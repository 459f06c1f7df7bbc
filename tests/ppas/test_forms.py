"""The admin forms: exact amounts, computed fields left out, and refusals as messages."""

from decimal import Decimal

from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.ppas.models import PPA
from obcms.work.models import WorkItem
from tests.support.factories import make_ppa, track
from tests.support.html_form import edit_form, opened_form, send_form


def edit_ppa(client, ppa_id: int, **changes: str):
    """Sends the PPA's form as a browser would, with some fields changed."""
    return edit_form(client, f"/admin/ppa/edit/?id={ppa_id}", **changes)


def test_a_new_ppa_is_made_and_shown(app, people, sign_in_as) -> None:
    client = sign_in_as(people.oobc_staff)
    moa = make_ppa().implementing_moa_id
    db.session.commit()
    form = {
        "code": "MOH-2032-001",
        "title": "Water",
        "category": "moa_ppa",
        "implementing_moa": str(moa),
        "fiscal_year": "2032",
        "budget_allocation": "1,234,567.89",
        "status": "planning",
        "priority": "high",
        "progress_weighting": "budget",
    }
    answer = client.post("/admin/ppa/new/", data=form)
    assert answer.status_code == 302
    assert "Water" in client.get(answer.headers["Location"]).text
    ppa = db.session.scalars(select(PPA).where(PPA.code == "MOH-2032-001")).one()
    assert ppa.budget_allocation == Decimal("1234567.89")
    assert (ppa.created_by_id, ppa.progress_weighting.value) == (people.oobc_staff, "budget")


def test_amounts_that_are_none_are_refused_with_a_message(app, people, sign_in_as) -> None:
    ppa_id = make_ppa().id
    db.session.commit()
    client = sign_in_as(people.administrator)
    for said, answer in (
        ("-5", "negative"),
        ("1.005", "decimals"),
        ("plenty", "plenty"),
        ("1e5", "1e5"),
    ):
        page = edit_ppa(client, ppa_id, budget_allocation=said)
        assert page.status_code == 200
        assert answer in page.text
    assert "above the budget ceiling" in edit_ppa(client, ppa_id, budget_ceiling="5").text
    assert "before the start date" in edit_ppa(client, ppa_id, target_end_date="2020-01-01").text
    db.session.expire_all()
    assert db.session.get_one(PPA, ppa_id).budget_allocation == Decimal("1000000.00")


def test_a_cut_through_the_form_says_where_and_by_how_much(app, people, sign_in_as) -> None:
    ppa = make_ppa()
    track(ppa)
    ppa_id = ppa.id
    db.session.commit()
    page = edit_ppa(sign_in_as(people.administrator), ppa_id, budget_allocation="999,999.00")
    assert "which is ₱1.00 more than its ₱999,999.00" in page.text


def test_what_the_work_tree_computes_is_not_in_the_forms(app, people, sign_in_as) -> None:
    ppa = make_ppa()
    items = track(ppa)
    ppa_id, parent_id, leaf_id = ppa.id, items["Execution"].id, items["Resources"].id
    db.session.commit()
    client = sign_in_as(people.administrator)
    assert 'name="status"' not in client.get(f"/admin/ppa/edit/?id={ppa_id}").text
    assert 'name="progress"' not in client.get(f"/admin/work-item/edit/?id={parent_id}").text
    assert 'name="progress"' in client.get(f"/admin/work-item/edit/?id={leaf_id}").text
    assert edit_ppa(client, ppa_id, status="cancelled", title="Renamed").status_code == 302
    ppa = db.session.get_one(PPA, ppa_id)
    assert (ppa.title, ppa.status.value) == ("Renamed", "planning")


def test_a_stale_form_for_a_ppa_is_a_conflict_but_a_roll_up_is_none(
    app, people, sign_in_as
) -> None:
    ppa = make_ppa()
    leaf_id = track(ppa)["Resources"].id
    ppa_id = ppa.id
    db.session.commit()
    client = sign_in_as(people.administrator)
    address = f"/admin/ppa/edit/?id={ppa_id}"
    form = opened_form(client, address)
    db.session.get_one(WorkItem, leaf_id).progress = Decimal(60)
    db.session.commit()  # raises the PPA's version, but changes nothing that the form holds
    assert send_form(client, address, form, title="First").status_code == 302
    page = send_form(client, address, form, title="Second")
    assert "administrator changed Title from “Barangay health workers” to “First”" in page.text
    assert db.session.get_one(PPA, ppa_id).title == "First"


def test_a_template_with_a_fault_is_refused_with_its_line(app, people, sign_in_as) -> None:
    client = sign_in_as(people.administrator)
    address = "/admin/structure-template/edit/?id=1"
    page = edit_form(client, address, outline="activity One 50\nactivity Two 49")
    assert "1 short of 100" in page.text
    answer = edit_form(client, address, outline="activity One 50\nactivity Two 50")
    assert answer.status_code == 302


def test_two_who_type_the_same_do_not_collide(app, people, sign_in_as) -> None:
    ppa_id = make_ppa().id
    db.session.commit()
    client = sign_in_as(people.administrator)
    address = f"/admin/ppa/edit/?id={ppa_id}"
    form = opened_form(client, address)
    first, second = (
        send_form(client, address, form, title="Health stations", remarks=remarks)
        for remarks in ("By one", "By another")
    )
    assert first.status_code == 302
    assert "changed Remarks" in second.text
    assert "changed Title" not in second.text
