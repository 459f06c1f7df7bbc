"""Work is given to active people, and by a ministry's staff only to that ministry's (SPEC 8)."""

import pytest
from flask import Flask

from obcms.kernel.db.relations import loaded
from obcms.kernel.errors import Conflict, Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.kernel.records.opened import changed_by_user, fingerprints
from obcms.people.models import User
from obcms.work.fields import WORK_ITEM_FIELDS
from obcms.work.models import WorkItem
from obcms.work.work_items import edit_item
from tests.support.factories import make_ppa, track
from tests.support.html_form import edit_form


@pytest.fixture
def item(app: Flask, people) -> WorkItem:
    return track(make_ppa())["Resources"]


def user(key: int) -> User:
    return db.session.get_one(User, key)


@pytest.mark.parametrize("stranger", ["outsider", "administrator", "disabled"])
def test_staff_give_no_work_to_strangers(item: WorkItem, people, stranger: str) -> None:
    if stranger == "disabled":
        stranger = "moa_head"
        user(people.moa_head).is_active = False
    key = getattr(people, stranger)
    with pytest.raises(Invalid, match=f"There is no record {key}") as caught:
        edit_item(user(people.moa_staff), item, {"assignees": [user(key)]})
    assert caught.value.problems[0].pointer == "assignees"


def test_an_office_gives_work_to_anyone_and_staff_keep_it(item: WorkItem, people) -> None:
    edit_item(user(people.oobc_staff), item, {"assignees": [user(people.outsider)]})
    both = [user(people.outsider), user(people.moa_head)]
    edit_item(user(people.moa_staff), item, {"assignees": both})
    assert loaded(item, "assignees") == both


def test_the_form_takes_no_stranger_either(item: WorkItem, people, sign_in_as) -> None:
    key = item.id
    db.session.commit()
    client = sign_in_as(people.moa_staff)
    address = f"/admin/work-item/edit/?id={key}"
    edit_form(client, address, assignees=str(people.outsider))
    assert loaded(db.session.get_one(WorkItem, key), "assignees") == []
    db.session.rollback()
    edit_form(client, address, assignees=str(people.moa_head))
    assigned = loaded(db.session.get_one(WorkItem, key), "assignees")
    assert [one.id for one in assigned] == [people.moa_head]


def test_the_same_people_in_another_order_are_no_change(item: WorkItem, people) -> None:
    edit_item(SYSTEM, item, {"assignees": [user(people.moa_staff), user(people.moa_head)]})
    opened = fingerprints(item, WORK_ITEM_FIELDS)
    for order in ([people.moa_staff, people.moa_head], [people.moa_head, people.moa_staff]):
        assert changed_by_user({"assignees": order}, opened, WORK_ITEM_FIELDS) == {}
    alone = {"assignees": [people.moa_head]}
    assert changed_by_user(alone, opened, WORK_ITEM_FIELDS) == alone


def test_two_who_choose_the_same_people_in_another_order_do_not_collide(
    item: WorkItem, people
) -> None:
    opened = fingerprints(item, WORK_ITEM_FIELDS)
    both = [people.moa_staff, people.moa_head]
    edit_item(SYSTEM, item, {"assignees": both}, opened)
    edit_item(SYSTEM, item, {"assignees": both[::-1]}, opened)
    assert {one.id for one in loaded(item, "assignees")} == set(both)
    with pytest.raises(Conflict, match="changed the assignees on"):
        edit_item(SYSTEM, item, {"assignees": both[:1]}, opened)
    assert {one.id for one in loaded(item, "assignees")} == set(both)
