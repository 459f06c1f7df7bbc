"""The editor below a row writes what its user changed, and nothing that others did (SPEC 2)."""

from types import SimpleNamespace

import pytest
from flask import Flask

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.work.models import WorkItem
from obcms.work.work_items import edit_item
from tests.support.factories import make_ppa, track
from tests.support.html_form import edit_form, opened_form, send_form


@pytest.fixture
def editor(app: Flask, people, sign_in_as) -> SimpleNamespace:
    ppa = make_ppa()
    item = track(ppa)["Resources"]
    edit_item(SYSTEM, item, {"progress": "33.50", "budget_notes": "One\nTwo"})
    address = f"/admin/ppa/{ppa.id}/items/{item.id}/edit"
    db.session.commit()
    return SimpleNamespace(id=item.id, address=address, staff=sign_in_as(people.moa_staff))


def stored(editor: SimpleNamespace) -> WorkItem:
    db.session.expire_all()
    return db.session.get_one(WorkItem, editor.id)


def by_a_colleague(editor: SimpleNamespace, **values: object) -> None:
    edit_item(SYSTEM, stored(editor), values)
    db.session.commit()


def test_a_colleagues_change_of_another_field_stays(editor) -> None:
    form = opened_form(editor.staff, editor.address)
    by_a_colleague(editor, title="Resources and people", progress="40")
    assert send_form(editor.staff, editor.address, form, end_date="2031-11-30").status_code == 302
    item = stored(editor)
    assert (item.title, item.progress, str(item.end_date)) == (
        "Resources and people",
        40,
        "2031-11-30",
    )


def test_the_same_field_is_a_conflict_that_names_the_colleague_and_writes_nothing(editor) -> None:
    form = opened_form(editor.staff, editor.address)
    by_a_colleague(editor, title="Theirs")
    answer = send_form(editor.staff, editor.address, form, title="Mine", description="More")
    assert answer.status_code == 409
    assert "“Theirs”" in answer.text
    assert (stored(editor).title, stored(editor).description) == ("Theirs", "")


def test_the_same_change_as_a_colleagues_is_no_conflict(editor) -> None:
    form = opened_form(editor.staff, editor.address)
    by_a_colleague(editor, title="Both")
    assert send_form(editor.staff, editor.address, form, title="Both").status_code == 302


@pytest.mark.parametrize(
    "written", [{}, {"budget_notes": "One\r\nTwo"}, {"progress": "33.5"}, {"progress": "33.50%"}]
)
def test_equal_values_change_nothing(editor, written: dict[str, str]) -> None:
    version, entries = stored(editor).version, db.session.query(AuditEntry).count()
    assert edit_form(editor.staff, editor.address, **written).status_code == 302
    assert (stored(editor).version, db.session.query(AuditEntry).count()) == (version, entries)


@pytest.mark.parametrize("opened", ["", "x", "[]", None])
def test_a_form_that_does_not_say_what_it_showed_is_refused(editor, opened: str | None) -> None:
    answer = edit_form(editor.staff, editor.address, title="New", opened=opened)
    assert answer.status_code == 422
    assert stored(editor).title == "Resources"


def test_saving_an_untouched_form_of_a_parent_changes_nothing(editor) -> None:
    item = stored(editor)
    parent_id, ppa_id = item.parent_id, item.ppa_id
    before = db.session.get_one(WorkItem, parent_id).version
    answer = edit_form(editor.staff, f"/admin/ppa/{ppa_id}/items/{parent_id}/edit")
    assert answer.status_code == 302
    db.session.expire_all()
    parent = db.session.get_one(WorkItem, parent_id)
    assert (parent.auto_calculate_progress, parent.version) == (True, before)


def test_unchecking_the_box_of_a_parent_stops_computing_it(editor) -> None:
    item = stored(editor)
    parent_id, ppa_id = item.parent_id, item.ppa_id
    address = f"/admin/ppa/{ppa_id}/items/{parent_id}/edit"
    for sent, kept in (("0", False), (["0", "1"], True)):
        edit_form(editor.staff, address, auto_calculate_progress=sent)
        db.session.expire_all()
        assert db.session.get_one(WorkItem, parent_id).auto_calculate_progress is kept
